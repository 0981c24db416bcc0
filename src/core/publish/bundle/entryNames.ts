import { I99dashError } from '../../errors';
import { t } from '../../text/l10n';
import { MANIFEST_FILE } from '../../miniAppFolder';
import { sanitizeLine } from '../../text/sanitizeLine';
import { compareBytewise } from './byteOrder';

/** A file or folder, with its name in the parent folder. */
interface Named {
  name: string;
  path: string;
}

/** A lone surrogate has no UTF-8 encoding. */
const ILL_FORMED = /\p{Surrogate}/u;
/**
 * A backslash separates folders when the bundle is unpacked on Windows, and a line end splits a
 * name in lists of names.
 */
const NOT_PORTABLE = /[\\\n\v\f\r\u0085\u2028\u2029]/u;

/** @throws VALIDATION_FAILED for a name that is not possible on other systems */
export function assertWellFormed<T extends Named>(entry: T): T {
  if (ILL_FORMED.test(entry.name)) {
    throw illFormed(entry.path);
  }
  if (NOT_PORTABLE.test(entry.name)) {
    const path = sanitizeLine(entry.path, Infinity);
    const message = t('{0} has a backslash or a line end in its name. Rename it.', path);
    throw new I99dashError('VALIDATION_FAILED', message, { file: entry.path });
  }
  return entry;
}

/** Creates the error for a name that is not valid Unicode. */
export function illFormed(path: string): I99dashError {
  const message = t('{0} has a name that is no valid Unicode text.', sanitizeLine(path, Infinity));
  return new I99dashError('VALIDATION_FAILED', message, { file: path });
}

/**
 * The names in one folder of the bundle. Windows and macOS treat names as equal that differ only in
 * case, macOS also those that differ only in Unicode form.
 */
export class DistinctNames {
  private readonly byFoldedName = new Map<string, string>();

  /**
   * @param prefix the folder's name in the bundle with a trailing slash; '' for the root, which
   * holds the manifest
   */
  constructor(private readonly prefix: string) {
    if (prefix === '') {
      this.byFoldedName.set(MANIFEST_FILE, MANIFEST_FILE);
    }
  }

  /**
   * @throws VALIDATION_FAILED for a name that clashes with another one on such a system, and for a
   * folder in place of the manifest
   */
  add({ name, path }: Named, isFolder: boolean): void {
    const folded = foldName(name);
    const other = this.byFoldedName.get(folded);
    if (other === undefined) {
      this.byFoldedName.set(folded, name);
    } else if (other !== name || isFolder) {
      const names = [name, other]
        .sort(compareBytewise)
        .map((each) => sanitizeLine(this.prefix + each, Infinity));
      const message = other === name ? describeFolder(names) : describeClash(names);
      throw new I99dashError('VALIDATION_FAILED', message, { file: path });
    }
  }
}

function foldName(name: string): string {
  return name.normalize('NFD').toLowerCase().replaceAll('ς', 'σ');
}

function describeFolder([name = '']: readonly string[]): string {
  return t('{0} is a folder, but the bundle has the manifest under that name. Rename it.', name);
}

function describeClash([name = '', other = '']: readonly string[]): string {
  return name.normalize() === other.normalize()
    ? t(
        '{0} and {1} differ only in their Unicode form, and many computers cannot hold both. Rename one of them.',
        name,
        other,
      )
    : t(
        '{0} and {1} differ only in case, and many computers cannot hold both. Rename one of them.',
        name,
        other,
      );
}
