import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** How long processes that were killed get to vanish, in milliseconds. */
const KILLED_MS = 500;
const POLL_MS = 20;
/** How long ending a tree on Windows may hold up the end of the process, in milliseconds. */
const TASKKILL_MS = 2_000;

/**
 * Ends a process and all it started, but for what has left its group. Resolves when they are gone.
 * @param child started as the leader of a group: `detached` everywhere but on Windows
 * @param graceMs how long they get to end by themselves, in milliseconds; none on Windows
 */
export async function endTree({ pid }: ChildProcess, graceMs: number): Promise<void> {
  if (pid !== undefined && process.platform === 'win32') {
    const taskkill = spawn('taskkill', taskkillArgs(pid), { windowsHide: true });
    await new Promise((resolve) => taskkill.once('close', resolve).once('error', resolve));
  } else if (pid !== undefined) {
    await endGroup(pid, graceMs);
  }
}

/**
 * Ends a process and all it started when this process ends first: a window that closes does so in the middle of everything, and nobody could
 * end them afterwards.
 * @param child as {@link endTree} takes it
 */
export function endTreeWithProcess(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) {
    return;
  }
  const end = (): void => {
    if (process.platform === 'win32') {
      spawnSync('taskkill', taskkillArgs(pid), { windowsHide: true, timeout: TASKKILL_MS });
    } else {
      signalGroup(pid, 'SIGTERM');
    }
  };
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
}

function taskkillArgs(pid: number): string[] {
  return ['/pid', String(pid), '/T', '/F'];
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

/** @returns false when there is no such group any more */
function signalGroup(pgid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pgid, signal);
  } catch {
    return false;
  }
}
