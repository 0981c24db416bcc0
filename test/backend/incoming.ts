import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { parseJson } from './envelope';
import { type BackendRequest, HttpError } from './exchange';
import type { LoggedRequest } from './request-log';
import { isStreamed } from './router';

const MAX_BODY_BYTES = 1024 * 1024;
const NO_BODY = Buffer.alloc(0);

/** Reads the parts of a request that its head contains. */
export function readHead(incoming: IncomingMessage): BackendRequest {
  const target = (incoming.url ?? '/').replace(/^https?:\/\/[^/]+/i, '');
  const [path = '/', query = ''] = target.split(/\?(.*)/s);
  const headers = Object.entries(incoming.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : value,
  ]);
  return {
    id: randomUUID(),
    method: incoming.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    headers: Object.fromEntries(headers) as Record<string, string | undefined>,
    remoteAddress: incoming.socket.remoteAddress ?? '',
    body: NO_BODY,
    stream: nothing(),
  };
}

/**
 * Reads the body of a request, unless the route takes it as a stream, and updates the byte count
 * and JSON of the log entry.
 * @throws HttpError 413 above 1 MB
 */
export async function readBody(
  head: BackendRequest,
  incoming: AsyncIterable<Buffer>,
  entry: LoggedRequest,
): Promise<BackendRequest> {
  const stream = counted(incoming, entry);
  if (isStreamed(head.method, head.path)) return { ...head, stream };
  if (Number(head.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  // Reads to the end even above the limit, because stopping early would break the connection.
  for await (const chunk of stream) {
    if (entry.bodyBytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  if (entry.bodyBytes > MAX_BODY_BYTES) throw tooLarge();
  const body = Buffer.concat(chunks);
  const value = parseJson(body);
  if (value !== undefined) entry.json = value;
  return { ...head, body };
}

async function* counted(
  incoming: AsyncIterable<Buffer>,
  entry: LoggedRequest,
): AsyncGenerator<Buffer> {
  for await (const chunk of incoming) {
    entry.bodyBytes += chunk.length;
    yield chunk;
  }
}

async function* nothing(): AsyncGenerator<Buffer> {
  // An empty body, or one that has been read already.
}

function tooLarge(): HttpError {
  return new HttpError(413, 'PAYLOAD_TOO_LARGE', 'the body is larger than 1 MB');
}
