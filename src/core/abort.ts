import { CancelledError, I99dashError } from './errors';
import { t } from './l10n';
import type { Clock } from './ports';

/** Lets one caller give up waiting without ending what the others wait for. @throws CancelledError */
export function raceSignal<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) {
    return promise;
  }
  return new Promise((resolve, reject) => {
    const cancel = (): void => reject(new CancelledError());
    if (signal.aborted) {
      promise.catch(() => undefined); // whoever else waits hears of it
      cancel();
      return;
    }
    signal.addEventListener('abort', cancel, { once: true });
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', cancel));
  });
}

/** Gives a task a signal that aborts at its deadline. @throws TIMEOUT when the task ends because of it */
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
