import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** A `~/.ssh` larger than this is somebody's archive; the rest is reached by browsing. */
const MAX_FILES = 500;
/** So many are read at once: a process may hold only so many files open. */
const AT_ONCE = 32;

/**
 * The `.pub` files of a folder (`~/.ssh`) by name, in parts that may be read at once. Of very many, those that have a name of ssh-keygen's
 * are kept. None where the folder is missing or closed to us; never rejects.
 */
export async function publicKeyPaths(folder: string): Promise<string[][]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const paths = entries
    .filter((entry) => (entry.isFile() || entry.isSymbolicLink()) && /\.pub$/iu.test(entry.name))
    .map(({ name }) => join(folder, name))
    .sort((a, b) => Number(isUsual(b)) - Number(isUsual(a)) || (a < b ? -1 : 1))
    .slice(0, MAX_FILES)
    .sort();
  const parts: string[][] = [];
  for (let from = 0; from < paths.length; from += AT_ONCE) {
    parts.push(paths.slice(from, from + AT_ONCE));
  }
  return parts;
}

/** As `ssh-keygen` names a key. */
function isUsual(path: string): boolean {
  return basename(path).startsWith('id_');
}
