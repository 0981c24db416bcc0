import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { I99dashError, systemErrorCode } from '../errors';
import { isJsonObject, parseJson } from '../json';
import { t } from '../l10n';

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
 * which {@link takeInterrupted} finds.
 * @param folder where the locks of all windows lie
 * @throws PUBLISH_IN_PROGRESS
 */
export async function withPublishLock<T>(
  folder: string,
  note: Omit<PublishNote, 'pid'>,
  task: () => Promise<T>,
): Promise<T> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, lockName(note));
  await acquire(path, { ...note, pid: process.pid });
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, HEARTBEAT_MS);
  try {
    return await task();
  } finally {
    clearInterval(heartbeat);
    await rm(path, { force: true });
  }
}

/** The publishes that a window did not live to finish. Each is told once: its lock is gone afterwards. */
export async function takeInterrupted(folder: string): Promise<PublishNote[]> {
  const names = await readdir(folder).catch(() => []);
  const notes = await Promise.all(
    names
      .filter((name) => name.endsWith('.lock'))
      .map(async (name) => {
        const path = join(folder, name);
        const note = await readNote(path);
        if (note === undefined || !(await isAbandoned(path, note))) {
          return undefined;
        }
        await rm(path, { force: true });
        return note;
      }),
  );
  return notes.filter((note) => note !== undefined);
}

async function acquire(path: string, note: PublishNote): Promise<void> {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const handle = await open(path, 'wx', 0o600);
      await handle.writeFile(JSON.stringify(note)).finally(() => handle.close());
      return;
    } catch (error) {
      if (systemErrorCode(error) !== 'EEXIST') {
        throw error;
      }
    }
    const owner = await readNote(path);
    if (!(await isAbandoned(path, owner))) {
      break;
    }
    await rm(path, { force: true });
  }
  throw new I99dashError(
    'PUBLISH_IN_PROGRESS',
    t('{0} is being published already, in this window or another.', note.appId),
  );
}

/** Its window has ended, or has not touched it for long: process numbers are used again. */
async function isAbandoned(path: string, note: PublishNote | undefined): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined);
  const isOld = stats !== undefined && Date.now() - stats.mtimeMs > STALE_MS;
  return isOld || (note !== undefined && !isRunning(note.pid));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemErrorCode(error) === 'EPERM';
  }
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
