import type { ErrorCode } from '../errors';
import type { Localization } from '../l10n';
import type { BundleFile } from './files';
import type { Problem } from '../problem';
import type { Inspection } from './checks/contentInspector';
import type { Packed } from './pack';
import type { Draft } from './project';

/** What a worker is started for. */
export type WorkerTask =
  | {
      kind: 'pack';
      /** The project's folder without links. */
      boundary: string;
      /** Where the bundle goes. */
      path: string;
      /** Whether the contents are looked at, too. */
      inspect?: InspectTask | undefined;
    }
  | ({ kind: 'inspect' } & InspectTask)
  | ({ kind: 'problems' } & ProblemsTask);

export interface InspectTask {
  /** Where what is known of scripts is kept. */
  cacheFile?: string | undefined;
}

/** Finds the problems of all files of a mini-app; no files are handed over for it. */
export interface ProblemsTask {
  draft: Draft;
  /** What the manifest's places are in. */
  manifest: { file: string; text: string };
  /** What the last look remembered, as it gave it. */
  memo?: Uint8Array | undefined;
  /** Where what is known of scripts is kept. */
  baselineCache?: string | undefined;
}

/** What each task results in. */
export interface WorkerResults {
  pack: Packed & { inspection?: Inspection };
  inspect: Inspection;
  problems: { problems: Problem[]; memo?: Uint8Array };
}

/** From the worker. Each `more` is answered with a {@link WorkerBatch}. */
export type WorkerMessage =
  | { kind: 'more' }
  | { kind: 'progress'; done: number }
  | { kind: 'result'; value: WorkerResults[WorkerTask['kind']] }
  | { kind: 'failed'; error: WorkerFailure };

/** To the worker, first of all. */
export interface WorkerOrder {
  task: WorkerTask;
  /** The language of what it finds; undefined for English. */
  localization: Localization | undefined;
}

/** To the worker afterwards: the next files each time it asks for more; none at the end. */
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
