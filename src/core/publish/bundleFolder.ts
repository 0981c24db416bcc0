import { lstat, mkdtemp, readdir, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRunning } from './runningProcess';

/** What the folder of a bundle holds. */
export const BUNDLE_FILE = 'bundle.tar.gz';

/** The folder's name tells whose it is: the number of the process, and six characters that nobody can foresee. */
const FOLDER = /^i99dash-(\d+)-\w{6}$/u;

/** Makes a folder for one bundle in the system's temporary folder, for nobody else to read. @throws a system error */
export function makeBundleFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), `i99dash-${process.pid}-`));
}

/** Removes the bundles that killed processes have left behind. Never rejects: what cannot be removed stays. */
export async function removeAbandonedBundles(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => []);
  const abandoned = names.filter((name) => {
    const pid = Number(FOLDER.exec(name)?.[1]);
    return pid > 0 && !isRunning(pid);
  });
  await Promise.all(abandoned.map((name) => remove(join(tmpdir(), name)).catch(() => undefined)));
}

/** Everybody may write in the temporary folder: what is another's, or a link, is left alone, and so is whatever is no bundle. */
async function remove(folder: string): Promise<void> {
  const stats = await lstat(folder);
  const isOwn = process.getuid === undefined || stats.uid === process.getuid();
  if (stats.isDirectory() && isOwn) {
    await rm(join(folder, BUNDLE_FILE), { force: true });
    await rmdir(folder);
  }
}
