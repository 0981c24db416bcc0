import assert from 'node:assert/strict';
import { toReviewState } from '../../../src/core/apps/reviewState';

describe('review state', () => {
  for (const [word, state] of [
    [null, 'unpublished'],
    ['pending', 'inReview'],
    ['PENDING', 'inReview'],
    ['in_review', 'inReview'],
    ['auto-approved', 'approved'],
    ['approved', 'approved'],
    ['published', 'approved'],
    ['rejected', 'rejected'],
    ['escalated', 'other'],
    ['constructor', 'other'],
    ['', 'other'],
  ] as const) {
    it(`is ${state} for ${JSON.stringify(word)}`, () => {
      assert.equal(toReviewState(word), state);
    });
  }
});
