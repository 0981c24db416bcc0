import { posix, win32 } from 'node:path';

/**
 * Returns a form of an absolute path that is equal for two paths of one file. Windows and macOS
 * ignore case, macOS also the Unicode form, and Windows accepts both slashes. The result is not for
 * opening files.
 */
export function comparablePath(path: string, platform = process.platform): string {
  switch (platform) {
    case 'win32':
      return withoutTrailingSlash(win32.normalize(withoutLongPrefix(path)), '\\').toLowerCase();
    case 'darwin':
      return withoutTrailingSlash(posix.normalize(path), '/').normalize('NFC').toLowerCase();
    default:
      return path.length > 1 ? withoutTrailingSlash(path, '/') : path;
  }
}

/** Checks whether two absolute paths are those of one file, without access to the disk. */
export function isSamePath(one: string, other: string, platform = process.platform): boolean {
  return one === other || comparablePath(one, platform) === comparablePath(other, platform);
}

/**
 * Checks whether a path is the folder or below it. Both must be absolute and free of symbolic
 * links.
 */
export function isInside(path: string, folder: string, platform = process.platform): boolean {
  const inner = comparablePath(path, platform);
  const outer = comparablePath(folder, platform);
  const separator = platform === 'win32' ? '\\' : '/';
  return inner === outer || inner.startsWith(outer.endsWith(separator) ? outer : outer + separator);
}

/**
 * Returns the path below a folder; '' for the folder itself and undefined for a path outside. Keeps
 * the case of the path.
 */
export function pathBelow(
  path: string,
  folder: string,
  platform = process.platform,
): string | undefined {
  if (!isInside(path, folder, platform)) {
    return undefined;
  }
  const system = platform === 'win32' ? win32 : posix;
  const split = (each: string): string[] =>
    system.normalize(each).split(system.sep).filter(Boolean);
  return split(path).slice(split(folder).length).join(system.sep);
}

/**
 * Returns a path as VS Code writes it, with a drive letter in lower case, so that the paths from
 * both sides are equal as map keys.
 */
export function toEditorPath(path: string, platform = process.platform): string {
  return platform === 'win32' ? path.replace(/^[A-Z]:/u, (drive) => drive.toLowerCase()) : path;
}

/** Removes the prefix of long paths, `\\?\`. */
function withoutLongPrefix(path: string): string {
  return path.replace(/^\\\\\?\\UNC\\/u, '\\\\').replace(/^\\\\\?\\/u, '');
}

/** Keeps the slash of a root. */
function withoutTrailingSlash(path: string, separator: string): string {
  const isRoot = path === separator || /^[A-Za-z]:\\$/u.test(path);
  return path.endsWith(separator) && !isRoot ? path.slice(0, -1) : path;
}
