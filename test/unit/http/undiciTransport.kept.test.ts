import assert from 'node:assert/strict';
import type { Server, Socket } from 'node:net';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { mayHaveSucceeded } from '../../../src/core/http/retry';
import { createUndiciTransport } from '../../../src/core/http/undiciTransport';
import type { HttpRequest, Transport } from '../../../src/core/platform/interfaces';
import { rejectsWith } from '../../support/expect';
import { withRawServer } from '../../support/raw-server';

/** How a server ends a connection that receives a second request. */
type End = (socket: Socket) => void;

const reset: End = (socket) => socket.resetAndDestroy();
const close: End = (socket) => socket.end();
const afterOneByte: End = (socket) => socket.write('H', () => socket.resetAndDestroy());

const post = { method: 'POST', body: '{}' } as const;
const upload: Partial<HttpRequest> = {
  method: 'PUT',
  body: { length: 1, open: () => Readable.from([Buffer.from('x')]) },
};

function answer(status: number): string {
  return `HTTP/1.1 ${status} Answer\r\nContent-Length: 2\r\n\r\n{}`;
}

describe('kept-alive connection lost at its second request', () => {
  let transport: Transport;
  let port: number;
  /** The first lines of all requests, by connection. */
  let connections: string[][];

  beforeEach(() => {
    transport = createUndiciTransport();
    connections = [];
  });

  const send = (request: Partial<HttpRequest> = {}) =>
    transport.send({ method: 'GET', url: new URL(`http://127.0.0.1:${port}/`), ...request });

  /** Every connection answers once. The first one then ends; later ones answer with `status`. */
  const withServer = (end: End, use: () => Promise<void>, status = 200): Promise<void> =>
    withRawServer(
      (socket) => {
        const requests: string[] = [];
        const isFirst = connections.push(requests) === 1;
        socket.on('data', (chunk: Buffer) => {
          requests.push(chunk.toString().split(' ', 1)[0] ?? '');
          if (requests.length > 1) end(socket);
          else socket.write(answer(isFirst ? 200 : status));
        });
      },
      async (listening) => {
        port = listening;
        await send();
        await setImmediate(); // the connection is idle again
        await use();
      },
    );

  const repeated: readonly [string, Partial<HttpRequest>][] = [
    ['a GET', {}],
    ['a DELETE', { method: 'DELETE' }],
    ['an idempotent POST', { ...post, isRepeatable: true }],
  ];
  for (const [title, request] of repeated) {
    for (const [how, end] of [
      ['reset', reset],
      ['closed', close],
    ] as const) {
      it(`is replaced by a new one for ${title} (${how})`, async () => {
        await withServer(end, async () => {
          assert.equal((await send(request)).status, 200);
        });
        const method = request.method ?? 'GET';
        assert.deepEqual(connections, [['GET', method], [method]]);
      });
    }
  }

  for (const [title, request] of [
    ['a POST', post],
    ['an upload', upload],
  ] as const) {
    it(`fails ${title}, which is sent only once`, async () => {
      await withServer(reset, async () => {
        await rejectsWith('OFFLINE', send(request));
        assert.equal((await send()).status, 200, 'the next request has a fresh connection');
      });
      assert.deepEqual(connections, [['GET', request.method], ['GET']]);
    });
  }

  it('fails the request once the answer has started', async () => {
    await withServer(afterOneByte, async () => {
      await rejectsWith('OFFLINE', send());
    });
    assert.equal(connections.length, 1);
  });

  it('fails the request when its repetition is rejected, perhaps as a duplicate', async () => {
    await withServer(
      reset,
      async () => {
        await rejectsWith('OFFLINE', send({ ...post, isRepeatable: true }));
      },
      401,
    );
    assert.deepEqual(connections, [['GET', 'POST'], ['POST']]);
  });

  it('may have succeeded when only its repetition cannot be sent', async () => {
    const resetAndStop: End = (socket) => {
      (socket as Socket & { server: Server }).server.close();
      socket.resetAndDestroy();
    };
    await withServer(resetAndStop, async () => {
      const error = await rejectsWith('OFFLINE', send({ method: 'DELETE' }));
      assert.deepEqual([mayHaveSucceeded(error), error.isUnsent], [true, undefined]);
    });
    assert.deepEqual(connections, [['GET', 'DELETE']]);
  });

  it('reports the rejection of a repeated GET', async () => {
    await withServer(
      reset,
      async () => {
        assert.equal((await send()).status, 401);
      },
      401,
    );
  });

  it('is not retried a second time', async () => {
    let requests = 0;
    await withRawServer(
      (socket) =>
        socket.on('data', () => {
          requests += 1;
          if (requests === 1) socket.write(answer(200));
          else socket.resetAndDestroy();
        }),
      async (listening) => {
        port = listening;
        await send();
        await setImmediate();
        await rejectsWith('OFFLINE', send());
      },
    );
    assert.equal(requests, 3);
  });

  it('does not fail other requests on connections of the same age', async () => {
    await withServer(reset, async () => {
      const answers = await Promise.all([send(), send(), send()]);
      assert.deepEqual(
        answers.map(({ status }) => status),
        [200, 200, 200],
      );
    });
  });
});
