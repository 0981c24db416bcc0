import { spawn, type ChildProcess } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';
import { CancelledError, I99dashError, systemErrorCode } from '../../errors';
import { t } from '../../text/l10n';
import type { ProcessRunner } from '../../platform/interfaces';
import { endTree, endTreeWithProcess, type TreeOptions } from '../../platform/processGroup';
import { exitCodeOfSignal } from './buildFailure';
import { WholeSequences } from '../bundle/wholeSequences';

/** How long a cancelled command may take to end before it is killed, in milliseconds. */
const GRACE_MS = 3_000;
/**
 * How long to wait for output after the shell has ended, in milliseconds. A daemon that the command
 * started may keep the pipes open forever.
 */
const LINGER_MS = 2_000;

interface ShellRunnerOptions {
  /** How long a cancelled command may take to end before it is killed, in milliseconds. */
  graceMs?: number;
  /** How long to wait for output after the command has ended, in milliseconds. */
  lingerMs?: number;
  /** How the processes of a cancelled command are ended. */
  tree?: TreeOptions;
}

/**
 * Runs command lines in the system's shell, each in its own process group, so that the whole group
 * can be ended. A command that cannot be started fails with BUILD_FAILED.
 */
export function createShellRunner({
  graceMs = GRACE_MS,
  lingerMs = LINGER_MS,
  tree,
}: ShellRunnerOptions = {}): ProcessRunner {
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
          reject(unstarted(cwd, cause)); // contains NUL, or is too long for the system
          return;
        }
        relayOutput(child, onOutput);
        endTreeWithProcess(child);
        let isCancelled = false;
        const cancel = (): void => {
          isCancelled = true;
          // Does not wait for 'close', which a process that cannot be ended delays forever.
          void endTree(child, graceMs, tree).then(() => {
            closeOutput(child);
            reject(new CancelledError());
          });
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
          if (!isCancelled) {
            resolve(code ?? (endedBy === null ? 1 : exitCodeOfSignal(endedBy)));
          }
        });
      }),
  };
}

/** The runner with the default times. */
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

/**
 * Closes the pipes. A process that left the group may keep them open forever, and 'close' would
 * never fire.
 */
function closeOutput({ stdout, stderr }: ChildProcess): void {
  stdout?.destroy();
  stderr?.destroy();
}
