import { createHash, randomUUID } from 'node:crypto';
import { lstat, mkdir, open, readdir, readFile, rm, rmdir, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { I99dashError, isI99dashError, systemErrorCode } from '../errors';
import { t } from '../text/l10n';
import { sanitizeLine } from '../text/sanitizeLine';
import { readTextFile } from '../platform/readTextFile';
import {
  lockContent,
  parseLock,
  type LockText,
  type LockInfo,
  type PublishStage,
} from './lockInfo';
import { isRunning } from '../platform/runningProcess';

/** How often the publishing window touches its lock, in milliseconds. */
const HEARTBEAT_MS = 5_000;
/** A lock may be stale after this many heartbeats without a touch. */
const STALE_BEATS = 4;
/**
 * A live owner that slept, or whose clock changed, touches the lock within this many heartbeats.
 */
const PATIENCE_BEATS = 1.5;
/** How often to check for that within one heartbeat. */
const LOOKS = 20;
/** The maximum size of a lock, in bytes. */
const MAX_BYTES = 64 * 1024;

/** A lock that is held until it is disposed of. */
export interface PublishLock extends AsyncDisposable {
  /**
   * Records the stage of the publish, for the report after its window has died.
   * @throws UPLOAD_FAILED if the lock cannot be written
   */
  recordStage: (stage: PublishStage) => Promise<void>;
}

export interface LockOptions {
  /**
   * How often the owner touches a lock, in milliseconds; the same in all windows. Default 5,000.
   */
  heartbeatMs?: number;
}

/** What exists at the path of a lock. */
interface LockState extends LockText {
  /** Undefined if it is not a file, or too large. */
  content: string | undefined;
  /** Milliseconds since the epoch. */
  mtimeMs: number;
  isFolder: boolean;
}

/**
 * Acquires the lock for an app on a backend, across all windows that share a home folder, even on
 * several computers. A window that crashes leaves its lock behind; {@link collectStaleLocks} finds
 * it. A lock that cannot be released becomes stale.
 * @param folder the folder with the locks of all windows
 * @throws PUBLISH_IN_PROGRESS
 * @throws UPLOAD_FAILED if no lock can be created in the folder
 */
export async function acquirePublishLock(
  folder: string,
  note: Omit<LockInfo, 'pid' | 'stage'>,
  { heartbeatMs = HEARTBEAT_MS }: LockOptions = {},
): Promise<PublishLock> {
  const path = join(folder, lockName(note));
  const id = randomUUID();
  const holder = { ...note, pid: process.pid, host: hostname(), id };
  let content = lockContent(holder, 'preparing');
  try {
    await mkdir(folder, { recursive: true });
    await acquire(path, note.appId, content, heartbeatMs);
  } catch (error) {
    throw isI99dashError(error) ? error : noPlace(folder, error);
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, heartbeatMs);
  const recordStage = async (stage: PublishStage): Promise<void> => {
    const next = lockContent(holder, stage);
    try {
      if (await overwrite(path, content, next)) {
        content = next;
      }
    } catch (error) {
      throw noPlace(folder, error);
    }
  };
  return {
    recordStage,
    [Symbol.asyncDispose]: async () => {
      clearInterval(heartbeat);
      await release(path, content).catch(() => undefined);
    },
  };
}

/**
 * Returns the publishes that were interrupted by a crash. Removes their locks, so each one is
 * returned once, to one caller. Never rejects.
 */
export async function collectStaleLocks(
  folder: string,
  { heartbeatMs = HEARTBEAT_MS }: LockOptions = {},
): Promise<LockInfo[]> {
  const names = await readdir(folder).catch(() => []);
  const removed = await Promise.all(
    names
      .filter((name) => name.endsWith('.lock'))
      .map((name) => removeAbandoned(join(folder, name), heartbeatMs).catch(() => undefined)),
  );
  return removed.flatMap((lock) => lock?.note ?? []);
}

function noPlace(folder: string, cause: unknown): I99dashError {
  const reason = systemErrorCode(cause) ?? 'unknown';
  const message = t(
    'Publishing keeps a small file in {0}, and it cannot be written ({1}). Make room on that disk, or make the folder writable, and publish again.',
    sanitizeLine(folder),
    reason,
  );
  return new I99dashError('UPLOAD_FAILED', message, { cause });
}

async function acquire(
  path: string,
  appId: string,
  content: string,
  heartbeatMs: number,
): Promise<void> {
  for (let attempt = 0; attempt < 2; attempt++) {
    if (await createNew(path, content)) {
      return;
    }
    if ((await removeAbandoned(path, heartbeatMs)) === undefined) {
      break;
    }
  }
  throw new I99dashError(
    'PUBLISH_IN_PROGRESS',
    t('{0} is already being published. Wait for it to finish.', appId),
  );
}

/**
 * Overwrites the content of a lock.
 * @returns false if the lock is gone or has another owner; it then stays unchanged
 */
async function overwrite(path: string, content: string, next: string): Promise<boolean> {
  try {
    const handle = await open(path, 'r+');
    try {
      if ((await handle.readFile('utf8')) !== content) {
        return false;
      }
      await handle.write(next, 0);
      return true;
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') {
      return false;
    }
    throw error;
  }
}

/** Removes the lock, unless it has another owner because this window slept for too long. */
async function release(path: string, content: string): Promise<void> {
  if ((await readFile(path, 'utf8')) === content) {
    await rm(path, { force: true });
  }
}

/**
 * Removes a stale lock. Only one of several callers does so, and it checks again first, because the
 * lock may have a new owner.
 * @returns the content of the removed lock, if it is valid; undefined if the lock is held or gone,
 * or another caller removes it
 */
async function removeAbandoned(
  path: string,
  heartbeatMs: number,
): Promise<{ note?: LockInfo } | undefined> {
  const seen = await readLock(path);
  if (seen === undefined || (await isHeld(path, seen, heartbeatMs))) {
    return undefined;
  }
  const guard = `${path}.guard`;
  if (!(await createNew(guard, ''))) {
    const found = await readLock(guard);
    if (found !== undefined && isOld(found, heartbeatMs)) {
      await remove(guard, found);
    }
    return undefined;
  }
  try {
    const now = await readLock(path);
    if (now === undefined || now.content !== seen.content || now.mtimeMs !== seen.mtimeMs) {
      return undefined;
    }
    await remove(path, now);
    return now.info === undefined ? {} : { note: now.info };
  } finally {
    await rm(guard, { force: true }).catch(() => undefined);
  }
}

/**
 * @returns false if the path exists already; a file that cannot be written completely is removed
 */
async function createNew(path: string, content: string): Promise<boolean> {
  try {
    const handle = await open(path, 'wx', 0o600);
    try {
      await handle.writeFile(content).finally(() => handle.close());
    } catch (error) {
      await rm(path, { force: true }).catch(() => undefined);
      throw error;
    }
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') {
      return false;
    }
    throw error;
  }
}

/**
 * Reads a lock. Only a regular file can be one, and its size is limited.
 * @throws a system error, because an unreadable lock may be held
 */
async function readLock(path: string): Promise<LockState | undefined> {
  try {
    const stats = await lstat(path);
    const isLock = stats.isFile() && stats.size <= MAX_BYTES;
    const content = isLock ? await readTextFile(path, MAX_BYTES) : undefined;
    const { mtimeMs } = stats;
    return { content, ...parseLock(content ?? ''), mtimeMs, isFolder: stats.isDirectory() };
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

/** @throws a system error, such as ENOTEMPTY for a folder with content */
async function remove(path: string, { isFolder }: LockState): Promise<void> {
  await (isFolder ? rmdir(path) : rm(path, { force: true }));
}

/**
 * Checks whether a lock is held. Process IDs are reused, and mean nothing on another computer, so a
 * lock without a heartbeat is stale. But it may only look stale because the computer slept or the
 * clock changed, so this waits for a heartbeat.
 */
async function isHeld(path: string, found: LockState, heartbeatMs: number): Promise<boolean> {
  const { content, info, host = hostname() } = found;
  if (content === undefined || (info && host === hostname() && !isRunning(info.pid))) {
    return false;
  }
  return (
    !isOld(found, heartbeatMs) || (info !== undefined && waitForHeartbeat(path, found, heartbeatMs))
  );
}

/**
 * Checks whether a lock is old. A lock from the future is old too: an owner would have touched it
 * since the clock was set back.
 */
function isOld({ mtimeMs }: LockState, heartbeatMs: number): boolean {
  return Math.abs(Date.now() - mtimeMs) > STALE_BEATS * heartbeatMs;
}

/** Waits to see whether a lock is touched or replaced within the time of a heartbeat. */
async function waitForHeartbeat(
  path: string,
  { mtimeMs }: LockState,
  heartbeatMs: number,
): Promise<boolean> {
  for (let looks = 0; looks < PATIENCE_BEATS * LOOKS; looks++) {
    await delay(heartbeatMs / LOOKS);
    const stats = await lstat(path).catch(() => undefined);
    if (stats?.mtimeMs !== mtimeMs) {
      return true;
    }
  }
  return false;
}

function lockName({ backendUrl, appId }: Pick<LockInfo, 'backendUrl' | 'appId'>): string {
  const backend = createHash('sha256').update(backendUrl).digest('hex').slice(0, 12);
  return `${backend}-${appId}.lock`;
}
