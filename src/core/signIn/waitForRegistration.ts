import { I99dashError, isI99dashError, throwIfCancelled } from '../errors';
import type { Clock, Disposable } from '../platform/interfaces';
import { delay, isTransient, retry } from '../http/retry';

/** The delay between the first two attempts, in milliseconds. */
const FIRST_CHECK_MS = 2_000;
const MAX_CHECK_MS = 15_000;
/** The factor by which each delay grows. */
const BACKOFF = 1.5;
/** How long to wait for the key's registration, in milliseconds. */
const REGISTRATION_WAIT_MS = 15 * 60_000;

export interface RegistrationWait {
  /** Calls back when the key may have just been registered, which triggers the next attempt. */
  onHint: (listener: () => void) => Disposable;
}

/**
 * Retries the sign-in with backoff until the key is registered, even after network errors.
 * @throws KEY_NOT_REGISTERED if the key is not registered in time
 * @throws what the attempt throws
 * @throws CancelledError
 */
export async function retryUntilRegistered<T>(
  attempt: () => Promise<T>,
  { clock, wait, signal }: { clock: Clock; wait: RegistrationWait; signal?: AbortSignal },
): Promise<T> {
  const end = clock.now() + REGISTRATION_WAIT_MS;
  return retry(clock, attempt, {
    nextDelay: (error, failed) => {
      throwIfCancelled(signal);
      const isExpected = isI99dashError(error, 'KEY_NOT_REGISTERED') || isTransient(error);
      if (!isExpected || clock.now() >= end) {
        return undefined;
      }
      const asked = error instanceof I99dashError ? (error.retryAfterMs ?? 0) : 0;
      return Math.max(Math.min(FIRST_CHECK_MS * BACKOFF ** (failed - 1), MAX_CHECK_MS), asked);
    },
    pause: (ms) => pause(clock, ms, wait, signal),
  });
}

/** @throws CancelledError */
async function pause(
  clock: Clock,
  ms: number,
  { onHint }: RegistrationWait,
  signal?: AbortSignal,
): Promise<void> {
  const hint = new AbortController();
  const subscription = onHint(() => hint.abort());
  const ended = signal === undefined ? hint.signal : AbortSignal.any([hint.signal, signal]);
  try {
    await delay(clock, ms, ended).catch(() => undefined);
  } finally {
    subscription.dispose();
  }
  throwIfCancelled(signal);
}
