import { readFileSync } from 'node:fs';

/**
 * Checks whether a process is running.
 * @throws for an invalid process ID, so that a test cannot pass by mistake
 */
export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid < 2) throw new Error(`no process id: ${pid}`);
  if (isZombie(pid)) return false;
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Checks whether a process is dead but not yet reaped by its parent; only Linux tells. */
function isZombie(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
