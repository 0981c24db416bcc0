import { once } from 'node:events';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { isI99dashError } from '../errors';
import { scanFiles } from './baseline/scan';
import { pack } from './pack';
import type {
  WorkerBatch,
  WorkerFailure,
  WorkerMessage,
  WorkerResults,
  WorkerTask,
} from './publishWorkerProtocol';

/** Progress is told no more often than this, in milliseconds. */
const PROGRESS_MS = 50;

/** What a worker thread runs: one task, told by `workerData`, and then it ends. */
async function main(port: MessagePort): Promise<void> {
  const post = (message: WorkerMessage): void => port.postMessage(message);
  try {
    post({ kind: 'result', value: await perform(workerData as WorkerTask, port, post) });
  } catch (error) {
    post({ kind: 'failed', error: toFailure(error) });
  }
}

function perform(
  task: WorkerTask,
  port: MessagePort,
  post: (message: WorkerMessage) => void,
): Promise<WorkerResults[WorkerTask['kind']]> {
  let told = performance.now();
  const onFile = (done: number): void => {
    if (performance.now() - told >= PROGRESS_MS) {
      told = performance.now();
      post({ kind: 'progress', done });
    }
  };
  const batches = receive(port, post);
  return task.kind === 'pack'
    ? pack(task.path, batches, { onFile, blocking: true })
    : scanFiles(batches, { cacheFile: task.cacheFile, blocking: true, onFile });
}

async function* receive(
  port: MessagePort,
  post: (message: WorkerMessage) => void,
): AsyncGenerator<WorkerBatch, void, undefined> {
  for (;;) {
    const answer = once(port, 'message');
    post({ kind: 'more' });
    const [batch] = (await answer) as [WorkerBatch];
    if (batch.length === 0) {
      return;
    }
    yield batch;
  }
}

function toFailure(error: unknown): WorkerFailure {
  if (!isI99dashError(error)) {
    return { message: '', reason: error instanceof Error ? (error.stack ?? '') : String(error) };
  }
  const { code, message, file, cause } = error;
  return {
    code,
    message,
    ...(file === undefined ? {} : { file }),
    ...(cause instanceof Error ? { reason: cause.message } : {}),
  };
}

if (parentPort !== null) {
  void main(parentPort);
}
