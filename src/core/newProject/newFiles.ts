import { lstat, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { I99dashError, systemErrorCode } from '../errors';
import { t } from '../text/l10n';

/** A file of a new project. */
export interface NewFile {
  /** Below the project's folder, with `/`. */
  path: string;
  text: string;
}

/** What became of the files of a new project; paths as they were given. */
export interface WrittenFiles {
  written: string[];
  /** Those that existed already and were not changed. */
  kept: string[];
}

/**
 * Writes the files of a new project, and the folders that they need. Never changes a file, a folder
 * or a link that exists.
 * @throws VALIDATION_FAILED when a file cannot be written
 */
export async function writeNewFiles(
  folder: string,
  files: readonly NewFile[],
): Promise<WrittenFiles> {
  const result: WrittenFiles = { written: [], kept: [] };
  for (const { path, text } of files) {
    const isNew = await writeNewFile(join(folder, path), text);
    (isNew ? result.written : result.kept).push(path);
  }
  return result;
}

/** @returns false when something of that name exists */
async function writeNewFile(file: string, text: string): Promise<boolean> {
  if ((await lstat(file).catch(() => undefined)) !== undefined) {
    return false;
  }
  try {
    await mkdir(dirname(file), { recursive: true });
  } catch (error) {
    throw cannotWrite(file, error);
  }
  try {
    await writeFile(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') {
      return false; // made by another program in this moment
    }
    throw cannotWrite(file, error);
  }
}

function cannotWrite(file: string, cause: unknown): I99dashError {
  const message = t('{0} cannot be written ({1}).', file, systemErrorCode(cause) ?? 'unknown');
  return new I99dashError('VALIDATION_FAILED', message, { cause });
}
