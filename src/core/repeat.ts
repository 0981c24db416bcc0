import { isI99dashError } from './errors';
import type { Clock } from './ports';
import { delay, isPassing } from './retry';

/** The longest wait that nobody is asked about, in milliseconds. */
const PATIENCE_MS = 10_000;
const FIRST_WAIT_MS = 1_000;
/** How often a call that is harmless twice is tried in all. */
const ATTEMPTS = 3;

/**
 * How long to wait before a failed call is tried again: twice as long each time, and never less than the server asked for.
 * @param attempt the one that failed, from 1
 * @param patienceMs the longest wait that nobody is asked about, in milliseconds
 * @returns milliseconds; undefined when the server asked for more than that, which is for the user to decide on
 */
export function waitBeforeRepeat(
  error: unknown,
  attempt: number,
  patienceMs = PATIENCE_MS,
): number | undefined {
  const asked = isI99dashError(error) ? (error.retryAfterMs ?? 0) : 0;
  const wait = Math.min(patienceMs, FIRST_WAIT_MS * 2 ** (attempt - 1));
  return asked > patienceMs ? undefined : Math.max(asked, wait);
}

/**
 * True for a call that was sent, perhaps, and has no answer that tells: the server may have acted on it. One that says "too many requests"
 * has not.
 */
export function mayHaveArrived(error: unknown): boolean {
  const isTooMany = isI99dashError(error) && error.status === 429;
  return (isPassing(error) && !isTooMany) || isI99dashError(error, 'PROTOCOL');
}

/**
 * Tries a call that is harmless twice again while it fails for a reason that passes.
 * @throws what its last attempt failed with
 */
export async function repeatPassing<T>(clock: Clock, call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      const wait = waitBeforeRepeat(error, attempt);
      if (!isPassing(error) || attempt >= ATTEMPTS || wait === undefined) {
        throw error;
      }
      await delay(clock, wait);
    }
  }
}
