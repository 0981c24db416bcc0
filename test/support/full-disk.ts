import { execFileSync } from 'node:child_process';

/** Whether {@link onFullDisk} works here: on Linux with util-linux. */
export function canFillDisk(): boolean {
  try {
    limitFiles('unlimited');
    return true;
  } catch {
    return false;
  }
}

/**
 * Runs a task while no file takes a byte from this process: files are made, as on a full disk, and what is written to them fails, with EFBIG in
 * place of ENOSPC.
 */
export async function onFullDisk<T>(task: () => Promise<T>): Promise<T> {
  limitFiles('0');
  try {
    return await task();
  } finally {
    limitFiles('unlimited');
  }
}

/** Sets the soft limit of what a file may have. */
function limitFiles(limit: string): void {
  execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${limit}:`], { stdio: 'pipe' });
}
