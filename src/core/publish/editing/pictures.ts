import { readdir, stat } from 'node:fs/promises';
import { extname, join, relative, resolve, sep } from 'node:path';
import { t } from '../../text/l10n';
import { pictureTrouble } from '../checks/pictureChecks';
import { readPicture } from '../checks/readPicture';
import { validateConfig } from '../project/config';
import type { PictureField } from '../project/pictureFields';

/** Folders that do not hold the app author's pictures. */
const SKIPPED = /^(\..*|node_modules)$/u;
/** The most pictures in the list. A longer one is of no use. */
const MAX_PICTURES = 200;
const MAX_FOLDERS = 1_000;
const KIB = 1024;
const HEAD = 64 * KIB;

/** A picture on disk. */
export interface Picture {
  /** The path as written in a manifest: `./…`. */
  path: string;
  /** Bytes. */
  size: number;
  /** Pixels; undefined for an SVG and for a file that is not a picture. */
  dimensions?: { width: number; height: number };
  /** Why it cannot be used in this field, in words that follow its name. */
  trouble?: string;
}

/**
 * Returns the absolute folders that may hold a mini-app's pictures, the same ones that publishing
 * uses: its `appRoot`, and for an app with a build the build's output folder.
 * @param configText content of `sdk.config.json`; undefined if the file does not exist
 */
export function pictureRoots(folder: string, configText: string | undefined): string[] {
  const { config } = validateConfig(configText ?? '{}', '');
  const { appRoot = './src', distDir = './dist', buildCommand } = config ?? {};
  const roots = buildCommand === undefined ? [appRoot] : [appRoot, distDir];
  return [...new Set(roots.map((root) => resolve(folder, root)))];
}

/**
 * Returns the file that a manifest's path names, from the first folder that has it; undefined if
 * none has it.
 */
export async function findPicture(
  roots: readonly string[],
  path: string,
): Promise<string | undefined> {
  if (!path.startsWith('./') || path.split(/[\\/]/u).includes('..')) {
    return undefined;
  }
  for (const file of roots.map((root) => join(root, path))) {
    if ((await stat(file).catch(() => undefined))?.isFile() === true) {
      return file;
    }
  }
  return undefined;
}

/**
 * Lists the pictures whose format fits a field, valid ones first. Skips links, hidden folders and
 * `node_modules`.
 */
export async function listPictures(
  roots: readonly string[],
  field: PictureField,
): Promise<Picture[]> {
  const { extensions } = field;
  const found = new Map<string, Picture>();
  for (const root of roots) {
    const files = await filesBelow(root, extensions, roots);
    for (const file of files.slice(0, MAX_PICTURES - found.size)) {
      const path = `./${relative(root, file).split(sep).join('/')}`;
      const picture = found.has(path) ? undefined : await describePicture(field, path, file);
      if (picture !== undefined) {
        found.set(path, picture);
      }
    }
  }
  const pictures = [...found.values()];
  return [
    ...pictures.filter(({ trouble }) => trouble === undefined),
    ...pictures.filter(({ trouble }) => trouble !== undefined),
  ];
}

/**
 * Describes a picture in a field; undefined if it cannot be read.
 * @param file absolute
 */
export async function describePicture(
  field: PictureField,
  path: string,
  file: string,
): Promise<Picture | undefined> {
  const stats = await stat(file).catch(() => undefined);
  if (stats?.isFile() !== true) {
    return undefined;
  }
  const { size } = stats;
  const dimensions =
    extname(path).toLowerCase() === '.svg' ? undefined : await readPicture(file, HEAD);
  const trouble = await pictureTrouble(field, path, file, size);
  return {
    path,
    size,
    ...(dimensions === undefined ? {} : { dimensions }),
    ...(trouble === undefined ? {} : { trouble }),
  };
}

/** Formats size and dimensions, such as `12 KiB · 256×256`. */
export function summarizePicture({ size, dimensions }: Picture): string {
  const bytes = size < KIB ? t('{0} B', size) : t('{0} KiB', Math.ceil(size / KIB));
  return dimensions === undefined ? bytes : `${bytes} · ${dimensions.width}×${dimensions.height}`;
}

async function filesBelow(
  root: string,
  extensions: readonly string[],
  others: readonly string[],
): Promise<string[]> {
  const files: string[] = [];
  const folders = [root];
  for (let visited = 0; visited < folders.length && visited < MAX_FOLDERS; visited++) {
    const folder = folders[visited] ?? root;
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !SKIPPED.test(entry.name) && !others.includes(path)) {
        folders.push(path);
      } else if (
        entry.isFile() &&
        extensions.includes(extname(entry.name).slice(1).toLowerCase())
      ) {
        files.push(path);
      }
    }
  }
  return files;
}
