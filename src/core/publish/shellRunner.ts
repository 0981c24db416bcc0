import { spawn, type ChildProcess } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';
import { CancelledError, I99dashError, systemErrorCode } from '../errors';
import { t } from '../l10n';
import type { ProcessRunner } from '../ports';
import { endTree, endTreeWithProcess } from '../processGroup';
import { exitCodeOfSignal } from './buildFailure';
import { WholeSequences } from './wholeSequences';

/** How long a cancelled command gets to end by itself, in milliseconds. */
const GRACE_MS = 3_000;
/** How long the output is waited for after the shell's end, in milliseconds: a daemon that a command started may keep it open for ever. */
const LINGER_MS = 2_000;

/**
 * Runs command lines in the system's shell, each in a process group of its own so that it can be ended whole.
 * A command that cannot be started at all is BUILD_FAILED.
 * @param options.graceMs how long a cancelled command gets to end by itself, in milliseconds
 * @param options.lingerMs how long its output is waited for after its end, in milliseconds
 */
export function createShellRunner({
  graceMs = GRACE_MS,
  lingerMs = LINGER_MS,
} = {}): ProcessRunner {
  return {
    run: ({ commandLine, cwd, env, onOutput, signal }) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) {
          reject(new CancelledError());
          return;
        }
        let child: ChildProcess;
        try {
          child = start(commandLine, cwd, env);
        } catch (cause) {
          reject(unstarted(cwd, cause)); // a NUL in it, or longer than the system takes
          return;
        }
        relayOutput(child, onOutput);
        endTreeWithProcess(child);
        let ending: Promise<void> | undefined;
        const cancel = (): void => {
          ending = endTree(child, graceMs).then(() => closeOutput(child));
        };
        signal?.addEventListener('abort', cancel, { once: true });
        child.once('error', (cause) => {
          signal?.removeEventListener('abort', cancel);
          reject(unstarted(cwd, cause));
        });
        let lingering: NodeJS.Timeout | undefined;
        child.once('exit', () => {
          lingering = setTimeout(() => closeOutput(child), lingerMs);
        });
        child.once('close', (code, endedBy) => {
          clearTimeout(lingering);
          signal?.removeEventListener('abort', cancel);
          if (ending === undefined) {
            resolve(code ?? (endedBy === null ? 1 : exitCodeOfSignal(endedBy)));
          } else {
            void ending.then(() => reject(new CancelledError()));
          }
        });
      }),
  };
}

/** The runner for real use. */
export const shellRunner = createShellRunner();

function start(commandLine: string, cwd: string, env = process.env): ChildProcess {
  return spawn(commandLine, {
    cwd,
    env,
    shell: true,
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
}

function unstarted(cwd: string, cause: unknown): I99dashError {
  const reason = systemErrorCode(cause) ?? 'unknown';
  const message = t('The command cannot be started in {0} ({1}).', cwd, reason);
  return new I99dashError('BUILD_FAILED', message, { cause });
}

function relayOutput({ stdout, stderr }: ChildProcess, onOutput: (text: string) => void): void {
  for (const stream of [stdout, stderr]) {
    const decoder = new StringDecoder('utf8');
    const output = new WholeSequences(onOutput);
    stream?.on('data', (chunk: Buffer) => output.write(decoder.write(chunk)));
    stream?.once('end', () => {
      output.write(decoder.end());
      output.end();
    });
  }
}

/** What left the tree may hold the pipes open for ever, and then 'close' would never come. */
function closeOutput({ stdout, stderr }: ChildProcess): void {
  stdout?.destroy();
  stderr?.destroy();
}
