import assert from 'node:assert/strict';
import { retryUntilRegistered } from '../../../src/core/signIn/waitForRegistration';
import { CancelledError, I99dashError, type ErrorCode } from '../../../src/core/errors';
import { Emitter } from '../../../src/core/platform/events';
import { rejectsWith } from '../../support/expect';
import { FakeClock, HastyClock } from '../../support/fakes';

/** Attempts that fail with these codes, the last of them for good; undefined is a success. */
function failing(clock: HastyClock | FakeClock, codes: readonly (ErrorCode | undefined)[]) {
  const start = clock.now();
  const seconds: number[] = [];
  const attempt = (): Promise<string> => {
    const code = codes[Math.min(seconds.length, codes.length - 1)];
    seconds.push(Math.round((clock.now() - start) / 1000));
    return code === undefined
      ? Promise.resolve('signed in')
      : Promise.reject(new I99dashError(code, 'no'));
  };
  return { attempt, seconds };
}

const silent = { onHint: () => ({ dispose: () => undefined }) };

describe('waiting for a key to be registered', () => {
  it('tries at once, and then after longer and longer waits', async () => {
    const clock = new HastyClock();
    const unknown = Array<ErrorCode>(9).fill('KEY_NOT_REGISTERED');
    const { attempt, seconds } = failing(clock, [...unknown, undefined]);
    assert.equal(await retryUntilRegistered(attempt, { clock, wait: silent }), 'signed in');
    assert.deepEqual(seconds.slice(0, 4), [0, 2, 5, 10]);
    const waits = seconds.slice(1).map((at, index) => at - (seconds[index] ?? 0));
    assert.equal(Math.max(...waits), 15);
  });

  it('goes on while the network is in trouble, and ends with any other failure', async () => {
    const clock = new HastyClock();
    const { attempt, seconds } = failing(clock, ['OFFLINE', 'TIMEOUT', 'SSH_AUTH_DISABLED']);
    await rejectsWith('SSH_AUTH_DISABLED', retryUntilRegistered(attempt, { clock, wait: silent }));
    assert.equal(seconds.length, 3);
  });

  it('gives up after a quarter of an hour with what the backend says', async () => {
    const clock = new HastyClock();
    const { attempt, seconds } = failing(clock, ['KEY_NOT_REGISTERED']);
    await rejectsWith('KEY_NOT_REGISTERED', retryUntilRegistered(attempt, { clock, wait: silent }));
    const end = seconds.at(-1) ?? 0;
    assert.ok(end >= 900 && end < 930, `${end} s`);
  });

  it('tries at once on a hint', async () => {
    const clock = new FakeClock();
    const hints = new Emitter<void>();
    const { attempt, seconds } = failing(clock, ['KEY_NOT_REGISTERED', undefined]);
    const wait = { onHint: hints.event };
    const result = retryUntilRegistered(attempt, { clock, wait });
    await new Promise(setImmediate);
    hints.fire();
    assert.equal(await result, 'signed in');
    assert.deepEqual(seconds, [0, 0]);
    assert.equal(clock.pending, 0);
  });

  it('ends at once when it is cancelled', async () => {
    const clock = new FakeClock();
    const { attempt } = failing(clock, ['KEY_NOT_REGISTERED']);
    const cancel = new AbortController();
    const options = { clock, wait: silent, signal: cancel.signal };
    const result = retryUntilRegistered(attempt, options);
    await new Promise(setImmediate);
    cancel.abort();
    await assert.rejects(result, CancelledError);
    assert.equal(clock.pending, 0);
  });
});
