import { fork } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import type { Readable } from 'node:stream';
import { CancelledError, I99dashError, throwIfCancelled } from '../../errors';
import { localization, t } from '../../text/l10n';
import type { BundleFile } from '../bundle/files';
import type {
  WorkerFailure,
  WorkerMessage,
  WorkerOrder,
  WorkerResults,
  WorkerTask,
} from './publishWorkerProtocol';

/** Files per message. Sending this many blocks the event loop for about a millisecond. */
const BATCH = 500;

export interface WorkerOptions {
  signal?: AbortSignal | undefined;
  /** Whether the work runs in the background, so that all other work goes first. */
  isIdle?: boolean | undefined;
  /** Called from time to time with the number of files done. */
  onFile?: ((done: number) => void) | undefined;
}

/** Splits a list into batches. */
export async function* inBatches(
  files: Iterable<BundleFile>,
): AsyncGenerator<readonly BundleFile[], void, undefined> {
  let batch: BundleFile[] = [];
  for (const file of files) {
    batch.push(file);
    if (batch.length === BATCH) {
      yield await Promise.resolve(batch);
      batch = [];
    }
  }
  if (batch.length > 0) {
    yield batch;
  }
}

/**
 * Runs a task in a separate process, so that its memory does not count towards the extension host,
 * and a too large syntax tree ends only this process. The process and its open files are gone when
 * the promise settles.
 * @param script absolute path of the built worker
 * @param batches the files that the worker requests, batch by batch
 * @throws what the task throws
 * @throws VALIDATION_FAILED if the process ends unexpectedly
 * @throws CancelledError
 */
export async function runInWorker<Kind extends WorkerTask['kind']>(
  script: string,
  task: WorkerTask & { kind: Kind },
  batches: AsyncIterator<readonly BundleFile[]>,
  { signal, isIdle = false, onFile }: WorkerOptions = {},
): Promise<WorkerResults[Kind]> {
  throwIfCancelled(signal);
  const child = fork(script, {
    env: childEnvironment(),
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  if (child.pid !== undefined) {
    lowerPriority(child.pid, isIdle);
  }
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  let cancel: (() => void) | undefined;
  try {
    return await new Promise<WorkerResults[Kind]>((resolve, reject) => {
      cancel = () => reject(new CancelledError());
      signal?.addEventListener('abort', cancel, { once: true });
      const lastWords = collectEnd(child.stderr);
      child.once('error', (cause) => reject(endedEarly(cause)));
      child.once('close', () => reject(endedEarly(new Error(lastWords()))));
      const order: WorkerOrder = { task, localization: localization() };
      child.send(order, () => undefined); // the `close` handler reports a dead child
      child.on('message', (message: WorkerMessage) => {
        if (message.kind === 'more') {
          batches.next().then(({ done, value }) => {
            child.send(done === true ? [] : value, () => undefined);
          }, reject);
        } else if (message.kind === 'progress') {
          onFile?.(message.done);
        } else if (message.kind === 'failed') {
          reject(toError(message.error));
        } else {
          resolve(message.value as WorkerResults[Kind]);
        }
      });
    });
  } finally {
    if (cancel !== undefined) {
      signal?.removeEventListener('abort', cancel);
    }
    child.kill('SIGKILL');
    await gone;
  }
}

/** Lowers the worker's priority, so that the editor stays responsive. */
function lowerPriority(pid: number, isIdle: boolean): void {
  const { PRIORITY_LOW, PRIORITY_BELOW_NORMAL } = constants.priority;
  try {
    setPriority(pid, isIdle ? PRIORITY_LOW : PRIORITY_BELOW_NORMAL);
  } catch {
    // The process has ended, or the system does not allow it.
  }
}

/** The variables that a process needs to run. They contain none of our credentials. */
const INHERITED = ['PATH', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR', 'LD_LIBRARY_PATH'];

function childEnvironment(): NodeJS.ProcessEnv {
  const inherited = INHERITED.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  // On a desktop, the executable is the editor itself.
  return { ...Object.fromEntries(inherited), ELECTRON_RUN_AS_NODE: '1' } as NodeJS.ProcessEnv;
}

/** Keeps the last kilobytes of a stream. */
function collectEnd(stream: Readable | null): () => string {
  let text = '';
  stream?.on('data', (bytes: Buffer) => {
    text = (text + bytes.toString('utf8')).slice(-2_000);
  });
  return () => text.trim();
}

function toError({ code, message, file, reason }: WorkerFailure): Error {
  const cause = reason === undefined ? {} : { cause: new Error(reason) };
  return code === undefined
    ? endedEarly(new Error(reason ?? message))
    : new I99dashError(code, message, { ...(file === undefined ? {} : { file }), ...cause });
}

function endedEarly(cause?: unknown): I99dashError {
  const said = cause instanceof Error ? cause.message : '';
  const why = /^\w*Error: (.*)$/mu.exec(said)?.[1] ?? said;
  const message =
    why === ''
      ? t("Reading the mini-app's files ended unexpectedly.")
      : t("Reading the mini-app's files ended unexpectedly ({0}).", why);
  return new I99dashError('VALIDATION_FAILED', message, { cause });
}
