import assert from 'node:assert/strict';

describe('a suite with a failing test', () => {
  it('passes', () => {
    assert.equal(1 + 1, 2);
  });

  it('fails', function reckonsBadly() {
    assert.equal(1 + 1, 3, 'one and one are not three');
  });
});
