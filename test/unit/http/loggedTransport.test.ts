import assert from 'node:assert/strict';
import { loggedTransport } from '../../../src/core/http/loggedTransport';
import { CancelledError, I99dashError } from '../../../src/core/errors';
import type { HttpRequest, HttpResponse } from '../../../src/core/platform/interfaces';
import { FakeClock, MemoryLogger } from '../../support/fakes';

const url = new URL(
  'https://someone:word@storage.example/bucket/app.tgz?X-Amz-Signature=hidden#part',
);
const request: HttpRequest = {
  method: 'PUT',
  url,
  body: 'hidden body',
  headers: { authorization: 'Bearer hidden' },
};

describe('request log', () => {
  let logger: MemoryLogger;
  let clock: FakeClock;

  beforeEach(() => {
    logger = new MemoryLogger();
    clock = new FakeClock();
  });

  async function send(answer: () => HttpResponse): Promise<HttpResponse> {
    const transport = {
      send: () => {
        clock.jump(34);
        return Promise.resolve().then(answer);
      },
    };
    return loggedTransport(transport, logger, clock).send(request);
  }

  it('contains method, URL, status and duration, but no query, header or body', async () => {
    const response = { status: 200, headers: {}, text: 'hidden answer' };
    assert.equal(await send(() => response), response);
    assert.deepEqual(logger.lines, [
      '[debug] PUT https://storage.example/bucket/app.tgz → 200 in 34 ms',
    ]);
  });

  for (const [outcome, error] of [
    ['OFFLINE', new I99dashError('OFFLINE', 'hidden message')],
    ['cancelled', new CancelledError()],
    ['failed', new Error('hidden message')],
  ] as const) {
    it(`logs ${outcome} and rethrows the error`, async () => {
      await assert.rejects(
        send(() => {
          throw error;
        }),
        error,
      );
      assert.deepEqual(logger.lines, [
        `[debug] PUT https://storage.example/bucket/app.tgz → ${outcome} in 34 ms`,
      ]);
    });
  }
});
