import assert from 'node:assert/strict';
import { I99dashError, type ErrorCode } from '../../src/core/errors';
import type { Verdict } from './parser';

/** Longer than any message of the extension, in characters. A longer one repeats its input. */
const LONGEST_MESSAGE = 1_200;

/**
 * Runs a task that may reject its input only as documented.
 * @param codes the documented error codes
 * @param secrets texts that no part of an error may contain
 */
export async function orRefuse(
  codes: readonly ErrorCode[],
  task: () => unknown,
  secrets: readonly string[] = [],
): Promise<Verdict> {
  try {
    await task();
    return 'accepted';
  } catch (error) {
    if (!(error instanceof I99dashError)) throw error;
    assert.ok(codes.includes(error.code), `${error.code} is not documented: ${error.message}`);
    assertPresentable(error.message);
    assertSilent(error, secrets);
    return 'refused';
  }
}

/** Asserts that a message is one readable line. */
export function assertPresentable(message: string): void {
  assert.ok(message.length <= LONGEST_MESSAGE, `a message of ${message.length} characters`);
  assert.match(message, /^[^\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}]+$/u);
}

/** Asserts that no part of an error or of its causes contains a secret. */
function assertSilent(error: unknown, secrets: readonly string[]): void {
  const seen = new Set<unknown>();
  for (let each = error; each instanceof Error && !seen.has(each); each = each.cause) {
    seen.add(each);
    const told = `${each.stack ?? ''}\n${each.message}\n${JSON.stringify(each)}`;
    const shown = secrets.find((secret) => secret !== '' && told.includes(secret));
    assert.equal(shown, undefined, 'an error shows a secret');
  }
}
