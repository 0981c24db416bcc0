import { raceSignal } from '../../platform/abort';

/** By folder: settles when the last task in the queue has finished. */
const lines = new Map<string, Promise<void>>();

/**
 * Waits until no other task in this window builds a mini-app or packs its output. Otherwise a dry
 * run and a publish, or an agent and the user, would write and read the same files at once.
 * @param folder folder of the mini-app
 * @returns the lock; dispose of it once the output is packed, or will not be
 * @throws CancelledError
 */
export async function acquireBuildLock(folder: string, signal?: AbortSignal): Promise<Disposable> {
  const before = lines.get(folder) ?? Promise.resolve();
  let release = (): void => undefined;
  const mine = new Promise<void>((resolve) => (release = resolve));
  const line = before.then(() => mine);
  lines.set(folder, line);
  void line.then(() => {
    if (lines.get(folder) === line) {
      lines.delete(folder);
    }
  });
  try {
    await raceSignal(before, signal);
    return { [Symbol.dispose]: release };
  } catch (error) {
    release();
    throw error;
  }
}
