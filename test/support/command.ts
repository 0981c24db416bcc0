import { spawn } from 'node:child_process';

/** A command to run. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  /** Additional environment variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** Receives the output as it arrives; without it, the output goes to the terminal. */
  readonly print?: (chunk: Buffer) => void;
}

const LAST_OUTPUT_MS = 5_000;

let interrupted = false;
const running = new Set<(signal: NodeJS.Signals) => void>();

/**
 * Forwards interruptions (Ctrl+C or SIGTERM) to the running commands from now on instead of ending
 * this process, so that the commands can clean up and a summary can follow.
 */
export function interruptCommandsOnly(): void {
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => (running.size > 0 ? interrupt(signal) : process.emit('SIGINT')));
  }
  process.on('SIGINT', () => interrupt('SIGINT'));
}

/** Checks whether an interruption has arrived. */
export function wasInterrupted(): boolean {
  return interrupted;
}

/**
 * Runs a command.
 * @returns its exit code; 1 when a signal ended it or it could not be started
 */
export function runCommand({ file, args, env, print }: Command): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      stdio: print === undefined ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    if (print !== undefined) {
      child.stdout?.on('data', print);
      child.stderr?.on('data', print);
    }
    const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
    running.add(forward);
    const end = (code: number): void => {
      running.delete(forward);
      resolve(code);
    };
    // `close` follows the last output, but a descendant that still runs can delay it, so `exit`
    // starts a timeout.
    child.once('close', (code) => end(code ?? 1));
    child.once('exit', (code) => setTimeout(() => end(code ?? 1), LAST_OUTPUT_MS).unref());
    child.once('error', (error) => {
      process.stderr.write(`${file}: ${error.message}\n`);
      end(1);
    });
  });
}

function interrupt(signal: NodeJS.Signals): void {
  interrupted = true;
  for (const forward of running) forward(signal);
}
