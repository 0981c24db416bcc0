import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { isI99dashError } from '../errors';
import { inspectFiles } from './checks/inspectFiles';
import { InspectorThread, serveInspector } from './checks/inspectorThread';
import { packInspected, type OpenInspector } from './packInspected';
import type {
  WorkerBatch,
  WorkerFailure,
  WorkerMessage,
  WorkerResults,
  WorkerTask,
} from './publishWorkerProtocol';

/** Progress is told no more often than this, in milliseconds. */
const PROGRESS_MS = 50;

type Send = (message: WorkerMessage) => void;

/** The process's half: one task, told by the first argument. It ends with its parent. */
async function main(send: Send): Promise<void> {
  process.on('disconnect', () => process.exit());
  try {
    send({
      kind: 'result',
      value: await perform(JSON.parse(process.argv[2] ?? '') as WorkerTask, send),
    });
  } catch (error) {
    send({ kind: 'failed', error: toFailure(error) });
  }
}

function perform(task: WorkerTask, send: Send): Promise<WorkerResults[WorkerTask['kind']]> {
  let told = performance.now();
  const onFile = (done: number): void => {
    if (performance.now() - told >= PROGRESS_MS) {
      told = performance.now();
      send({ kind: 'progress', done });
    }
  };
  const batches = receive(send);
  const options = { onFile, blocking: true };
  const openInspector: OpenInspector = (cacheFile) =>
    Promise.resolve(new InspectorThread(__filename, cacheFile));
  return task.kind === 'pack'
    ? packInspected(task.path, batches, task.inspect, options, openInspector)
    : inspectFiles(batches, { ...options, cacheFile: task.cacheFile }, openInspector);
}

async function* receive(send: Send): AsyncGenerator<WorkerBatch, void, undefined> {
  for (;;) {
    const answer = once(process, 'message');
    send({ kind: 'more' });
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
  void serveInspector(parentPort, workerData as string | undefined);
} else if (process.send !== undefined) {
  const send = process.send.bind(process);
  void main((message) => void send(message));
}
