import type { ErrorCode } from '../errors';
import type { BundleFile } from './files';
import type { Inspection } from './checks/contentInspector';
import type { Packed } from './pack';

/** What a worker is started for. */
export type WorkerTask =
  | {
      kind: 'pack';
      /** Where the bundle goes. */
      path: string;
      /** Whether the contents are looked at, too. */
      inspect?: InspectTask | undefined;
    }
  | ({ kind: 'inspect' } & InspectTask);

export interface InspectTask {
  /** Where what is known of scripts is kept. */
  cacheFile?: string | undefined;
}

/** What each task results in. */
export interface WorkerResults {
  pack: Packed & { inspection?: Inspection };
  inspect: Inspection;
}

/** From the worker. Each `more` is answered with a {@link WorkerBatch}. */
export type WorkerMessage =
  | { kind: 'more' }
  | { kind: 'progress'; done: number }
  | { kind: 'result'; value: WorkerResults[WorkerTask['kind']] }
  | { kind: 'failed'; error: WorkerFailure };

/** To the worker: the next files; none at the end. */
export type WorkerBatch = readonly BundleFile[];

/** An error on its way between processes. */
export interface WorkerFailure {
  /** Undefined for an error that is none of ours. */
  code?: ErrorCode;
  message: string;
  file?: string;
  /** What led to it, for the log. */
  reason?: string;
}
