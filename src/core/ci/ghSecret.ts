import { homeFolder } from '../platform/homePath';
import { runProgram } from '../platform/runProgram';
import type { Repository } from './gitRemote';

/** Includes a request to the server, in milliseconds. */
const GH_TIMEOUT_MS = 20_000;

export interface GhOptions {
  /** Defaults to `gh`, looked up on PATH. */
  program?: string;
  /** Time limit, in milliseconds. Default 20,000. */
  timeoutMs?: number;
  /** Grace period before the process is killed, in milliseconds. Default 2,000. */
  graceMs?: number;
  signal?: AbortSignal;
}

/**
 * Sets an Actions secret of a repository with the GitHub CLI, which encrypts it. The value is
 * passed on standard input, never as an argument, an environment variable or a file.
 * @returns false when it failed, was aborted or timed out. The process has ended then and cannot
 * set the secret later. Never rejects.
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

function runGh(
  args: string[],
  input: string | Buffer,
  { program = 'gh', timeoutMs = GH_TIMEOUT_MS, graceMs, signal }: GhOptions,
): Promise<number | undefined> {
  return runProgram(program, args, {
    cwd: homeFolder(),
    env: { ...process.env, GH_PROMPT_DISABLED: '1', GH_NO_UPDATE_NOTIFIER: '1' },
    ...{ input, timeoutMs, graceMs, signal },
  });
}
