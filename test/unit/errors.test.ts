import assert from 'node:assert/strict';
import { describeError, I99dashError } from '../../src/core/errors';

describe('logged error', () => {
  it('has its code, message and causes', () => {
    const system = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const cause = new Error('no answer', { cause: system });
    const error = new I99dashError('OFFLINE', 'The backend cannot be reached.', { cause });
    assert.equal(
      describeError(error),
      '[OFFLINE] The backend cannot be reached. ← no answer ← [ECONNREFUSED] connect ECONNREFUSED',
    );
  });

  it('is the thrown value when it is not an Error', () => {
    assert.equal(describeError('late'), 'late');
    assert.equal(describeError(new Error('x', { cause: undefined })), 'x');
  });
});
