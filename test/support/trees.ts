import { mkdirSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';

/** Contents of files by path with `/`. */
export type Tree = Readonly<Record<string, Buffer | string>>;

/**
 * Writes files one after the other and creates the folders they need. Sequential writes are much
 * faster than the thread pool.
 */
export function plant(
  folder: string,
  files: Iterable<[string, Uint8Array | string]>,
): Promise<void> {
  const made = new Set<string>();
  for (const [name, content] of files) {
    const path = join(folder, ...name.split('/'));
    const parent = dirname(path);
    if (!made.has(parent)) mkdirSync(parent, { recursive: true });
    made.add(parent);
    writeFileSync(path, content);
  }
  return Promise.resolve();
}

/**
 * Reads all files below a folder with their contents, and its empty folders with a trailing slash
 * and null.
 */
export async function readTree(folder: string): Promise<Record<string, Buffer | null>> {
  const tree: Record<string, Buffer | null> = {};
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const name = path
      .slice(folder.length + 1)
      .split(sep)
      .join('/');
    if (entry.isFile()) {
      tree[name] = await readFile(path);
    } else if (entry.isDirectory() && (await readdir(path)).length === 0) {
      tree[`${name}/`] = null;
    }
  }
  return tree;
}
