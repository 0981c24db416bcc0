import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { isI99dashError } from '../errors';
import { localize } from '../text/l10n';
import type { OpenInspector } from './packing/contentInspector';
import { inspectFiles } from './packing/inspectFiles';
import { InspectorThread, serveInspector, type InspectorSetup } from './packing/inspectorThread';
import { ManifestLocations } from './project/manifestLocations';
import { FileProblemCache } from './diagnostics/fileProblemCache';
import { checkFiles, type KnownFindings } from './diagnostics/checkFiles';
import { JsonText } from './json/jsonText';
import { packInspected } from './packing/packInspected';
import type {
  ProblemsTask,
  WorkerBatch,
  WorkerFailure,
  WorkerMessage,
  WorkerOrder,
  WorkerResults,
  WorkerTask,
} from './worker/publishWorkerProtocol';

/** The shortest time between two progress messages, in milliseconds. */
const PROGRESS_MS = 50;

type Send = (message: WorkerMessage) => void;

/**
 * Runs the worker's side: one task in one language, as set by the first message. The worker ends
 * with its parent.
 */
async function main(send: Send): Promise<void> {
  process.on('disconnect', () => process.exit());
  try {
    const [{ task, localization }] = (await once(process, 'message')) as [WorkerOrder];
    localize(localization);
    send({ kind: 'result', value: await perform(task, send) });
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
  const blocking = true;
  switch (task.kind) {
    case 'pack': {
      const { path, inspect, boundary } = task;
      const options = { boundary, onFile, blocking };
      return packInspected(path, batches, inspect, options, openInspector);
    }
    case 'inspect':
      return inspectFiles(batches, { cacheFile: task.cacheFile, blocking }, openInspector);
    case 'problems':
      return findProblems(task);
  }
}

const openInspector: OpenInspector = (cacheFile) =>
  Promise.resolve(new InspectorThread(__filename, cacheFile));

async function findProblems(task: ProblemsTask): Promise<WorkerResults['problems']> {
  const { draft, manifest, baselineCache } = task;
  const memo = FileProblemCache.from<KnownFindings>(task.memo);
  const places = new ManifestLocations(manifest.file, new JsonText(manifest.text));
  const options = { memo, baselineCache, openInspector };
  const problems = await checkFiles(draft, places, options);
  const kept = memo.toBytes();
  return { problems, ...(kept === undefined ? {} : { memo: kept }) };
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
  void serveInspector(parentPort, workerData as InspectorSetup);
} else if (process.send !== undefined) {
  const send = process.send.bind(process);
  void main((message) => void send(message));
}
