import { Readable } from 'node:stream';
import { Agent, errors, request } from 'undici';
import { CancelledError, I99dashError, isI99dashError, systemErrorCode } from '../errors';
import type { HttpRequest, HttpResponse, HttpStreamBody, Transport } from '../ports';

const CONNECT_TIMEOUT_MS = 10_000;
const DEFAULT_TIMEOUT_MS = 30_000;
/** An upload that moves no byte for this long has stalled. */
const STALL_TIMEOUT_MS = 30_000;
/** No answer of this API comes near it, in bytes. */
const MAX_RESPONSE_BYTES = 4 * 1024 * 1024;

/**
 * A transport with a connection pool of its own; the global dispatcher and other extensions' `fetch` are never touched.
 * @param options deadlines in milliseconds: for a connection to come about, and for an upload between two bytes
 */
export function createUndiciTransport({
  connectTimeoutMs = CONNECT_TIMEOUT_MS,
  stallTimeoutMs = STALL_TIMEOUT_MS,
}: { connectTimeoutMs?: number; stallTimeoutMs?: number } = {}): Transport {
  const agent = new Agent({
    connect: { timeout: connectTimeoutMs },
    bodyTimeout: 0, // as headersTimeout below
  });
  return { send: (httpRequest) => send(agent, httpRequest, stallTimeoutMs) };
}

async function send(
  dispatcher: Agent,
  httpRequest: HttpRequest,
  stallTimeoutMs: number,
): Promise<HttpResponse> {
  const { method, url, signal } = httpRequest;
  const deadline = new Deadline(httpRequest, stallTimeoutMs);
  const upload = httpRequest.body === undefined ? undefined : openBody(httpRequest.body, deadline);
  try {
    const { statusCode, headers, body } = await request(url, {
      dispatcher,
      method,
      headers: { ...httpRequest.headers, ...upload?.headers },
      body: upload?.body ?? null,
      headersTimeout: 0, // the deadline below covers it
      signal: deadline.signal,
    });
    return { status: statusCode, headers: flatten(headers), text: await readText(body) };
  } catch (error) {
    if (signal?.aborted === true) {
      throw new CancelledError();
    }
    throw upload?.sourceError?.() ?? asTransportError(error, url);
  } finally {
    deadline.clear();
    upload?.close?.();
  }
}

/** One abort signal for the caller's cancellation and the clock: the whole request's, or an upload's since its last byte. */
class Deadline {
  private readonly expiry = new AbortController();
  private readonly ms: number;
  private timer: NodeJS.Timeout;
  readonly signal: AbortSignal;

  constructor({ body, timeoutMs, signal }: HttpRequest, stallTimeoutMs: number) {
    this.ms = typeof body === 'object' ? stallTimeoutMs : (timeoutMs ?? DEFAULT_TIMEOUT_MS);
    this.timer = this.start();
    this.signal =
      signal === undefined ? this.expiry.signal : AbortSignal.any([this.expiry.signal, signal]);
  }

  restart(): void {
    this.clear();
    this.timer = this.start();
  }

  clear(): void {
    clearTimeout(this.timer);
  }

  private start(): NodeJS.Timeout {
    return setTimeout(() => this.expiry.abort(new RequestExpired()), this.ms);
  }
}

class RequestExpired extends Error {}

interface OpenBody {
  body: string | Readable;
  headers?: Record<string, string>;
  /** What went wrong with the stream's source, if anything. */
  sourceError?: () => I99dashError | undefined;
  close?: () => void;
}

function openBody(body: string | HttpStreamBody, deadline: Deadline): OpenBody {
  if (typeof body === 'string') {
    return { body };
  }
  const source = body.open();
  let failure: unknown;
  // Heard from the start: a source may fail before anyone reads it, or after the connection broke.
  source.on('error', (error) => (failure = error));
  const stream = Readable.from(counted(source, body, deadline), { objectMode: false });
  return {
    body: stream,
    headers: { 'content-length': String(body.length) },
    sourceError: () => (failure === undefined ? undefined : fileChanged(failure)),
    close: () => {
      stream.destroy();
      source.destroy(); // the generator reaches it only where it has begun and is not waiting
    },
  };
}

async function* counted(
  source: Readable,
  { onProgress }: HttpStreamBody,
  deadline: Deadline,
): AsyncGenerator<Uint8Array> {
  let sent = 0;
  for await (const chunk of source as AsyncIterable<Uint8Array>) {
    yield chunk;
    sent += chunk.length;
    deadline.restart();
    onProgress?.(sent);
  }
}

function fileChanged(cause: unknown): I99dashError {
  return new I99dashError('UPLOAD_FAILED', 'The file changed while it was being sent.', { cause });
}

async function readText(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_RESPONSE_BYTES) {
      throw new I99dashError('PROTOCOL', 'The answer is larger than any this API gives.');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}

/** Names the host alone: paths and queries of presigned URLs are secrets. */
function asTransportError(error: unknown, url: URL): I99dashError {
  if (isI99dashError(error)) {
    return error;
  }
  const code = systemErrorCode(error) ?? '';
  if (error instanceof RequestExpired || /TIMEOUT|ETIMEDOUT/u.test(code)) {
    return new I99dashError('TIMEOUT', `${url.host} did not answer in time.`, { cause: error });
  }
  if (/ERR_SSL|EPROTO/u.test(code)) {
    return new I99dashError('TLS', `No secure connection to ${url.host} is possible (${code}).`, {
      cause: error,
    });
  }
  if (/CERT|ERR_TLS|SELF_SIGNED|UNABLE_TO_VERIFY/u.test(code)) {
    return new I99dashError('TLS', `The certificate of ${url.host} is not trusted (${code}).`, {
      cause: error,
    });
  }
  if (code === 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH') {
    return fileChanged(error);
  }
  if (error instanceof errors.HTTPParserError || code === 'UND_ERR_HEADERS_OVERFLOW') {
    return new I99dashError('PROTOCOL', `${url.host} does not speak HTTP.`, { cause: error });
  }
  return new I99dashError(
    'OFFLINE',
    `${url.host} cannot be reached (${code || 'connection lost'}).`,
    {
      cause: error,
    },
  );
}
