import { lstat, realpath, stat } from 'node:fs/promises';
import { basename, join, posix } from 'node:path';
import { systemErrorCode, throwIfCancelled } from '../../errors';
import { THEME } from '../../projectKind';
import { listPicturePaths, THEME_PICTURES } from '../project/pictureFields';
import { unreadable, type BundleFile, type CollectedFiles } from './files';

/**
 * Lists what a theme's bundle holds: `theme.json`, and then the pictures that it names, each once
 * and in field order. Leaves out what is missing, which the checks report.
 * @param folder absolute
 * @throws VALIDATION_FAILED if a file cannot be read
 * @throws CancelledError
 */
export async function collectThemeFiles(
  folder: string,
  theme: object,
  signal?: AbortSignal,
): Promise<Pick<CollectedFiles, 'boundary' | 'files' | 'folders'>> {
  const named = listPicturePaths(THEME_PICTURES, theme).map(({ path }) => posix.normalize(path));
  const files: BundleFile[] = [];
  for (const name of new Set([THEME.manifestFile, ...named])) {
    throwIfCancelled(signal);
    const file = await describeFile(folder, name);
    if (file !== undefined) {
      files.push(file);
    }
  }
  return { boundary: await realpath(folder), files, folders: [] };
}

async function describeFile(folder: string, name: string): Promise<BundleFile | undefined> {
  const path = join(folder, name);
  try {
    const { size, mtimeMs: writtenMs, dev, ino } = await stat(path);
    const isLink = (await lstat(path)).isSymbolicLink();
    const link = isLink ? { linksTo: basename(await realpath(path)) } : {};
    return { name, path, size, writtenMs, dev, ino, ...link };
  } catch (cause) {
    if (systemErrorCode(cause) === 'ENOENT') {
      return undefined;
    }
    throw unreadable(path, cause, name);
  }
}
