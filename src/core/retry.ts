import { CancelledError, isI99dashError, throwIfCancelled } from './errors';
import type { Clock } from './ports';

/** Waits on the given clock. @throws CancelledError */
export function delay(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
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

/** True for what may go better a moment later: no network, no answer, a server in trouble. Not for a proxy's refusal, which is for a person to mend. */
export function isPassing(error: unknown): boolean {
  if (isI99dashError(error, 'OFFLINE') || isI99dashError(error, 'TIMEOUT')) {
    return error.status === undefined || error.status >= 500;
  }
  const isRemote = isI99dashError(error, 'SERVER') || isI99dashError(error, 'UPLOAD_FAILED');
  return isRemote && error.status !== undefined && (error.status >= 500 || error.status === 429);
}
