import { systemErrorCode } from '../errors';

/** Checks whether a process with this ID runs on this computer, including those of other users. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemErrorCode(error) === 'EPERM';
  }
}
