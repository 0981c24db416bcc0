import { lstat, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { I99dashError, systemErrorCode } from '../errors';
import { t } from '../text/l10n';

/** A file of a new project. */
export interface NewFile {
  /** The path relative to the project's folder, with `/`. */
  path: string;
  text: string;
}

/** The outcome for the files of a new project, with the paths as they were given. */
export interface WrittenFiles {
  written: string[];
  /** The files that already existed and were not changed. */
  kept: string[];
}

/**
 * Writes the files of a new project, and creates their folders. Never changes an existing file,
 * folder or link.
 * @throws VALIDATION_FAILED if a file cannot be written
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

/** @returns false if something with that name exists */
async function writeNewFile(file: string, text: string): Promise<boolean> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    const found = await lstat(file).catch(() => undefined);
    if (found !== undefined && systemErrorCode(error) === 'EEXIST') {
      return false;
    }
    throw cannotWrite(file, error);
  }
}

function cannotWrite(file: string, cause: unknown): I99dashError {
  const message = t('{0} cannot be written ({1}).', file, systemErrorCode(cause) ?? 'unknown');
  return new I99dashError('VALIDATION_FAILED', message, { cause });
}
