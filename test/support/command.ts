import { spawn } from 'node:child_process';

let interrupted = false;
let forward: ((signal: NodeJS.Signals) => void) | undefined;

/**
 * From now on an interruption (Ctrl+C, or a request to end) reaches the command that is running instead of ending this process, so that
 * it can clean up and a summary can follow.
 */
export function interruptCommandsOnly(): void {
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => (forward ? interrupt(signal) : process.emit('SIGINT')));
  }
  process.on('SIGINT', () => interrupt('SIGINT'));
}

/** Whether there has been an interruption. */
export function wasInterrupted(): boolean {
  return interrupted;
}

/**
 * Runs a command; its output goes straight to the screen.
 * @param env further environment variables
 * @returns its exit code; 1 when a signal ended it or it could not be started
 */
export function runCommand(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...env } });
    forward = (signal) => child.kill(signal);
    const end = (code: number) => {
      forward = undefined;
      resolve(code);
    };
    child.once('exit', (code) => end(code ?? 1));
    child.once('error', (error) => {
      process.stderr.write(`${command}: ${error.message}\n`);
      end(1);
    });
  });
}

function interrupt(signal: NodeJS.Signals): void {
  interrupted = true;
  forward?.(signal);
}
