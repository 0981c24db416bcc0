import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { t } from '../../l10n';
import { oneLine } from '../../oneLine';

/** The names of files, to be found also where upper and lower case or the Unicode form differ. */
export class NameIndex {
  private readonly names: ReadonlySet<string>;
  private folded: Map<string, string> | undefined;

  constructor(names: Iterable<string>) {
    this.names = new Set(names);
  }

  has(name: string): boolean {
    return this.names.has(name);
  }

  /** The name of a file that a disk which does not tell them apart has for one that is not there. */
  findSimilar(name: string): string | undefined {
    if (this.names.has(name)) {
      return undefined;
    }
    this.folded ??= new Map([...this.names].map((each) => [fold(each), each]));
    return this.folded.get(fold(name));
  }
}

/**
 * The same on disk, where the system may not tell such names apart itself.
 * @param root absolute
 * @param path relative to it, with slashes
 * @returns undefined where the very name is there, or nothing like it
 */
export async function findSimilarFile(root: string, path: string): Promise<string | undefined> {
  let found = '';
  for (const part of path.split('/')) {
    const names = new NameIndex(await readdir(join(root, found)).catch(() => []));
    const actual = names.has(part) ? part : names.findSimilar(part);
    if (actual === undefined) {
      return undefined;
    }
    found = found === '' ? actual : `${found}/${actual}`;
  }
  return found === path ? undefined : found;
}

/** That a file is there under a similar name, in words that follow the one that was looked for. */
export function describeSimilar(name: string, similar: string): string {
  return name.normalize('NFC') === similar.normalize('NFC')
    ? t('is in the bundle in another Unicode form of its name')
    : t('is {0} in the bundle; upper and lower case must match', oneLine(similar, Infinity));
}

function fold(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
