import { stat } from 'node:fs/promises';
import { deserialize, serialize } from 'node:v8';

import { throwIfCancelled } from '../../errors';
import type { Problem } from '../../problem';
import type { BundleFile } from '../bundle/files';

/** How many files are checked for changes at once. */
const AT_ONCE = 64;
/** About 60,000 files. A larger cache is dropped, and all files are checked again each time. */
const MAX_BYTES = 16 * 1024 * 1024;

interface Entry<T> {
  /** Identifies the state of the file. The findings are valid while it is the same. */
  stamp: string | undefined;
  found: readonly T[];
}

interface Kept<T> {
  scope: string;
  entries: Map<string, Entry<T>>;
}

/** Caches the findings of each file while its name, size and times stay the same. */
export class FileProblemCache<T extends { file: string } = Problem> {
  private entries = new Map<string, Entry<T>>();
  private scope = '';

  /** @param bytes a result of {@link toBytes}; undefined for an empty cache */
  static from<T extends { file: string } = Problem>(
    bytes: Uint8Array | undefined,
  ): FileProblemCache<T> {
    const memo = new FileProblemCache<T>();
    if (bytes !== undefined) {
      const kept = deserialize(bytes) as Kept<T>;
      memo.entries = kept.entries;
      memo.scope = kept.scope;
    }
    return memo;
  }

  /**
   * Serializes the cache for {@link from}; undefined if it is too large to keep. Only the same
   * version of the extension can read it.
   */
  toBytes(): Uint8Array | undefined {
    const kept: Kept<T> = { scope: this.scope, entries: this.entries };
    const bytes = serialize(kept);
    return bytes.length > MAX_BYTES ? undefined : bytes;
  }

  /**
   * Returns the findings of all files, in file order. Checks only new and changed files.
   * @param scope what the findings depend on besides the files; a different scope clears the cache
   * @param look checks files; each finding has the path of its file
   * @throws CancelledError
   * @throws what `look` throws
   */
  async problemsOf(
    files: readonly BundleFile[],
    scope: string,
    look: (files: readonly BundleFile[]) => Promise<readonly T[]>,
    signal?: AbortSignal,
  ): Promise<T[]> {
    throwIfCancelled(signal);
    if (scope !== this.scope) {
      this.entries.clear();
      this.scope = scope;
    }
    const stamps = await readStamps(files, signal);
    const changed = files.filter(({ path }, index) => !this.knows(path, stamps[index]));
    const found = byFile(changed.length === 0 ? [] : await look(changed));
    throwIfCancelled(signal);
    const entries = new Map<string, Entry<T>>();
    for (const [index, { path }] of files.entries()) {
      const stamp = stamps[index];
      const before = this.entries.get(path);
      const known = before !== undefined && this.knows(path, stamp);
      entries.set(path, known ? before : { stamp, found: found.get(path) ?? [] });
    }
    this.entries = entries;
    return [...entries.values()].flatMap((entry) => entry.found);
  }

  private knows(path: string, stamp: string | undefined): boolean {
    return stamp !== undefined && this.entries.get(path)?.stamp === stamp;
  }
}

function byFile<T extends { file: string }>(all: readonly T[]): Map<string, T[]> {
  const files = new Map<string, T[]>();
  for (const each of all) {
    const found = files.get(each.file) ?? [];
    found.push(each);
    files.set(each.file, found);
  }
  return files;
}

/** Returns a stamp for each file; undefined for a file that no longer exists. */
async function readStamps(
  files: readonly BundleFile[],
  signal?: AbortSignal,
): Promise<(string | undefined)[]> {
  const stamps: (string | undefined)[] = [];
  for (let start = 0; start < files.length; start += AT_ONCE) {
    throwIfCancelled(signal);
    const batch = files.slice(start, start + AT_ONCE).map(async ({ name, path }) => {
      const stats = await stat(path).catch(() => undefined);
      return stats && [name, stats.size, stats.mtimeMs, stats.ctimeMs].join('\n');
    });
    for (const stamp of await Promise.all(batch)) {
      stamps.push(stamp);
    }
  }
  return stamps;
}
