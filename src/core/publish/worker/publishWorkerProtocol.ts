import type { ErrorCode } from '../../errors';
import type { Localization } from '../../text/l10n';
import type { BundleFile } from '../bundle/files';
import type { Problem } from '../../problem';
import type { Inspection } from '../packing/contentInspector';
import type { PackedFile } from '../bundle/pack';
import type { PartialProject } from '../project/project';

/** The task of a worker. */
export type WorkerTask =
  | {
      kind: 'pack';
      /** The project's folder without links. */
      boundary: string;
      /** The path of the new bundle. */
      path: string;
      /** Requests an inspection of the contents. */
      inspect?: InspectTask | undefined;
    }
  | ({ kind: 'inspect' } & InspectTask)
  | ({ kind: 'problems' } & ProblemsTask);

export interface InspectTask {
  /** The file that caches script results. */
  cacheFile?: string | undefined;
}

/** Finds the problems of all files of a mini-app. The worker walks the files itself. */
export interface ProblemsTask {
  draft: PartialProject;
  /** The manifest that ranges refer to. */
  manifest: { file: string; text: string };
  /** The cache that the previous run returned. */
  memo?: Uint8Array | undefined;
  /** The file that caches script results. */
  baselineCache?: string | undefined;
}

/** The result of each task. */
export interface WorkerResults {
  pack: PackedFile & { inspection?: Inspection };
  inspect: Inspection;
  problems: { problems: Problem[]; memo?: Uint8Array };
}

/** A message from the worker. The client answers each `more` with a {@link WorkerBatch}. */
export type WorkerMessage =
  | { kind: 'more' }
  | { kind: 'progress'; done: number }
  | { kind: 'result'; value: WorkerResults[WorkerTask['kind']] }
  | { kind: 'failed'; error: WorkerFailure };

/** The first message to the worker. */
export interface WorkerOrder {
  task: WorkerTask;
  /** The language of messages; undefined for English. */
  localization: Localization | undefined;
}

/** A later message to the worker: the next files, in answer to each `more`; empty at the end. */
export type WorkerBatch = readonly BundleFile[];

/** An error sent between processes. */
export interface WorkerFailure {
  /** Undefined for an error that is not our own. */
  code?: ErrorCode;
  message: string;
  file?: string;
  /** The cause, for the log. */
  reason?: string;
}
