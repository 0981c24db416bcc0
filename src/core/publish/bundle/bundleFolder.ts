import { lstat, mkdtemp, readdir, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRunning } from '../../platform/runningProcess';

/** The name of the bundle file in its folder. */
export const BUNDLE_FILE = 'bundle.tar.gz';

/** The folder's name holds the process ID and six random characters. */
const FOLDER = /^i99dash-(\d+)-\w{6}$/u;

/**
 * Creates a private folder for one bundle in the system's temporary folder.
 * @throws a system error
 */
export function makeBundleFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), `i99dash-${process.pid}-`));
}

/**
 * Removes the bundles that killed processes left behind. Never rejects; skips what cannot be
 * removed.
 */
export async function removeAbandonedBundles(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => []);
  const abandoned = names.filter((name) => {
    const pid = Number(FOLDER.exec(name)?.[1]);
    return pid > 0 && !isRunning(pid);
  });
  await Promise.all(abandoned.map((name) => remove(join(tmpdir(), name)).catch(() => undefined)));
}

/**
 * Removes one folder. All users can write to the temporary folder, so this skips folders of other
 * users, links, and anything that is not a bundle.
 */
async function remove(folder: string): Promise<void> {
  const stats = await lstat(folder);
  const isOwn = process.getuid === undefined || stats.uid === process.getuid();
  if (stats.isDirectory() && isOwn) {
    await rm(join(folder, BUNDLE_FILE), { force: true });
    await rmdir(folder);
  }
}
