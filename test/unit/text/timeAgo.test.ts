import assert from 'node:assert/strict';
import { exactTime, timeAgo } from '../../../src/core/text/timeAgo';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = Date.parse('2026-01-01T09:00:00Z');

describe('relative time', () => {
  for (const [age, words] of [
    [0, 'now'],
    [59_999, 'now'],
    [MINUTE, '1 minute ago'],
    [59 * MINUTE, '59 minutes ago'],
    [HOUR, '1 hour ago'],
    [DAY - 1, '23 hours ago'],
    [DAY, 'yesterday'],
    [6 * DAY, '6 days ago'],
    [7 * DAY, 'last week'],
    [29 * DAY, '4 weeks ago'],
    [40 * DAY, 'last month'],
    [400 * DAY, 'last year'],
    [-5 * MINUTE, 'now'],
  ] as const) {
    it(`is "${words}" after ${age / MINUTE} minutes`, () => {
      assert.equal(timeAgo(NOW - age, NOW, 'en'), words);
    });
  }

  it('uses the language of the user, and English for an unknown one', () => {
    assert.equal(timeAgo(NOW - 3 * DAY, NOW, 'de'), 'vor 3 Tagen');
    assert.equal(timeAgo(NOW - 3 * DAY, NOW, ''), '3 days ago');
    assert.equal(timeAgo(NOW - 3 * DAY, NOW, 'no such language'), '3 days ago');
  });

  it('has an exact form', () => {
    assert.match(exactTime(NOW, 'en'), /January 1, 2026/u);
  });
});
