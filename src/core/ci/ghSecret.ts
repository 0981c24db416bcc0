import { homeFolder } from '../homePath';
import { runProgram } from '../runProgram';
import type { Repository } from './gitRemote';

/** The GitHub CLI asks its server; in milliseconds. */
const TIMEOUT_MS = 20_000;

export interface GhOptions {
  /** Default `gh`, looked up on PATH. */
  program?: string;
  /** How long it may run, in milliseconds. Default 20,000. */
  timeoutMs?: number;
  /** How long one that must end gets to do so by itself, in milliseconds. Default 2,000. */
  graceMs?: number;
  signal?: AbortSignal;
}

/**
 * Sets an Actions secret of a repository through the GitHub CLI, which encrypts it for GitHub. The value goes through its standard
 * input: never into an argument, the environment or a file.
 * @returns false when it could not, was ended by the signal, or did not answer in time: then it is gone, and sets nothing later. Never rejects.
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
  { program = 'gh', timeoutMs = TIMEOUT_MS, graceMs, signal }: GhOptions,
): Promise<number | undefined> {
  return runProgram(program, args, {
    cwd: homeFolder(),
    env: { ...process.env, GH_PROMPT_DISABLED: '1', GH_NO_UPDATE_NOTIFIER: '1' },
    ...{ input, timeoutMs, graceMs, signal },
  });
}
