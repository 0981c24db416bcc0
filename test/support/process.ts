import { readFileSync } from 'node:fs';

/** Whether a process runs. Throws for what is no process id, so that a test cannot pass by mistake. */
export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid < 2) throw new Error(`no process id: ${pid}`);
  if (isZombie(pid)) return false;
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Dead, though no parent has taken notice yet; only Linux tells. */
function isZombie(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
