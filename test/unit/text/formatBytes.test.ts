import assert from 'node:assert/strict';
import {
  ByteRate,
  formatBytes,
  formatInUnit,
  chooseUnit,
} from '../../../src/core/text/formatBytes';
import { FakeClock } from '../../support/fakes';

describe('byte formatting', () => {
  it('uses the unit that fits the size', () => {
    const told = [0, 1, 61_200, 999_999, 1_000_000, 52_040_000, 3_210_000_000].map(formatBytes);
    assert.deepEqual(told, ['0 kB', '1 kB', '62 kB', '1000 kB', '1.0 MB', '52.0 MB', '3.2 GB']);
  });

  it('uses the unit of another size so that both compare', () => {
    assert.equal(formatInUnit(12_400, chooseUnit(52_000_000)), '0.0');
    assert.equal(formatInUnit(12_400_000, chooseUnit(52_000_000)), '12.4');
  });
});

describe('byte rate', () => {
  let clock: FakeClock;
  let rate: ByteRate;
  beforeEach(() => {
    clock = new FakeClock();
    rate = new ByteRate(clock);
  });

  /** Returns the rates measured while `step` bytes arrive every `ms`. */
  function flow(from: number, step: number, ms: number, times: number): (number | undefined)[] {
    return Array.from({ length: times }, (_, index) => {
      clock.jump(ms);
      return rate.update(from + step * (index + 1));
    });
  }

  it('is undefined until there is enough data', () => {
    assert.equal(rate.update(0), undefined);
    assert.deepEqual(flow(0, 100, 100, 6), [
      undefined,
      undefined,
      undefined,
      undefined,
      1000,
      1000,
    ]);
  });

  it('follows a change within seconds, without a jump', () => {
    rate.update(0);
    flow(0, 1_000, 100, 50);
    const slower = flow(50_000, 100, 100, 40);
    assert.equal(slower.at(-1), 1_000);
    const steps = slower.map((now, index) => (slower[index - 1] ?? 10_000) - (now ?? 0));
    assert.ok(Math.max(...steps) < 400, `falls by ${Math.max(...steps)} at most`);
  });

  it('is not affected by frequent updates', () => {
    rate.update(0);
    assert.equal(flow(0, 5, 1, 2_000).at(-1), 5_000);
  });

  it('restarts with a new upload', () => {
    rate.update(0);
    flow(0, 100, 100, 20);
    assert.equal(rate.update(0), undefined);
    assert.equal(flow(0, 50, 100, 10).at(-1), 500);
  });

  it('restarts when the clock is set back', () => {
    rate.update(0);
    flow(0, 100, 100, 20);
    clock.jump(-60_000);
    assert.equal(rate.update(2_100), undefined);
  });
});
