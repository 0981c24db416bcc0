import { isAbsolute } from 'node:path';
import { isJsonObject, parseJson } from '../platform/json';
import { sanitizeLine } from '../text/sanitizeLine';
import { isAppId } from './project/appId';

/** A publish under way, as other windows and the next start see it. */
export interface LockInfo {
  backendUrl: string;
  appId: string;
  version: string;
  /** Absolute path of the mini-app. */
  folder: string;
  pid: number;
  /** How far it came; undefined where an earlier version of the extension made the lock. */
  stage?: PublishStage;
}

/**
 * Nothing has left the computer while it is `preparing`; only while it is `submitting` may it have
 * been submitted.
 */
export type PublishStage = (typeof STAGES)[number];

const STAGES = ['preparing', 'uploading', 'submitting'] as const;
const LONGEST = 'submitting'.length;

/** What the text of a lock tells. */
export interface LockText {
  note: LockInfo | undefined;
  /** The computer of whoever made it; undefined where that is not told. */
  host: string | undefined;
}

/**
 * Of the same length in every stage: one is written over the other, and no crash leaves half of it.
 */
export function lockContent(holder: object, stage: PublishStage): string {
  const padding = ' '.repeat(LONGEST - stage.length);
  return `${JSON.stringify({ ...holder, stage }).slice(0, -1)}${padding}}`;
}

/**
 * Who may have written it is unknown, and what it says is shown and published: nothing but what a
 * publish writes is taken for a note.
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
    note: isNote ? { backendUrl, appId, version, folder, pid: Number(pid), ...stages } : undefined,
    host: typeof host === 'string' ? host : undefined,
  };
}
