import type { Problem } from '../../problem';
import type { Logger } from '../../platform/interfaces';
import type { JsonObject } from '../../platform/json';
import type { Config } from '../project/config';
import type { JsonText } from '../json/jsonText';
import type { FileSearchOptions } from './cachedFileChecker';

export type ProjectOptions = Pick<FileSearchOptions, 'worker' | 'baselineCache'> & {
  logger?: Pick<Logger, 'error'>;
};

/** A project's JSON files, as far as they are valid. */
export interface CheckedJson {
  /** The manifest's text. */
  source: JsonText;
  /** The valid fields of the manifest. */
  fields: object;
  /** The manifest without the innermost values that break a rule. */
  sound: JsonObject;
  /** The configuration; undefined if it is invalid or the kind has none. */
  config?: Config | undefined;
}

export type FileCheckRun = Pick<FileSearchOptions, 'signal' | 'isIdle'>;

/** Checks the files of one project other than its JSON files, again and again. */
export interface ProjectFiles {
  /** @throws CancelledError */
  find(json: CheckedJson, run: FileCheckRun): Promise<Problem[]>;
  /** Checks whether a change at a path other than the JSON files requires another check. */
  affects(path: string, config: Config | undefined): boolean;
}
