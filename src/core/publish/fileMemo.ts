import { stat } from 'node:fs/promises';
import { deserialize, serialize } from 'node:v8';

import { throwIfCancelled } from '../errors';
import type { Problem } from '../problem';
import type { BundleFile } from './files';

/** So many files are looked up at once. */
const AT_ONCE = 64;
/** About 60,000 files. Beyond, all are looked at anew each time. */
const MAX_BYTES = 16 * 1024 * 1024;

interface Entry<T> {
  /** What must be the same for what was found to be the same. */
  stamp: string | undefined;
  found: readonly T[];
}

interface Kept<T> {
  scope: string;
  entries: Map<string, Entry<T>>;
}

/** Remembers what was found in each file for as long as the file is the same by its name, size and times. */
export class FileMemo<T extends { file: string } = Problem> {
  private entries = new Map<string, Entry<T>>();
  private scope = '';

  /** @param bytes what {@link toBytes} gave; undefined for nothing */
  static from<T extends { file: string } = Problem>(bytes: Uint8Array | undefined): FileMemo<T> {
    const memo = new FileMemo<T>();
    if (bytes !== undefined) {
      const kept = deserialize(bytes) as Kept<T>;
      memo.entries = kept.entries;
      memo.scope = kept.scope;
    }
    return memo;
  }

  /** All of it, for {@link from} in this version of the program; undefined when that is more than is worth keeping. */
  toBytes(): Uint8Array | undefined {
    const kept: Kept<T> = { scope: this.scope, entries: this.entries };
    const bytes = serialize(kept);
    return bytes.length > MAX_BYTES ? undefined : bytes;
  }

  /**
   * What is found in all files, in their order; only what is new or has changed is looked at.
   * @param scope what that depends on besides the files; another one makes everything new
   * @param look looks at files; what it finds has its file's path
   * @throws CancelledError and what `look` throws
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
    const stamps = await stampsOf(files, signal);
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

/** What a file is known by; undefined for one that is not there any more. */
async function stampsOf(
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
