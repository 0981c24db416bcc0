import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { win32 } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** How long to wait for killed processes to disappear, in milliseconds. */
const KILLED_MS = 500;
const POLL_MS = 20;
/** How long `taskkill` may take, in milliseconds. */
const TASKKILL_MS = 2_000;
const TASKKILL_OPTIONS = {
  stdio: 'ignore',
  windowsHide: true,
  timeout: TASKKILL_MS,
  killSignal: 'SIGKILL',
} as const;

export interface TreeOptions {
  platform?: NodeJS.Platform;
  /** The path of Windows' `taskkill`. */
  taskkill?: string;
  /** How long `taskkill` may take, in milliseconds. */
  taskkillMs?: number;
}

/**
 * Ends a process and its descendants, except those that left its group. Resolves when they have
 * ended, and on Windows also when they cannot be ended.
 * @param child Started as the leader of a process group (`detached`), except on Windows.
 * @param graceMs Time between SIGTERM and SIGKILL, in milliseconds. Not used on Windows.
 */
export async function endTree(
  child: ChildProcess,
  graceMs: number,
  options: TreeOptions = {},
): Promise<void> {
  const { pid } = child;
  if (pid === undefined) {
    return;
  }
  if ((options.platform ?? process.platform) === 'win32') {
    await endWindowsTree(child, pid, options);
  } else {
    await endGroup(pid, graceMs);
  }
}

/**
 * Ends a process and its descendants when this process exits first, for example because the window
 * closes.
 * @param child Started as {@link endTree} requires.
 */
export function endTreeWithProcess(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) {
    return;
  }
  const end = (): void => {
    if (process.platform === 'win32') {
      const { status } = spawnSync(windowsTaskkill(), taskkillArgs(pid), TASKKILL_OPTIONS);
      endUnlessEnded(child, status);
    } else {
      signalGroup(pid, 'SIGTERM');
    }
  };
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
}

async function endWindowsTree(
  child: ChildProcess,
  pid: number,
  { taskkill = windowsTaskkill(), taskkillMs = TASKKILL_MS }: TreeOptions,
): Promise<void> {
  const killer = spawn(taskkill, taskkillArgs(pid), { ...TASKKILL_OPTIONS, timeout: taskkillMs });
  const status = await new Promise<number | null>((resolve) => {
    killer.once('exit', resolve).once('error', () => resolve(null));
  });
  endUnlessEnded(child, status);
}

/** Ends at least the process itself when `taskkill` is missing, was refused or took too long. */
function endUnlessEnded(child: ChildProcess, taskkillStatus: number | null): void {
  if (taskkillStatus !== 0) {
    child.kill('SIGKILL');
  }
}

/** Returns the full path: by its bare name, a program in the current folder could be run. */
function windowsTaskkill(env: NodeJS.ProcessEnv = process.env): string {
  return win32.join(env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'taskkill.exe');
}

function taskkillArgs(pid: number): string[] {
  return ['/pid', String(pid), '/T', '/F'];
}

/**
 * Ends all processes of a POSIX process group with SIGTERM, then SIGKILL. Resolves when they have
 * ended.
 * @param graceMs Time between the two signals, in milliseconds.
 */
async function endGroup(pgid: number, graceMs: number): Promise<void> {
  signalGroup(pgid, 'SIGTERM');
  if (!(await groupEnds(pgid, graceMs))) {
    signalGroup(pgid, 'SIGKILL');
    await groupEnds(pgid, KILLED_MS);
  }
}

/**
 * Waits until a group has ended. Polls, because only the leader is our child and no event reports
 * the others.
 * @returns false when the group still runs after `ms` milliseconds
 */
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

/**
 * Ignores zombies, which the kernel counts until their parent reaps them. Many containers never do.
 */
async function groupRuns(pgid: number): Promise<boolean> {
  if (!signalGroup(pgid, 0)) {
    return false;
  }
  const pids = await readdir('/proc').catch(() => []);
  const states = await Promise.all(
    pids.filter((name) => /^\d+$/u.test(name)).map((pid) => stateWithin(pid, pgid)),
  );
  // Without /proc, trust kill(2).
  return states.length === 0 || states.some((state) => state !== undefined && !/[ZX]/u.test(state));
}

/** Returns the state letter of a process, or undefined when it is not in the group. */
async function stateWithin(pid: string, pgid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  // "pid (name) state ppid pgrp …". The name may contain any character.
  const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(group) === pgid ? state : undefined;
}

/**
 * Sends a signal to a group.
 * @returns false when the group does not exist
 */
function signalGroup(pgid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pgid, signal);
  } catch {
    return false;
  }
}
