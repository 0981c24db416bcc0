import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { I99dashError, isI99dashError, systemErrorCode } from '../errors';
import { isJsonObject, parseJson } from '../json';
import { t } from '../l10n';
import { oneLine } from '../oneLine';
import { isRunning } from './runningProcess';

/** The window that publishes touches its lock this often; one that was not touched for much longer belongs to nobody. In milliseconds. */
const HEARTBEAT_MS = 5_000;
const STALE_MS = 4 * HEARTBEAT_MS;

/** A publish under way, as other windows and the next start see it. */
export interface PublishNote {
  backendUrl: string;
  appId: string;
  version: string;
  /** Absolute path of the mini-app. */
  folder: string;
  pid: number;
}

/**
 * Runs a task while holding the lock for an app on a backend, across all windows of this computer. A window that dies leaves its lock,
 * which {@link takeInterrupted} finds. A lock that cannot be given back grows old; it makes no failure of what was done.
 * @param folder where the locks of all windows lie
 * @throws PUBLISH_IN_PROGRESS, UPLOAD_FAILED (the folder takes no lock), and what the task throws
 */
export async function withPublishLock<T>(
  folder: string,
  note: Omit<PublishNote, 'pid'>,
  task: () => Promise<T>,
): Promise<T> {
  const path = join(folder, lockName(note));
  const content = JSON.stringify({ ...note, pid: process.pid, id: randomUUID() });
  await acquireIn(folder, path, note.appId, content);
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, HEARTBEAT_MS);
  try {
    return await task();
  } finally {
    clearInterval(heartbeat);
    await release(path, content).catch(() => undefined);
  }
}

/** The publishes that a window did not live to finish. Each is told once, to one caller: its lock is gone afterwards. Never rejects. */
export async function takeInterrupted(folder: string): Promise<PublishNote[]> {
  const names = await readdir(folder).catch(() => []);
  const removed = await Promise.all(
    names
      .filter((name) => name.endsWith('.lock'))
      .map((name) => removeAbandoned(join(folder, name)).catch(() => undefined)),
  );
  return removed.flatMap((lock) => lock?.note ?? []);
}

/** @throws PUBLISH_IN_PROGRESS, UPLOAD_FAILED */
async function acquireIn(
  folder: string,
  path: string,
  appId: string,
  content: string,
): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await acquire(path, appId, content);
  } catch (cause) {
    if (isI99dashError(cause)) {
      throw cause;
    }
    const reason = systemErrorCode(cause) ?? 'unknown';
    const message = t(
      'The publish cannot be noted in {0}, where other windows look for it ({1}).',
      oneLine(folder, Infinity),
      reason,
    );
    throw new I99dashError('UPLOAD_FAILED', message, { cause });
  }
}

async function acquire(path: string, appId: string, content: string): Promise<void> {
  for (let attempt = 0; attempt < 2; attempt++) {
    if (await createNew(path, content)) {
      return;
    }
    if ((await removeAbandoned(path)) === undefined) {
      break;
    }
  }
  throw new I99dashError(
    'PUBLISH_IN_PROGRESS',
    t('{0} is being published already, in this window or another.', appId),
  );
}

/** A window that slept for long may find the lock in the hands of another: then it stays there. */
async function release(path: string, content: string): Promise<void> {
  if ((await readFile(path, 'utf8')) === content) {
    await rm(path, { force: true });
  }
}

/**
 * Removes a lock that nobody holds any more. Of several callers one does, and looks again first: what they saw abandoned may be held anew
 * by then.
 * @returns what it told, if that can be read; undefined when it is held or gone, or another caller sees to it
 */
async function removeAbandoned(path: string): Promise<{ note?: PublishNote } | undefined> {
  const guard = `${path}.guard`;
  if (!(await createNew(guard, ''))) {
    if (await isOld(guard)) {
      await rm(guard, { force: true });
    }
    return undefined;
  }
  try {
    const note = await readNote(path);
    const isHeld = !(await isOld(path)) && (note === undefined || isRunning(note.pid));
    if (isHeld) {
      return undefined;
    }
    await rm(path, { force: true });
    return note === undefined ? {} : { note };
  } finally {
    await rm(guard, { force: true }).catch(() => undefined);
  }
}

/** @returns false when there is such a file already */
async function createNew(path: string, content: string): Promise<boolean> {
  try {
    await writeFile(path, content, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') {
      return false;
    }
    throw error;
  }
}

/** Nobody has touched it for long: process numbers are used again. */
async function isOld(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined);
  return stats !== undefined && Date.now() - stats.mtimeMs > STALE_MS;
}

async function readNote(path: string): Promise<PublishNote | undefined> {
  const value = parseJson(await readFile(path, 'utf8').catch(() => ''))?.value;
  if (!isJsonObject(value)) {
    return undefined;
  }
  const { backendUrl, appId, version, folder, pid } = value;
  return typeof backendUrl === 'string' &&
    typeof appId === 'string' &&
    typeof version === 'string' &&
    typeof folder === 'string' &&
    typeof pid === 'number'
    ? { backendUrl, appId, version, folder, pid }
    : undefined;
}

function lockName({ backendUrl, appId }: Pick<PublishNote, 'backendUrl' | 'appId'>): string {
  const backend = createHash('sha256').update(backendUrl).digest('hex').slice(0, 12);
  return `${backend}-${appId}.lock`;
}
