import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { homedir } from 'node:os';
import type { Repository } from './gitRemote';

/** The GitHub CLI asks its server; in milliseconds. */
const TIMEOUT_MS = 20_000;

export interface GhOptions {
  /** Default `gh`, looked up on PATH. */
  program?: string;
  signal?: AbortSignal;
}

/** Whether the GitHub CLI is there and signed in to a host. Never rejects. */
export async function isGhReady(host: string, options: GhOptions = {}): Promise<boolean> {
  return (await runGh(['auth', 'status', '--hostname', host], '', options)) === 0;
}

/**
 * Sets an Actions secret of a repository through the GitHub CLI, which encrypts it for GitHub. The value goes through its standard
 * input: never into an argument, the environment or a file.
 * @returns false when it could not, was ended by the signal, or did not answer in time. Never rejects.
 */
export async function setGhSecret(
  { host, path }: Repository,
  name: string,
  value: string | Buffer,
  options: GhOptions = {},
): Promise<boolean> {
  const args = ['secret', 'set', name, '--app', 'actions', '--repo', `${host}/${path}`];
  return (await runGh(args, value, options)) === 0;
}

/** @returns the exit code; undefined when it could not run to its end. What it prints is not read: nobody knows what it repeats. */
async function runGh(
  args: string[],
  input: string | Buffer,
  { program = 'gh', signal }: GhOptions,
): Promise<number | undefined> {
  if (signal?.aborted === true) {
    return undefined;
  }
  try {
    const child = spawn(program, args, {
      // Windows looks for a program in the current folder first: not in a workspace, then.
      cwd: homedir(),
      env: { ...process.env, GH_PROMPT_DISABLED: '1', GH_NO_UPDATE_NOTIFIER: '1' },
      stdio: ['pipe', 'ignore', 'ignore'],
      timeout: TIMEOUT_MS,
      windowsHide: true,
      ...(signal === undefined ? {} : { signal }),
    });
    // One that ends without reading closes the pipe; its exit code tells the rest.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    await once(child, 'close');
    return child.exitCode ?? undefined;
  } catch {
    return undefined;
  }
}
