import { createHash } from 'node:crypto';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '../errors';

/**
 * Claims a name across all windows.
 * @param folder Holds one small file per claim. Claims older than `keepMs` milliseconds are
 * removed.
 * @returns true for the first claim of this name, false for all others
 */
export async function acquireOnce(folder: string, name: string, keepMs: number): Promise<boolean> {
  await mkdir(folder, { recursive: true });
  await removeOlderThan(folder, keepMs);
  const file = join(folder, createHash('sha256').update(name).digest('hex'));
  try {
    await (await open(file, 'wx')).close();
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') {
      return false;
    }
    throw error;
  }
}

async function removeOlderThan(folder: string, ms: number): Promise<void> {
  for (const entry of await readdir(folder)) {
    const file = join(folder, entry);
    const found = await stat(file).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > ms) {
      await rm(file, { force: true }).catch(() => undefined); // a stale file does no harm
    }
  }
}
