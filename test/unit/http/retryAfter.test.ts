import assert from 'node:assert/strict';
import { parseRetryAfter } from '../../../src/core/http/retryAfter';

describe('Retry-After', () => {
  const now = Date.parse('2030-01-01T00:00:00Z');
  for (const [value, ms] of [
    ['120', 120_000],
    [' 5 ', 5000],
    ['Tue, 01 Jan 2030 00:00:30 GMT', 30_000],
    ['Mon, 31 Dec 2029 23:59:00 GMT', 0],
    [undefined, undefined],
    ['', undefined],
    ['soon', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['3600', 3_600_000],
    ['3601', 3_600_000],
    ['9'.repeat(20), 3_600_000],
    ['Wed, 01 Jan 2070 00:00:00 GMT', 3_600_000],
  ] as const) {
    it(`parses ${JSON.stringify(value ?? null)} as ${String(ms)} ms`, () => {
      assert.equal(parseRetryAfter(value, now), ms);
    });
  }
});
