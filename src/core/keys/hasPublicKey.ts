import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A folder with more files than this is somebody's archive. */
const MAX_FILES = 200;

/** Whether a folder (`~/.ssh`) holds the public half of an ed25519 key. Never rejects. */
export async function hasPublicKey(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => []);
  const keys = names.filter((name) => /\.pub$/iu.test(name)).slice(0, MAX_FILES);
  const texts = await Promise.all(
    keys.map((name) => readFile(join(folder, name), 'utf8').catch(() => '')),
  );
  return texts.some((text) => /^\s*ssh-ed25519 /mu.test(text));
}
