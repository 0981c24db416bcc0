import assert from 'node:assert/strict';
import { I99dashError, type ErrorCode } from '../../src/core/errors';

/**
 * Asserts that a promise rejects with an {@link I99dashError} of this code, and returns the error.
 */
export async function rejectsWith(
  code: ErrorCode,
  promise: Promise<unknown>,
): Promise<I99dashError> {
  let result: unknown;
  try {
    result = await promise;
  } catch (error) {
    assert.ok(error instanceof I99dashError, `not a coded error: ${String(error)}`);
    assert.equal(error.code, code, error.message);
    return error;
  }
  assert.fail(`expected ${code}, but it resolved with ${JSON.stringify(result)}`);
}
