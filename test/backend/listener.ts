import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fail } from './envelope';
import type { BackendRequest, BackendResponse, Context } from './exchange';
import { type Outcome, runExchange } from './fault-effects';
import type { Faults } from './faults';
import { readBody, readHead } from './incoming';
import { describe, type LoggedRequest, type RequestLog } from './request-log';
import { handle, toHttpError } from './router';

export interface ListenerOptions {
  readonly context: Context;
  readonly faults: Faults;
  readonly log: RequestLog;
  /** Aborted when the backend closes. */
  readonly signal: AbortSignal;
  /** Called when an exchange has ended in any way. */
  readonly onDone: (entry: LoggedRequest) => void;
}

/** Binds the transport-independent handlers to node:http. */
export function createListener(options: ListenerOptions): RequestListener {
  return (incoming, outgoing) => {
    exchange(incoming, outgoing, options).catch(() => {
      // The client disconnected or the backend closes, so no response can be sent.
      outgoing.destroy();
    });
  };
}

async function exchange(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  options: ListenerOptions,
): Promise<void> {
  const { context, log, onDone } = options;
  const head = readHead(incoming);
  const entry = describe(head, context);
  log.add(entry);
  outgoing.once('close', () => onDone(entry));
  const outcome = await answer(head, incoming, entry, options);
  // Set before sending, because the client may read the log as soon as it has the response.
  if (outcome.type === 'respond') entry.status = outcome.response.status;
  await send(outcome, outgoing);
  log.notify();
}

async function answer(
  head: BackendRequest,
  incoming: IncomingMessage,
  entry: LoggedRequest,
  { context, faults, log, signal }: ListenerOptions,
): Promise<Outcome> {
  try {
    const request = await readBody(head, incoming, entry);
    log.notify();
    const fault = faults.take(request.method, request.path);
    return await runExchange(fault, { request, next: () => handle(request, context), signal });
  } catch (error) {
    if (signal.aborted || incoming.socket.destroyed) throw error;
    return { type: 'respond', response: fail(head, toHttpError(error)) };
  }
}

async function send(outcome: Outcome, outgoing: ServerResponse): Promise<void> {
  switch (outcome.type) {
    case 'respond':
      await respond(outcome.response, outgoing);
      return;
    case 'cut':
      cut(outcome.response, outgoing);
      return;
    case 'reset':
      outgoing.socket?.resetAndDestroy();
      return;
    case 'hang':
      return;
  }
}

async function respond(
  { status, headers, body }: BackendResponse,
  outgoing: ServerResponse,
): Promise<void> {
  if (typeof body === 'string' || Buffer.isBuffer(body)) {
    outgoing.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers });
    outgoing.end(body);
    return;
  }
  outgoing.writeHead(status, headers);
  await pipeline(Readable.from(body), outgoing);
}

function cut({ status, headers, body }: BackendResponse, outgoing: ServerResponse): void {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : '');
  outgoing.writeHead(status, { ...headers, 'content-length': Math.max(bytes.length, 2) });
  const half = bytes.subarray(0, Math.floor(bytes.length / 2));
  outgoing.write(half.length > 0 ? half : Buffer.from(' '), () => outgoing.destroy());
}
