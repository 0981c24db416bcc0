import { basename, posix, sep } from 'node:path';
import { isInside, isSamePath, pathBelow } from '../platform/paths';
import { PROJECT_KINDS } from '../projectKind';

/** A workspace folder. */
export interface Root {
  name: string;
  /** Absolute. */
  path: string;
}

/**
 * Returns the path that an agent sees: relative to its workspace folder, with the name of that
 * folder in front when there are several; `.` for the only workspace folder itself.
 * @param path Absolute.
 * @returns undefined for a path outside the workspace
 */
export function workspaceName(path: string, roots: readonly Root[]): string | undefined {
  const [root] = roots
    .filter((each) => isInside(path, each.path))
    .sort((a, b) => b.path.length - a.path.length);
  const below = root && pathBelow(path, root.path);
  return root === undefined || below === undefined
    ? undefined
    : posix.join(roots.length > 1 ? root.name : '', toPosix(below));
}

/**
 * Finds the folder that an agent refers to: by its name as in {@link workspaceName}, by its
 * absolute path, or by the end of its path if that is unique. Accepts its manifest as well.
 * @returns undefined when no folder or more than one matches
 */
export function findNamed(
  given: string,
  folders: readonly string[],
  roots: readonly Root[],
): string | undefined {
  const wanted = withoutManifest(posix.normalize(given.trim().replaceAll('\\', '/')));
  const exact = folders.find(
    (folder) => wanted === workspaceName(folder, roots) || isSamePath(wanted, folder),
  );
  if (exact !== undefined || wanted === '.' || wanted.startsWith('/')) {
    return exact;
  }
  const ending = folders.filter((folder) => toPosix(folder).endsWith(`/${wanted}`));
  return ending.length === 1 ? ending[0] : undefined;
}

function withoutManifest(path: string): string {
  const isManifest = PROJECT_KINDS.some(({ manifestFile }) => manifestFile === basename(path));
  const folder = isManifest ? posix.dirname(path) : path;
  return folder.length > 1 ? folder.replace(/\/$/u, '') : folder;
}

function toPosix(path: string): string {
  return path.split(sep).join('/');
}
