import { CancelledError, I99dashError } from '../errors';
import { t } from '../text/l10n';
import type { Clock } from './interfaces';

/**
 * Rejects one caller's wait when its signal aborts. The promise itself keeps running for the other
 * callers.
 * @throws CancelledError
 */
export function raceSignal<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) {
    return promise;
  }
  return new Promise((resolve, reject) => {
    const cancel = (): void => reject(new CancelledError());
    if (signal.aborted) {
      promise.catch(() => undefined); // other callers still receive the rejection
      cancel();
      return;
    }
    signal.addEventListener('abort', cancel, { once: true });
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', cancel));
  });
}

/**
 * Runs a task with a signal that aborts at its deadline.
 * @throws TIMEOUT when the deadline ends the task
 */
export async function withDeadline<T>(
  clock: Clock,
  ms: number,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const timer = clock.setTimer(ms, () => controller.abort());
  try {
    return await task(controller.signal);
  } catch (error) {
    throw error instanceof CancelledError && controller.signal.aborted
      ? new I99dashError('TIMEOUT', t('The backend did not answer in time.'), { cause: error })
      : error;
  } finally {
    timer.dispose();
  }
}
