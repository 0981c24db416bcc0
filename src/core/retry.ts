import { CancelledError, isI99dashError, throwIfCancelled } from './errors';
import type { Clock } from './ports';

/** The longest wait that nobody is asked about, in milliseconds. */
const PATIENCE_MS = 10_000;
const FIRST_WAIT_MS = 1_000;
/** How often a call that is harmless twice is tried in all. */
const ATTEMPTS = 3;

/** Waits on the given clock. @throws CancelledError */
export async function delay(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  throwIfCancelled(signal);
  return new Promise((resolve, reject) => {
    const cancel = (): void => {
      timer.dispose();
      reject(new CancelledError());
    };
    const timer = clock.setTimer(ms, () => {
      signal?.removeEventListener('abort', cancel);
      resolve();
    });
    signal?.addEventListener('abort', cancel, { once: true });
  });
}

/** Statuses below 500 that pass: a request that did not come through in time (what is said to a connection that was idle, too), and too many. */
const PASSING_STATUSES: ReadonlySet<number | undefined> = new Set([408, 429]);

/** True for what may go better a moment later: no network, no answer, a server in trouble. Not for a proxy's refusal, which is for a person to mend. */
export function isPassing(error: unknown): boolean {
  if (isI99dashError(error, 'OFFLINE') || isI99dashError(error, 'TIMEOUT')) {
    return error.status === undefined || error.status >= 500;
  }
  const isRemote = isI99dashError(error, 'SERVER') || isI99dashError(error, 'UPLOAD_FAILED');
  return isRemote && ((error.status ?? 0) >= 500 || PASSING_STATUSES.has(error.status));
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
 * Tries a call that is harmless twice again while it fails for a reason that passes.
 * @throws what its last attempt failed with, CancelledError
 */
export async function repeatPassing<T>(
  clock: Clock,
  call: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      const wait = waitBeforeRepeat(error, attempt);
      if (!isPassing(error) || attempt >= ATTEMPTS || wait === undefined) {
        throw error;
      }
      await delay(clock, wait, signal);
    }
  }
}
