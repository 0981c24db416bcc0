import { readdir, stat } from 'node:fs/promises';
import { extname, join, relative, resolve, sep } from 'node:path';
import { t } from '../../l10n';
import { pictureTrouble } from '../checks/assets';
import { readPicture } from '../checks/picture';
import { validateConfig } from '../config';
import { ICON_EXTENSIONS, PICTURE_EXTENSIONS } from '../manifestValues';
import type { AssetField } from './fields';

/** Folders without pictures of the app's author. */
const SKIPPED = /^(\..*|node_modules)$/u;
/** More are not looked at: nobody reads so long a list. */
const MAX_PICTURES = 200;
const MAX_FOLDERS = 1_000;
const KIB = 1024;
const HEAD = 64 * KIB;

/** A picture on disk. */
export interface Picture {
  /** As a manifest has it: `./…`. */
  path: string;
  /** Bytes. */
  size: number;
  /** Pixels; nothing is known of an SVG or of what is no picture. */
  dimensions?: { width: number; height: number };
  /** What keeps it from being used in this field, in words that follow its name. */
  trouble?: string;
}

/**
 * The folders, absolute, that a mini-app's pictures may be in, as publish looks for them: its `appRoot`, and for an app with a build what
 * the build leaves.
 * @param configText what `sdk.config.json` holds; undefined when there is none
 */
export function pictureRoots(folder: string, configText: string | undefined): string[] {
  const { config } = validateConfig(configText ?? '{}', '');
  const { appRoot = './src', distDir = './dist', buildCommand } = config ?? {};
  const roots = buildCommand === undefined ? [appRoot] : [appRoot, distDir];
  return [...new Set(roots.map((root) => resolve(folder, root)))];
}

/** The file that a manifest's path names, in the first folder that has it; undefined when none has. */
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

/** The pictures whose kind fits a field, those that may be used first. Links, hidden folders and `node_modules` are not looked into. */
export async function listPictures(
  roots: readonly string[],
  field: AssetField,
): Promise<Picture[]> {
  const extensions = field === 'icon' ? ICON_EXTENSIONS : PICTURE_EXTENSIONS;
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

/** What there is to say about a picture in a field; undefined when it cannot be read. @param file absolute */
export async function describePicture(
  field: AssetField,
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

/** Size and dimensions, such as `12 KiB · 256×256`. */
export function summaryOf({ size, dimensions }: Picture): string {
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
