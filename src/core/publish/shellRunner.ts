import { spawn, type ChildProcess } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';
import { CancelledError } from '../errors';
import type { ProcessRunner } from '../ports';

/** How long a cancelled command gets to end by itself, in milliseconds. */
const GRACE_MS = 3_000;

/** Runs a command line in the system's shell, in a process group of its own so that it can be ended whole. */
export const shellRunner: ProcessRunner = {
  run: ({ commandLine, cwd, onOutput, signal }) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(new CancelledError());
        return;
      }
      const child = spawn(commandLine, {
        cwd,
        shell: true,
        detached: process.platform !== 'win32',
        stdio: ['ignore', 'pipe', 'pipe'],
        windowsHide: true,
      });
      let killTimer: NodeJS.Timeout | undefined;
      const cancel = (): void => {
        endTree(child, 'SIGTERM');
        killTimer = setTimeout(() => endTree(child, 'SIGKILL'), GRACE_MS);
      };
      signal?.addEventListener('abort', cancel, { once: true });
      for (const stream of [child.stdout, child.stderr]) {
        const decoder = new StringDecoder('utf8');
        stream.on('data', (chunk: Buffer) => onOutput(decoder.write(chunk)));
      }
      const settle = (finish: () => void): void => {
        signal?.removeEventListener('abort', cancel);
        clearTimeout(killTimer);
        finish();
      };
      child.once('error', (error) => settle(() => reject(error)));
      child.once('close', (code) =>
        settle(() =>
          signal?.aborted === true ? reject(new CancelledError()) : resolve(code ?? 1),
        ),
      );
    }),
};

function endTree(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) {
    return;
  }
  if (process.platform === 'win32') {
    spawn('taskkill', ['/pid', String(child.pid), '/T', '/F'], { windowsHide: true });
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group has ended already.
  }
}
