import { lstat, mkdir, open, readdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { I99dashError, systemErrorCode } from '../errors';
import { isInside } from '../platform/paths';
import { abbreviateHome } from '../platform/homePath';
import { t } from '../text/l10n';

/** A file of a new project. */
export interface NewFile {
  /** The path relative to the project's folder, with `/`. */
  path: string;
  text: string;
}

/** Returns a JSON file. */
export function jsonFile(path: string, value: object): NewFile {
  return { path, text: `${JSON.stringify(value, undefined, 2)}\n` };
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

/**
 * Writes the files of a new project into a folder that is missing or empty. If that fails, removes
 * what it has written, and nothing else.
 * @throws VALIDATION_FAILED if the folder is not empty, is filled meanwhile, or cannot be written
 */
export async function writeNewFolder(folder: string, files: readonly NewFile[]): Promise<void> {
  await requireNewFolder(folder);
  const written: string[] = [];
  let created: string | undefined;
  try {
    created = await mkdir(folder, { recursive: true }).catch((error: unknown) => {
      throw cannotWrite(folder, error);
    });
    for (const { path, text } of files) {
      const file = join(folder, path);
      if (!(await writeNewFile(file, text))) {
        throw notEmpty(folder);
      }
      written.push(file);
    }
  } catch (error) {
    await removeWritten(folder, written, created);
    throw error;
  }
}

/**
 * Checks that a folder is missing or empty.
 * @throws VALIDATION_FAILED
 */
export async function requireNewFolder(folder: string): Promise<void> {
  if (!(await isNewFolder(folder))) {
    throw notEmpty(folder);
  }
}

/** Checks whether a folder is missing or empty. A file or a folder that is not readable is not. */
export async function isNewFolder(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length === 0;
  } catch (error) {
    const isLink = (await lstat(folder).catch(() => undefined)) !== undefined;
    return systemErrorCode(error) === 'ENOENT' && !isLink;
  }
}

/** @param created the topmost folder that was created; undefined if none was */
async function removeWritten(
  folder: string,
  written: readonly string[],
  created: string | undefined,
): Promise<void> {
  const folders = new Set(written.map((file) => dirname(file)).filter((each) => each !== folder));
  for (const file of written) {
    await rm(file).catch(() => undefined);
  }
  for (const each of folders) {
    await rmdir(each).catch(() => undefined);
  }
  let top = folder;
  while (created !== undefined && isInside(top, created)) {
    await rmdir(top).catch(() => undefined); // fails if somebody else has filled it
    top = dirname(top);
  }
}

/** @returns false if something with that name exists */
async function writeNewFile(file: string, text: string): Promise<boolean> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await createFile(file, text);
    return true;
  } catch (error) {
    const found = await lstat(file).catch(() => undefined);
    if (found !== undefined && systemErrorCode(error) === 'EEXIST') {
      return false;
    }
    throw cannotWrite(file, error);
  }
}

/** Creates a file, and leaves none if it cannot be written whole. */
async function createFile(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(text);
  } catch (error) {
    await rm(file).catch(() => undefined);
    throw error;
  } finally {
    await handle.close();
  }
}

function notEmpty(folder: string): I99dashError {
  const message = t(
    '{0} is not an empty folder, and nothing was changed. Select a new or empty one.',
    abbreviateHome(folder),
  );
  return new I99dashError('VALIDATION_FAILED', message);
}

function cannotWrite(file: string, cause: unknown): I99dashError {
  const message = t('{0} cannot be written ({1}).', file, systemErrorCode(cause) ?? 'unknown');
  return new I99dashError('VALIDATION_FAILED', message, { cause });
}
