import { raceSignal } from '../abort';

/** By folder: settles when the last one in line has given its turn back. */
const lines = new Map<string, Promise<void>>();

/**
 * Waits until nobody else in this window builds a mini-app, or packs what they have built: a dry run and a publish, or an agent and a person,
 * would write and read the same files at once.
 * @param folder the mini-app's
 * @returns gives the turn back; to be called once what was built is packed, or will not be. Calling it again does nothing
 * @throws CancelledError
 */
export async function takeBuildTurn(folder: string, signal?: AbortSignal): Promise<() => void> {
  const before = lines.get(folder) ?? Promise.resolve();
  let giveBack = (): void => undefined;
  const mine = new Promise<void>((resolve) => (giveBack = resolve));
  const line = before.then(() => mine);
  lines.set(folder, line);
  void line.then(() => {
    if (lines.get(folder) === line) {
      lines.delete(folder);
    }
  });
  try {
    await raceSignal(before, signal);
    return giveBack;
  } catch (error) {
    giveBack();
    throw error;
  }
}
