import { setTimeout as delay } from 'node:timers/promises';
import { fail, isObject, json } from './envelope';
import {
  type BackendRequest,
  type BackendResponse,
  HttpError,
  type ResponseBody,
} from './exchange';
import type { Fault } from './faults';

/** The outcome of an exchange. */
export type Outcome =
  | { readonly type: 'respond'; readonly response: BackendResponse }
  /** Sends the head and half of the body, then breaks the connection. */
  | { readonly type: 'cut'; readonly response: BackendResponse }
  | { readonly type: 'reset' }
  | { readonly type: 'hang' };

export interface Exchange {
  readonly request: BackendRequest;
  /** Calls the real handler. */
  readonly next: () => Promise<BackendResponse>;
  /** Aborted when the backend closes. */
  readonly signal: AbortSignal;
}

const DEFAULT_HUGE_BYTES = 50 * 1024 * 1024;

/** Runs an exchange with a fault, or normally without one. */
export async function runExchange(fault: Fault | undefined, exchange: Exchange): Promise<Outcome> {
  if (fault?.kind === 'reset') return await reset(fault.when ?? 'before', exchange);
  if (fault?.kind === 'hang') {
    if (fault.when === 'after') await exchange.next();
    return { type: 'hang' };
  }
  const response = fault ? await distort(fault, exchange) : await exchange.next();
  return { type: 'respond', response };
}

type AnswerFault = Exclude<Fault, { kind: 'reset' | 'hang' }>;

async function distort(fault: AnswerFault, exchange: Exchange): Promise<BackendResponse> {
  const { request, next, signal } = exchange;
  switch (fault.kind) {
    case 'delay':
      await delay(fault.ms, undefined, { signal });
      return await next();
    case 'drip': {
      const response = await next();
      return { ...response, body: drip(response.body, fault, signal) };
    }
    case 'status':
      return statusAnswer(fault, request);
    case 'html':
      return htmlPage(fault.status ?? 502);
    case 'half-json': {
      const response = await next();
      return { ...response, body: firstHalf(await toBuffer(response.body)) };
    }
    case 'empty':
      return { status: fault.status ?? 200, headers: {}, body: '' };
    case 'wrong-types':
      return withWrongTypes(await next());
    case 'huge':
      return { ...json(200, null), body: hugeJson(fault.bytes ?? DEFAULT_HUGE_BYTES) };
    case 'redirect':
      return { status: fault.status ?? 302, headers: { location: fault.location }, body: '' };
    case 'custom':
      return await fault.handler(request, next);
  }
}

async function reset(
  when: 'before' | 'while-reading' | 'while-answering' | 'after',
  { request, next }: Exchange,
): Promise<Outcome> {
  if (when === 'while-reading') await readHalf(request);
  if (when === 'while-answering') return { type: 'cut', response: await next() };
  if (when === 'after') await next();
  return { type: 'reset' };
}

async function readHalf({ stream, headers }: BackendRequest): Promise<void> {
  const half = Number(headers['content-length'] ?? 0) / 2;
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes >= half) return;
  }
}

function statusAnswer(
  { status, code = 'INJECTED', message = 'injected fault', retryAfter }: Fault & { kind: 'status' },
  request: BackendRequest,
): BackendResponse {
  const headers: Record<string, string> =
    retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  if (code === null) return { status, headers, body: '' };
  return fail(request, new HttpError(status, code, message, headers));
}

function htmlPage(status: number): BackendResponse {
  const body = `<!doctype html><html><head><title>${status}</title></head><body><h1>${status}</h1></body></html>`;
  return { status, headers: { 'content-type': 'text/html' }, body };
}

async function* drip(
  body: ResponseBody,
  { intervalMs, chunkBytes = 1 }: { intervalMs: number; chunkBytes?: number },
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const bytes = await toBuffer(body);
  for (let offset = 0; offset < bytes.length; offset += chunkBytes) {
    if (offset > 0) await delay(intervalMs, undefined, { signal });
    yield bytes.subarray(offset, offset + chunkBytes);
  }
}

async function* hugeJson(bytes: number): AsyncGenerator<Buffer> {
  const head = Buffer.from('{"success":true,"error":null,"meta":{},"data":"');
  const tail = Buffer.from('"}');
  const chunk = Buffer.alloc(64 * 1024, 'a');
  yield head;
  // Awaiting between chunks lets the socket's back pressure and a client's abort take effect.
  for (let left = bytes - head.length - tail.length; left > 0; left -= chunk.length) {
    yield await Promise.resolve(left < chunk.length ? chunk.subarray(0, left) : chunk);
  }
  yield tail;
}

async function withWrongTypes(response: BackendResponse): Promise<BackendResponse> {
  const answer: unknown = JSON.parse((await toBuffer(response.body)).toString('utf8'));
  const isEnvelope = isObject(answer) && 'success' in answer;
  const wrong = isEnvelope ? { ...answer, data: swapTypes(answer['data']) } : swapTypes(answer);
  return { ...response, body: JSON.stringify(wrong) };
}

function swapTypes(value: unknown): unknown {
  if (Array.isArray(value)) return { items: value };
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, swapTypes(inner)]));
  }
  return typeof value === 'string' ? 42 : [value];
}

function firstHalf(bytes: Buffer): Buffer {
  return bytes.subarray(0, Math.ceil(bytes.length / 2));
}

async function toBuffer(body: ResponseBody): Promise<Buffer> {
  if (typeof body === 'string') return Buffer.from(body);
  if (Buffer.isBuffer(body)) return body;
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}
