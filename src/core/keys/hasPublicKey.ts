import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readTextFile } from '../readTextFile';

/** A folder with more files than this is somebody's archive. */
const MAX_FILES = 200;
/** No public key is larger. */
const MAX_KEY_BYTES = 64 * 1024;

/** Whether a folder (`~/.ssh`) holds the public half of an ed25519 key. Never rejects. */
export async function hasPublicKey(folder: string): Promise<boolean> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const keys = entries
    // No FIFO, which would be waited for.
    .filter((entry) => (entry.isFile() || entry.isSymbolicLink()) && /\.pub$/iu.test(entry.name))
    .slice(0, MAX_FILES);
  const texts = await Promise.all(
    keys.map(({ name }) => readTextFile(join(folder, name), MAX_KEY_BYTES).catch(() => '')),
  );
  return texts.some((text) => /^\s*ssh-ed25519 /mu.test(text));
}
