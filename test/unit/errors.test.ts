import assert from 'node:assert/strict';
import { describeError, I99dashError } from '../../src/core/errors';

describe('an error in the log', () => {
  it('has its code, its message and what led to it', () => {
    const system = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const cause = new Error('no answer', { cause: system });
    const error = new I99dashError('OFFLINE', 'The backend cannot be reached.', { cause });
    assert.equal(
      describeError(error),
      '[OFFLINE] The backend cannot be reached. ← no answer ← [ECONNREFUSED] connect ECONNREFUSED',
    );
  });

  it('is what was thrown, where that is no error', () => {
    assert.equal(describeError('late'), 'late');
    assert.equal(describeError(new Error('x', { cause: undefined })), 'x');
  });
});
