import { isAbsolute } from 'node:path';
import { isJsonObject, parseJson } from '../platform/json';
import { sanitizeLine } from '../text/sanitizeLine';
import { isAppId } from './project/appId';

/** The information about a running publish that other windows and the next start read. */
export interface LockInfo {
  backendUrl: string;
  appId: string;
  version: string;
  /** The absolute path of the mini-app. */
  folder: string;
  pid: number;
  /**
   * The stage of the publish; undefined if an earlier version of the extension created the lock.
   */
  stage?: PublishStage;
}

/**
 * Nothing is sent in the stage `preparing`. Only in `submitting` can the submission have been sent.
 */
export type PublishStage = (typeof STAGES)[number];

const STAGES = ['preparing', 'uploading', 'submitting'] as const;
const LONGEST = 'submitting'.length;

/** The parsed content of a lock. */
export interface LockText {
  info: LockInfo | undefined;
  /** The name of the computer that created the lock; undefined if the lock has none. */
  host: string | undefined;
}

/**
 * Returns the content of a lock. It has the same length in every stage, so that one stage
 * overwrites another in place and a crash does not leave a partial file.
 */
export function lockContent(holder: object, stage: PublishStage): string {
  const padding = ' '.repeat(LONGEST - stage.length);
  return `${JSON.stringify({ ...holder, stage }).slice(0, -1)}${padding}}`;
}

/**
 * Parses a lock. Its author is unknown and its values are shown and published, so anything that a
 * publish does not write is rejected.
 */
export function parseLock(text: string): LockText {
  const value = parseJson(text)?.value;
  const { backendUrl, appId, version, folder, pid, host, stage } = isJsonObject(value) ? value : {};
  const isNote =
    typeof backendUrl === 'string' &&
    typeof appId === 'string' &&
    isAppId(appId) &&
    typeof version === 'string' &&
    version !== '' &&
    version === sanitizeLine(version) &&
    typeof folder === 'string' &&
    isAbsolute(folder) &&
    Number.isSafeInteger(pid) &&
    Number(pid) > 0;
  const known = STAGES.find((each) => each === stage);
  const stages = known === undefined ? {} : { stage: known };
  return {
    info: isNote ? { backendUrl, appId, version, folder, pid: Number(pid), ...stages } : undefined,
    host: typeof host === 'string' ? host : undefined,
  };
}
