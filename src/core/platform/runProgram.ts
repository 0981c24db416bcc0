import { spawn, type ChildProcess } from 'node:child_process';
import { endTree } from './processGroup';

/** Default grace period before a program is killed, in milliseconds. */
const KILL_DELAY_MS = 2_000;

export interface ProgramOptions {
  /** Must never be a workspace folder: Windows looks for programs in the current folder first. */
  cwd: string;
  env?: NodeJS.ProcessEnv;
  /** Written to standard input. */
  input?: string | Buffer;
  /** Receives standard output. */
  onOutput?: ((chunk: Buffer) => void) | undefined;
  /** Time limit, in milliseconds. */
  timeoutMs: number;
  /** Grace period before the program is killed, in milliseconds. Default 2,000. */
  graceMs?: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Runs a program without a shell. Its output goes to `onOutput` alone, because it may repeat
 * secrets. When it is cancelled or times out, its process tree is ended, by force if necessary,
 * before the promise settles.
 * @returns The exit code, or undefined when the program did not run to its end. Never rejects.
 */
export function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<number | undefined> {
  return options.signal?.aborted === true
    ? Promise.resolve(undefined)
    : new Promise((resolve) => {
        let child: ChildProcess;
        try {
          child = spawnProgram(program, args, options);
        } catch {
          resolve(undefined); // an argument contains NUL or is too long
          return;
        }
        watch(child, options, resolve);
      });
}

function spawnProgram(
  program: string,
  args: readonly string[],
  { cwd, env = process.env, input, onOutput }: ProgramOptions,
): ChildProcess {
  const child = spawn(program, args, {
    ...{ cwd, env },
    stdio: [
      input === undefined ? 'ignore' : 'pipe',
      onOutput === undefined ? 'ignore' : 'pipe',
      'ignore',
    ],
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  // A program that exits without reading closes the pipe. Its exit code is reported instead.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input);
  if (onOutput !== undefined) {
    child.stdout?.on('data', onOutput);
  }
  return child;
}

function watch(
  child: ChildProcess,
  { timeoutMs, graceMs = KILL_DELAY_MS, signal }: ProgramOptions,
  done: (exitCode: number | undefined) => void,
): void {
  let ending: Promise<void> | undefined;
  const end = (): void => {
    ending ??= endTree(child, graceMs).then(() => settle(undefined));
  };
  const settle = (exitCode: number | undefined): void => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
    done(exitCode);
  };
  const timer = setTimeout(end, timeoutMs);
  signal?.addEventListener('abort', end, { once: true });
  child.once('error', () => settle(undefined));
  child.once('close', (exitCode) => {
    if (ending === undefined) {
      settle(exitCode ?? undefined);
    }
  });
}
