import { createHash } from 'node:crypto';
import { lstat, mkdir, open, readdir, rm, rmdir, stat, type FileHandle } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { I99dashError, systemErrorCode } from '../errors';
import { isJsonObject, parseJson } from '../platform/json';
import { readTextFile } from '../platform/readTextFile';
import { isRunning } from '../platform/runningProcess';
import { PROJECT_KINDS, type KindId } from '../projectKind';
import { t } from '../text/l10n';
import { sanitizeLine } from '../text/sanitizeLine';
import { isAppId } from './project/appId';

/** How often the publishing window touches its lock, in milliseconds; the same in all windows. */
const HEARTBEAT_MS = 5_000;
/** A lock may be stale after this many heartbeats without a touch. */
const STALE_BEATS = 4;
/** An owner that slept, or whose clock changed, touches the lock within this many heartbeats. */
const PATIENCE_BEATS = 1.5;
/** The maximum size of a lock, in bytes. */
const MAX_BYTES = 64 * 1024;

const STAGES = ['preparing', 'uploading', 'submitting'] as const;

/**
 * Nothing is sent in the stage `preparing`. Only in `submitting` can the submission have been sent.
 */
type PublishStage = (typeof STAGES)[number];

/** A running or interrupted publish, as its lock describes it. */
export interface LockInfo {
  kind: KindId;
  appId: string;
  version: string;
  /** The absolute path of the project. */
  folder: string;
  pid: number;
  /** The computer. An earlier version of the extension wrote neither this nor kind and stage. */
  host?: string;
  stage?: PublishStage;
}

/** A lock that is held until it is disposed of. */
export interface PublishLock extends AsyncDisposable {
  /**
   * Records the stage of the publish, for the report after its window has died.
   * @throws UPLOAD_FAILED if the lock cannot be written
   */
  recordStage: (stage: PublishStage) => Promise<void>;
}

/**
 * Acquires the lock for a project on a backend, across all windows that share a home folder, even
 * on several computers. A window that crashes leaves its lock behind; {@link collectStaleLocks}
 * finds it. A lock that cannot be released becomes stale.
 * @param folder the folder with the locks of all windows
 * @throws PUBLISH_IN_PROGRESS
 * @throws UPLOAD_FAILED if no lock can be created in the folder
 */
export async function acquirePublishLock(
  folder: string,
  {
    backendUrl,
    ...app
  }: { backendUrl: string } & Pick<LockInfo, 'kind' | 'appId' | 'version' | 'folder'>,
  heartbeatMs = HEARTBEAT_MS,
): Promise<PublishLock> {
  const backend = createHash('sha256').update(backendUrl).digest('hex').slice(0, 12);
  const path = join(folder, `${backend}-${app.kind}-${app.appId}.lock`);
  const holder = { ...app, pid: process.pid, host: hostname() };
  try {
    await mkdir(folder, { recursive: true });
    const first = lockText(holder, 'preparing');
    let file = await createFile(path, first);
    if (file === undefined && (await removeStale(path, heartbeatMs)) !== undefined) {
      file = await createFile(path, first);
    }
    if (file !== undefined) {
      return hold(path, file, holder, heartbeatMs);
    }
  } catch (error) {
    throw wrapLockError(path, error);
  }
  throw new I99dashError(
    'PUBLISH_IN_PROGRESS',
    t('{0} is already being published. Wait for it to finish.', app.appId),
  );
}

/** Writes through the open file only, which does not disturb a window that replaced the lock. */
function hold(path: string, file: FileHandle, holder: LockInfo, heartbeatMs: number): PublishLock {
  const heartbeat = setInterval(() => {
    const now = new Date();
    file.utimes(now, now).catch(() => undefined);
  }, heartbeatMs);
  return {
    recordStage: async (stage) => {
      await file.write(lockText(holder, stage), 0).catch((error: unknown) => {
        throw wrapLockError(path, error);
      });
    },
    // Never rejects, because that would report a submitted publish as failed.
    [Symbol.asyncDispose]: async () => {
      clearInterval(heartbeat);
      await removeOwn(path, file).catch(() => undefined);
      await file.close().catch(() => undefined);
    },
  };
}

/** Removes a lock unless another window has replaced it. */
async function removeOwn(path: string, file: FileHandle): Promise<void> {
  const [own, found] = await Promise.all([file.stat(), stat(path)]);
  if (own.ino === found.ino) {
    await rm(path, { force: true });
  }
}

/**
 * Returns the publishes that were interrupted by a crash. Removes their locks, so each one is
 * returned once, to one caller. Never rejects.
 */
export async function collectStaleLocks(
  folder: string,
  heartbeatMs = HEARTBEAT_MS,
): Promise<LockInfo[]> {
  const removed = await Promise.all(
    (await lockNames(folder)).map((name) =>
      removeStale(join(folder, name), heartbeatMs).catch(() => undefined),
    ),
  );
  return removed.flatMap((lock) => lock?.info ?? []);
}

/** Checks whether a publish is running in any window, or was interrupted. Never rejects. */
export async function hasLocks(folder: string): Promise<boolean> {
  return (await lockNames(folder)).length > 0;
}

async function lockNames(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.endsWith('.lock'));
}

/** What exists at the path of a lock. */
interface LockState {
  /** Undefined if it is not a file, or too large. */
  content: string | undefined;
  /** Undefined if a publish did not write the content. */
  info: LockInfo | undefined;
  mtimeMs: number;
}

/**
 * Removes a stale lock. Only one of several callers does so, and it checks again first, because the
 * lock may have a new owner.
 * @returns undefined if the lock is held or gone, or another caller removes it
 * @throws a system error, because an unreadable lock may be held
 */
async function removeStale(path: string, heartbeatMs: number): Promise<LockState | undefined> {
  const seen = await readLock(path);
  if (seen === undefined || (await isHeld(path, seen, heartbeatMs))) {
    return undefined;
  }
  const guard = `${path}.guard`;
  try {
    await mkdir(guard);
  } catch {
    const { mtimeMs } = await lstat(guard);
    await (isOld(mtimeMs, heartbeatMs) ? rmdir(guard) : undefined); // left by a crash
    return undefined;
  }
  try {
    const now = await readLock(path);
    if (now?.content !== seen.content || now?.mtimeMs !== seen.mtimeMs) {
      return undefined;
    }
    await rm(path, { force: true });
    return seen;
  } finally {
    await rmdir(guard).catch(() => undefined);
  }
}

/**
 * Checks whether a lock is held. Process IDs are reused, and mean nothing on another computer, so a
 * lock without a heartbeat is stale. But it may only look stale because the computer slept or the
 * clock changed, so this waits for a heartbeat.
 */
async function isHeld(path: string, seen: LockState, heartbeatMs: number): Promise<boolean> {
  const { content, info, mtimeMs } = seen;
  const isHere = info !== undefined && (info.host ?? hostname()) === hostname();
  if (content === undefined || (isHere && !isRunning(info.pid))) {
    return false;
  }
  if (!isOld(mtimeMs, heartbeatMs)) {
    return true;
  }
  await delay(PATIENCE_BEATS * heartbeatMs);
  return (await readLock(path))?.mtimeMs !== mtimeMs;
}

/** A time in the future is old too: an owner would have touched the lock with the current time. */
function isOld(mtimeMs: number, heartbeatMs: number): boolean {
  return Math.abs(Date.now() - mtimeMs) > STALE_BEATS * heartbeatMs;
}

/** @throws a system error */
async function readLock(path: string): Promise<LockState | undefined> {
  try {
    const stats = await lstat(path);
    const isLock = stats.isFile() && stats.size <= MAX_BYTES;
    const content = isLock ? await readTextFile(path, MAX_BYTES) : undefined;
    return { content, info: parseLock(content ?? ''), mtimeMs: stats.mtimeMs };
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

/** @returns undefined if the path exists; a file that cannot be written completely is removed */
async function createFile(path: string, content: string): Promise<FileHandle | undefined> {
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    if (systemErrorCode(error) !== 'EEXIST') {
      throw error;
    }
  });
  try {
    await file?.writeFile(content);
    return file ?? undefined;
  } catch (error) {
    await file?.close();
    await rm(path, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** Has the same length in every stage, so that one stage overwrites another in place. */
function lockText(holder: LockInfo, stage: PublishStage): string {
  const longest = JSON.stringify({ ...holder, stage: 'submitting' }).length;
  return JSON.stringify({ ...holder, stage }).padEnd(longest);
}

/** The values are shown and published, so anything that a publish does not write is rejected. */
function parseLock(text: string): LockInfo | undefined {
  const value = parseJson(text)?.value;
  const { appId, version, folder, pid, host, stage } = isJsonObject(value) ? value : {};
  const kind = isJsonObject(value) ? parseKind(value['kind']) : undefined;
  const known = STAGES.find((each) => each === stage);
  if (
    kind === undefined ||
    typeof appId !== 'string' ||
    !isAppId(appId) ||
    typeof version !== 'string' ||
    version === '' ||
    version !== sanitizeLine(version) ||
    typeof folder !== 'string' ||
    !isAbsolute(folder) ||
    !(Number.isSafeInteger(pid) && Number(pid) > 0)
  ) {
    return undefined;
  }
  const more = { ...(typeof host === 'string' && { host }), ...(known && { stage: known }) };
  return { kind, appId, version, folder, pid: Number(pid), ...more };
}

/** An earlier version of the extension published only mini-apps. */
function parseKind(value: unknown = 'miniApp'): KindId | undefined {
  return PROJECT_KINDS.find(({ id }) => id === value)?.id;
}

function wrapLockError(path: string, cause: unknown): I99dashError {
  const message = t(
    'Publishing keeps a small file in {0}, and it cannot be written ({1}). Make room on that disk, or make the folder writable, and publish again.',
    sanitizeLine(dirname(path)),
    systemErrorCode(cause) ?? 'unknown',
  );
  return new I99dashError('UPLOAD_FAILED', message, { cause });
}
