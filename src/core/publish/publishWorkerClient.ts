import { Worker } from 'node:worker_threads';
import { CancelledError, I99dashError } from '../errors';
import type { BundleFile } from './files';
import type {
  WorkerFailure,
  WorkerMessage,
  WorkerResults,
  WorkerTask,
} from './publishWorkerProtocol';

/** So many files are handed over at once: the event loop is held up for about a millisecond, whatever the tree's size. */
const BATCH = 500;

/** What lives briefly fills this space before it is collected: small for what allocates little, larger for syntax trees. */
const YOUNG_GENERATION_MB = { pack: 2, baseline: 12 };
/** Deep syntax needs a deep stack. */
const STACK_MB = 16;

export interface WorkerOptions {
  signal?: AbortSignal | undefined;
  /** Told now and then how many files are done. */
  onFile?: ((done: number) => void) | undefined;
}

/** Hands out a list in parts. */
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
 * Runs a task in a worker thread of its own. The worker is gone when the promise settles, and with it what it had open.
 * @param script absolute path of the built worker
 * @param batches the files it asks for, part by part
 * @throws what the task throws; VALIDATION_FAILED when the worker ends by itself; CancelledError
 */
export async function runInWorker<Kind extends WorkerTask['kind']>(
  script: string,
  task: WorkerTask & { kind: Kind },
  batches: AsyncIterator<readonly BundleFile[]>,
  { signal, onFile }: WorkerOptions = {},
): Promise<WorkerResults[Kind]> {
  if (signal?.aborted === true) {
    throw new CancelledError();
  }
  const worker = new Worker(script, {
    name: `i99dash ${task.kind}`,
    workerData: task,
    execArgv: [],
    resourceLimits: {
      maxYoungGenerationSizeMb: YOUNG_GENERATION_MB[task.kind],
      stackSizeMb: STACK_MB,
    },
  });
  let cancel: (() => void) | undefined;
  try {
    return await new Promise<WorkerResults[Kind]>((resolve, reject) => {
      cancel = () => reject(new CancelledError());
      signal?.addEventListener('abort', cancel, { once: true });
      worker.once('error', (cause) => reject(endedEarly(cause)));
      worker.once('exit', () => reject(endedEarly()));
      worker.on('message', (message: WorkerMessage) => {
        if (message.kind === 'more') {
          batches.next().then(({ done, value }) => {
            worker.postMessage(done === true ? [] : value);
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
    await worker.terminate();
  }
}

function toError({ code, message, file, reason }: WorkerFailure): Error {
  const cause = reason === undefined ? {} : { cause: new Error(reason) };
  return code === undefined
    ? endedEarly(new Error(reason ?? message))
    : new I99dashError(code, message, { ...(file === undefined ? {} : { file }), ...cause });
}

function endedEarly(cause?: unknown): I99dashError {
  const why = cause instanceof Error ? ` (${cause.message})` : '';
  const message = `Reading the mini-app's files ended unexpectedly${why}.`;
  return new I99dashError('VALIDATION_FAILED', message, { cause });
}
