import assert from 'node:assert/strict';
import { pickRefreshTime } from '../../../src/core/session/refreshPolicy';
import { loadOf, pickNarrowTime, type Fleet } from '../../bench/fleet';
import { seededRandom } from '../../support/random';

const MINUTE = 60_000;

function loadWith(pickTime: Fleet['pickTime']) {
  const shape = { editors: 20_000, hours: 8, tokenLifeMs: 15 * MINUTE, wakeMs: MINUTE };
  return loadOf({ ...shape, pickTime, random: seededRandom(1) }, 30 * MINUTE);
}

describe('refresh jitter of a fleet of editors', () => {
  it('spreads refreshes so that the busiest minute has at most 1.3 times the mean', () => {
    const { perMinute, mean, ratio } = loadWith(pickRefreshTime);
    assert.equal(perMinute[0], 20_000, 'all mint when they wake');
    // One token every 57.5 % of 15 minutes, per editor.
    assert.ok(Math.abs(mean - 20_000 / (0.575 * 15)) < 50, `${mean} per minute`);
    assert.ok(ratio <= 1.3, `${ratio}`);
  });

  it('shows a peak above 1.3 times the mean with narrow jitter', () => {
    assert.ok(loadWith(pickNarrowTime).ratio > 1.3);
  });
});
