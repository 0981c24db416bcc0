import { spawn, type ChildProcess } from 'node:child_process';
import { endTree } from './processGroup';

/** How long a program gets to end by itself, in milliseconds. */
const GRACE_MS = 2_000;

export interface ProgramOptions {
  /** Windows looks for a program in the current folder first: never a workspace, then. */
  cwd: string;
  env?: NodeJS.ProcessEnv;
  /** What it reads on its standard input. */
  input?: string | Buffer;
  /** Gets what it prints on its standard output. */
  onOutput?: ((chunk: Buffer) => void) | undefined;
  /** How long it may run, in milliseconds. */
  timeoutMs: number;
  /** How long one that must end gets to do so by itself, in milliseconds. Default 2,000. */
  graceMs?: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Runs a program without a shell. What it prints goes to `onOutput` alone: nobody knows what it repeats. One that is cancelled or has had its time is
 * ended with all it started, by force where it must be: it does nothing more once the promise has settled.
 * @returns the exit code; undefined when it could not run to its end. Never rejects
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
          child = start(program, args, options);
        } catch {
          resolve(undefined); // a NUL in an argument, or longer than the system takes
          return;
        }
        watch(child, options, resolve);
      });
}

function start(
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
  // One that ends without reading closes the pipe; its exit code tells the rest.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input);
  if (onOutput !== undefined) {
    child.stdout?.on('data', onOutput);
  }
  return child;
}

function watch(
  child: ChildProcess,
  { timeoutMs, graceMs = GRACE_MS, signal }: ProgramOptions,
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
