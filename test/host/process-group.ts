import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

const patienceMs = 5_000;

/**
 * Sends a signal to a process and its descendants.
 * @param leader a child spawned with `detached: true`
 * @returns false when the group has no process left
 */
export function signalGroup(leader: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  if (leader.pid === undefined) return false;
  try {
    return process.kill(-leader.pid, signal);
  } catch {
    return false;
  }
}

/**
 * Terminates a process group, kills it after five seconds and waits until every member is gone.
 * @param exited resolves when the leader has exited
 */
export async function stopGroup(leader: ChildProcess, exited: Promise<unknown>): Promise<void> {
  if (leader.pid === undefined) return;
  signalGroup(leader, 'SIGTERM');
  const forced = setTimeout(() => signalGroup(leader, 'SIGKILL'), patienceMs);
  await exited;
  // There is no event for the exit of processes that are not our own children, so this polls.
  while (signalGroup(leader, 0)) await delay(20);
  clearTimeout(forced);
}
