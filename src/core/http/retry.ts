import { CancelledError, isI99dashError, throwIfCancelled } from '../errors';
import type { Clock } from '../platform/interfaces';

/** Longest delay without asking the user, in milliseconds. */
const MAX_RETRY_MS = 10_000;
const FIRST_RETRY_MS = 1_000;
/** Total number of attempts for an idempotent call. */
export const MAX_ATTEMPTS = 3;

/**
 * Waits on the given clock.
 * @throws CancelledError
 */
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

/**
 * Transient statuses below 500: 408 (request timeout, also sent on idle connections) and 429 (too
 * many requests).
 */
const PASSING_STATUSES: ReadonlySet<number | undefined> = new Set([408, 429]);

/**
 * Checks whether an error is transient: no network, no response, or a server failure. A proxy's
 * refusal is not, because the user must fix it.
 */
export function isTransient(error: unknown): boolean {
  if (isI99dashError(error, 'OFFLINE') || isI99dashError(error, 'TIMEOUT')) {
    return error.status === undefined || error.status >= 500;
  }
  const isRemote = isI99dashError(error, 'SERVER') || isI99dashError(error, 'UPLOAD_FAILED');
  return isRemote && ((error.status ?? 0) >= 500 || PASSING_STATUSES.has(error.status));
}

/**
 * Checks whether the server may have processed a call that has no conclusive response. A call that
 * was not sent or was rejected with 429 was not processed.
 */
export function mayHaveSucceeded(error: unknown): boolean {
  const isDefinite = isI99dashError(error) && (error.isUnsent === true || error.status === 429);
  return (isTransient(error) && !isDefinite) || isI99dashError(error, 'PROTOCOL');
}

/**
 * Computes the delay before a retry. It doubles with each attempt and is never shorter than the
 * server requested.
 * @param attempt Number of the failed attempt, from 1.
 * @param patienceMs Longest delay without asking the user, in milliseconds.
 * @returns Milliseconds, or undefined when the server requested more than that, which the user must
 * decide on.
 */
export function retryDelay(
  error: unknown,
  attempt: number,
  patienceMs = MAX_RETRY_MS,
): number | undefined {
  const asked = isI99dashError(error) ? (error.retryAfterMs ?? 0) : 0;
  const wait = Math.min(patienceMs, FIRST_RETRY_MS * 2 ** (attempt - 1));
  return asked > patienceMs ? undefined : Math.max(asked, wait);
}

function retryTransient(error: unknown, attempt: number): number | undefined {
  return isTransient(error) && attempt < MAX_ATTEMPTS ? retryDelay(error, attempt) : undefined;
}

export interface RetryOptions {
  signal?: AbortSignal | undefined;
  /**
   * Returns the delay before the next attempt in milliseconds, or undefined to give up. Gets the
   * error and the number of the failed attempt, from 1. By default, transient errors of an
   * idempotent call are retried up to three attempts in total.
   */
  nextDelay?: (error: unknown, attempt: number) => number | undefined | Promise<number | undefined>;
  /** Waits; by default on the clock, until the signal aborts. */
  pause?: (ms: number) => Promise<void>;
}

/**
 * Repeats a call until it succeeds or is given up. The only loop of retries.
 * @throws The error of the last attempt, or CancelledError.
 */
export async function retry<T>(
  clock: Clock,
  call: () => Promise<T>,
  {
    signal,
    nextDelay = retryTransient,
    pause = (ms) => delay(clock, ms, signal),
  }: RetryOptions = {},
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      const ms = await nextDelay(error, attempt);
      if (ms === undefined) {
        throw error;
      }
      if (ms > 0) {
        await pause(ms);
      }
    }
  }
}
