import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { t } from '../../text/l10n';
import { sanitizeLine } from '../../text/sanitizeLine';

/** An index of file names that also finds names which differ only in case or Unicode form. */
export class NameIndex {
  private readonly names: ReadonlySet<string>;
  private folded: Map<string, string> | undefined;

  constructor(names: Iterable<string>) {
    this.names = new Set(names);
  }

  has(name: string): boolean {
    return this.names.has(name);
  }

  /**
   * Returns a file whose name differs only in case or Unicode form; undefined if the exact name
   * exists.
   */
  findSimilar(name: string): string | undefined {
    if (this.names.has(name)) {
      return undefined;
    }
    this.folded ??= new Map([...this.names].map((each) => [fold(each), each]));
    return this.folded.get(fold(name));
  }
}

/**
 * Finds a similar name on disk. Reads the folders, because the file system may be case-insensitive.
 * @param root absolute
 * @param path relative to the root, with slashes
 * @returns undefined if the exact name exists, or nothing similar does
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

/**
 * Describes that a file exists under a similar name. The text follows the name that was looked for.
 */
export function describeSimilar(name: string, similar: string): string {
  return name.normalize('NFC') === similar.normalize('NFC')
    ? t('is in the bundle in another Unicode form of its name')
    : t('is {0} in the bundle; upper and lower case must match', sanitizeLine(similar, Infinity));
}

function fold(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
