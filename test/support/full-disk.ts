import { execFileSync } from 'node:child_process';

/** Checks whether {@link onFullDisk} works here: on Linux with util-linux. */
export function canFillDisk(): boolean {
  try {
    limitFiles('unlimited');
    return true;
  } catch {
    return false;
  }
}

/**
 * Runs a task while this process cannot write to files: as on a full disk, files can be created,
 * but writing fails, with EFBIG instead of ENOSPC.
 */
export async function onFullDisk<T>(task: () => Promise<T>): Promise<T> {
  limitFiles('0');
  try {
    return await task();
  } finally {
    limitFiles('unlimited');
  }
}

/** Sets the soft limit of the file size. */
function limitFiles(limit: string): void {
  execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${limit}:`], { stdio: 'pipe' });
}
