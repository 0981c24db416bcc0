import { spawn, type ChildProcess } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** How long processes that were killed get to vanish, in milliseconds. */
const KILLED_MS = 500;
const POLL_MS = 20;

/**
 * Ends a process and all it started, but for what has left its group. Resolves when they are gone.
 * @param child started as the leader of a group: `detached` everywhere but on Windows
 * @param graceMs how long they get to end by themselves, in milliseconds; none on Windows
 */
export async function endTree({ pid }: ChildProcess, graceMs: number): Promise<void> {
  if (pid !== undefined && process.platform === 'win32') {
    const taskkill = spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { windowsHide: true });
    await new Promise((resolve) => taskkill.once('close', resolve).once('error', resolve));
  } else if (pid !== undefined) {
    await endGroup(pid, graceMs);
  }
}

/**
 * Ends every process of a POSIX process group: politely, then by force. Resolves when they are gone.
 * @param graceMs how long they get to end by themselves
 */
async function endGroup(pgid: number, graceMs: number): Promise<void> {
  signalGroup(pgid, 'SIGTERM');
  if (!(await groupEnds(pgid, graceMs))) {
    signalGroup(pgid, 'SIGKILL');
    await groupEnds(pgid, KILLED_MS);
  }
}

/** Whether a group ends within so many milliseconds. Asks again and again: no event tells, for only its leader is our child. */
async function groupEnds(pgid: number, ms: number): Promise<boolean> {
  const until = performance.now() + ms;
  while (await groupRuns(pgid)) {
    if (performance.now() > until) {
      return false;
    }
    await delay(POLL_MS);
  }
  return true;
}

/** Dead processes count for the kernel until their parent takes notice, which in many containers nobody does. */
async function groupRuns(pgid: number): Promise<boolean> {
  if (!signalGroup(pgid, 0)) {
    return false;
  }
  const pids = await readdir('/proc').catch(() => []);
  const states = await Promise.all(
    pids.filter((name) => /^\d+$/u.test(name)).map((pid) => stateWithin(pid, pgid)),
  );
  // Without /proc the kernel's word stands.
  return states.length === 0 || states.some((state) => state !== undefined && !/[ZX]/u.test(state));
}

/** The state letter of a process, undefined when it is not of the group. */
async function stateWithin(pid: string, pgid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  // "pid (name) state ppid pgrp …"; the name may hold anything.
  const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(group) === pgid ? state : undefined;
}

/** Signals every process of a POSIX process group. @returns false when there is no such group any more */
export function signalGroup(pgid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pgid, signal);
  } catch {
    return false;
  }
}
