import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** Limit for a large `~/.ssh`. The user can browse for other files. */
const MAX_FILES = 500;
/** Number of files read concurrently, because a process can open only so many. */
const AT_ONCE = 32;

/**
 * Lists the `.pub` files of a folder (`~/.ssh`) by name, in batches that can be read concurrently.
 * Above the limit, names that ssh-keygen uses take precedence. Empty when the folder is missing or
 * not readable; never rejects.
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

/** Matches the default names of `ssh-keygen`. */
function isUsual(path: string): boolean {
  return basename(path).startsWith('id_');
}
