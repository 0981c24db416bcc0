import assert from 'node:assert/strict';
import { raceSignal, withDeadline } from '../../../src/core/platform/abort';
import { CancelledError } from '../../../src/core/errors';
import { FakeClock } from '../../support/fakes';
import { rejectsWith } from '../../support/expect';

describe('deadline', () => {
  it('ends a task that respects its signal', async () => {
    const clock = new FakeClock();
    const task = (signal: AbortSignal) => raceSignal(new Promise<never>(() => undefined), signal);
    const outcome = rejectsWith('TIMEOUT', withDeadline(clock, 1_000, task));
    clock.advance(1_000);
    await outcome;
    assert.equal(clock.pending, 0);
  });

  it('is not reported for a task that was cancelled before it', async () => {
    const clock = new FakeClock();
    const cancelled = () => Promise.reject(new CancelledError());
    await assert.rejects(withDeadline(clock, 1_000, cancelled), CancelledError);
    assert.equal(clock.pending, 0);
  });
});
