import { Worker } from 'node:worker_threads';
import { CancelledError, throwIfCancelled } from '../errors';
import type { DeriveBcrypt } from './formats/bcrypt';

/**
 * Creates a function that derives each key in its own worker thread.
 * @param script Absolute path of the built `keyWorker`.
 */
export function bcryptInWorker(script: string): DeriveBcrypt {
  return async (input, signal) => {
    throwIfCancelled(signal);
    const worker = new Worker(script, { env: {}, execArgv: [] });
    let cancel: (() => void) | undefined;
    try {
      return await new Promise<Uint8Array>((resolve, reject) => {
        cancel = () => reject(new CancelledError());
        signal?.addEventListener('abort', cancel, { once: true });
        worker.once('message', resolve);
        worker.once('error', reject);
        worker.once('exit', () => reject(new Error('The key worker ended without an answer.')));
        worker.postMessage(input);
      });
    } finally {
      if (cancel !== undefined) {
        signal?.removeEventListener('abort', cancel);
      }
      await worker.terminate();
    }
  };
}
