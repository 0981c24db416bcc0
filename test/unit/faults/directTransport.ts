import { Readable } from 'node:stream';
import type { HttpRequest, HttpStreamBody, Transport } from '../../../src/core/platform/interfaces';
import type { BackendRequest, Context } from '../../backend/exchange';
import { handle } from '../../backend/router';
import type { Backend } from '../../backend/server';

/** Passes requests to the handlers of a backend without a socket, for calls without faults. */
export function createDirectTransport(
  { state, settings, url }: Pick<Backend, 'state' | 'settings' | 'url'>,
  now: () => number,
): Transport {
  const context: Context = { state, settings, now, baseUrl: () => url };
  let sent = 0;
  return {
    send: async (request) => {
      sent += 1;
      const answer = await handle(toBackendRequest(request, String(sent)), context);
      if (typeof answer.body !== 'string' && !Buffer.isBuffer(answer.body)) {
        throw new Error('no handler streams its answer');
      }
      return { status: answer.status, headers: answer.headers, text: answer.body.toString() };
    },
  };
}

function toBackendRequest({ method, url, headers, body }: HttpRequest, id: string): BackendRequest {
  const isStream = typeof body === 'object';
  return {
    id,
    method,
    path: url.pathname,
    query: url.searchParams,
    headers: isStream ? { ...headers, 'content-length': String(body.length) } : (headers ?? {}),
    remoteAddress: '127.0.0.1',
    body: Buffer.from(isStream ? '' : (body ?? '')),
    stream: isStream ? upload(body) : Readable.from([]),
  };
}

async function* upload(body: HttpStreamBody): AsyncGenerator<Buffer> {
  let sent = 0;
  for await (const chunk of body.open() as AsyncIterable<Buffer>) {
    yield chunk;
    sent += chunk.length;
    body.onProgress?.(sent);
  }
}
