import { once } from 'node:events';
import {
  isMainThread,
  parentPort,
  Worker,
  workerData,
  type MessagePort,
} from 'node:worker_threads';
import { isI99dashError } from '../errors';
import { inspectFiles } from './checks/inspectFiles';
import { packInspected } from './packInspected';
import type {
  WorkerBatch,
  WorkerFailure,
  WorkerMessage,
  WorkerResults,
  WorkerTask,
} from './publishWorkerProtocol';

/** Progress is told no more often than this, in milliseconds. */
const PROGRESS_MS = 50;

/** Deep syntax needs a deep stack, which only a thread can ask for. What lives briefly is many small nodes of syntax trees. */
const THREAD = { stackSizeMb: 16, maxYoungGenerationSizeMb: 48 };

/** The process's half: one task, told by the first argument, in a thread whose messages it passes on. It ends with the thread, or with its parent. */
function relay(send: (message: unknown) => void): void {
  const worker = new Worker(__filename, {
    workerData: JSON.parse(process.argv[2] ?? '') as WorkerTask,
    resourceLimits: THREAD,
  });
  worker.on('message', send);
  worker.on('error', (error) => {
    throw error;
  });
  process.on('message', (batch) => worker.postMessage(batch));
  process.on('disconnect', () => process.exit());
}

/** The thread's half. */
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
  const options = { onFile, blocking: true };
  return task.kind === 'pack'
    ? packInspected(task.path, batches, task.inspect, options)
    : inspectFiles(batches, { ...options, cacheFile: task.cacheFile });
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
} else if (isMainThread && process.send !== undefined) {
  relay(process.send.bind(process));
}
