import type { ErrorCode } from '../errors';
import type { BundleFile } from './files';
import type { Scan } from './baseline/scan';
import type { Packed } from './pack';

/** What a worker is started for. */
export type WorkerTask =
  | { kind: 'pack'; /** Where the bundle goes. */ path: string }
  | { kind: 'baseline'; cacheFile?: string | undefined };

/** What each task results in. */
export interface WorkerResults {
  pack: Packed;
  baseline: Scan;
}

/** From the worker. Each `more` is answered with a {@link WorkerBatch}. */
export type WorkerMessage =
  | { kind: 'more' }
  | { kind: 'progress'; done: number }
  | { kind: 'result'; value: Packed | Scan }
  | { kind: 'failed'; error: WorkerFailure };

/** To the worker: the next files; none at the end. */
export type WorkerBatch = readonly BundleFile[];

/** An error on its way between threads. */
export interface WorkerFailure {
  /** Undefined for an error that is none of ours. */
  code?: ErrorCode;
  message: string;
  file?: string;
  /** What led to it, for the log. */
  reason?: string;
}
