import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { PublicKeyParts } from './publicKey';
import { readPublicKeyFile } from './publicKeyFile';

/** Limit for a large `~/.ssh`. The user can browse for other files. */
const MAX_KEY_FILES = 500;
/** Number of files read concurrently, because a process can open only so many. */
const KEY_FILES_AT_ONCE = 32;

/**
 * Reads the files of a folder (`~/.ssh`), sorted by name, in batches. Empty when the folder is
 * missing or not readable; never rejects.
 * @param accepts Checks the name of a file.
 * @param read Reads the file with the given path.
 */
export async function* readKeyFolder<T>(
  folder: string,
  accepts: (name: string) => boolean,
  read: (path: string) => Promise<T | undefined>,
): AsyncGenerator<T> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries
    .filter((entry) => (entry.isFile() || entry.isSymbolicLink()) && accepts(entry.name))
    .map(({ name }) => name)
    .sort((a, b) => likelihood(b) - likelihood(a) || (a < b ? -1 : 1))
    .slice(0, MAX_KEY_FILES)
    .sort();
  for (let from = 0; from < names.length; from += KEY_FILES_AT_ONCE) {
    const batch = names
      .slice(from, from + KEY_FILES_AT_ONCE)
      .map((name) => read(join(folder, name)));
    const found = await Promise.all(batch.map((each) => each.catch(() => undefined)));
    yield* found.filter((each) => each !== undefined);
  }
}

/** Reads the ed25519 public keys of a folder (`~/.ssh`), sorted by file name. Never rejects. */
export function readPublicKeys(folder: string): AsyncGenerator<PublicKeyParts & { path: string }> {
  return readKeyFolder(
    folder,
    (name) => /\.pub$/iu.test(name),
    async (path) => ({ ...(await readPublicKeyFile(path)), path }),
  );
}

/** Checks whether a folder (`~/.ssh`) contains an ed25519 public key. Never rejects. */
export async function hasPublicKey(folder: string): Promise<boolean> {
  const { done } = await readPublicKeys(folder).next();
  return done !== true;
}

/**
 * Ranks names when there are more than the limit: default names of `ssh-keygen` first, then names
 * that contain the key type.
 */
function likelihood(name: string): number {
  return name.startsWith('id_') ? 2 : /ed25519/iu.test(name) ? 1 : 0;
}
