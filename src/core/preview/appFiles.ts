import { readdir, realpath } from 'node:fs/promises';
import { basename, extname, join, relative, sep } from 'node:path';
import { MANIFEST_FILE } from '../miniAppFolder';
import { isInside } from '../platform/paths';
import { asyncFs } from '../publish/bundle/fileAccess';
import { isExcluded, isNeverPacked } from '../publish/bundle/excludedNames';
import { symlinkEscapes } from '../publish/bundle/files';
import { isPage } from '../publish/checks/baseline/codeFiles';
import { secretName } from '../publish/checks/secrets/secretFiles';

const START_PAGE = 'index.html';
/** A file name with these characters has another meaning on Windows, or in a system call. */
const UNSAFE_NAME = /[/\\:\0]/u;

const TYPES: Readonly<Record<string, string>> = {
  '.avif': 'image/avif',
  '.bmp': 'image/bmp',
  '.css': 'text/css; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.gif': 'image/gif',
  '.htm': 'text/html; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.cjs': 'text/javascript; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.m4a': 'audio/mp4',
  '.map': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.mp3': 'audio/mpeg',
  '.mp4': 'video/mp4',
  '.ogg': 'audio/ogg',
  '.otf': 'font/otf',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.wav': 'audio/wav',
  '.webm': 'video/webm',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.xml': 'application/xml',
};

/** The folder of a mini-app that is previewed. */
export interface PreviewedFolder {
  /** Absolute. Its files are served. */
  root: string;
  /** The project's absolute folder, which no link may leave. */
  folder: string;
}

/** An open file. The caller closes its descriptor. */
export interface OpenedFile {
  descriptor: number;
  /** Bytes. */
  size: number;
  type: string;
  isPage: boolean;
  /** The relative address of the root from that of the file. */
  toRoot: string;
}

/**
 * Returns the path of the page that the app starts with, relative to the root; undefined if the
 * folder is missing or has no page at its root.
 * @throws VALIDATION_FAILED if the folder is outside the project
 */
export async function findStartPage({
  root,
  folder,
}: PreviewedFolder): Promise<string | undefined> {
  const names = await readdir(root).catch(() => []);
  const pages = names.filter((name) => isPage(name) && !isHidden(name)).sort();
  if (pages.length > 0 && !isInside(await realpath(root), await realpath(folder))) {
    throw symlinkEscapes({ name: basename(root), path: root });
  }
  return pages.includes(START_PAGE) ? '' : pages[0];
}

/**
 * Opens the file that a request names. Serves what publishing packs, without hidden files.
 * @param target the path of the request with its query, as sent
 * @returns undefined if there is no such file, or it must not be served
 */
export async function openAppFile(
  { root, folder }: PreviewedFolder,
  target: string,
): Promise<OpenedFile | undefined> {
  const names = readNames(target);
  if (names === undefined) {
    return undefined;
  }
  // The bundle has the project's manifest at its root.
  const path =
    names.join('/') === MANIFEST_FILE ? join(folder, MANIFEST_FILE) : join(root, ...names);
  try {
    const real = await realpath(path);
    const isServed = await isInBundle(real, { root, folder });
    const toRoot = '../'.repeat(names.length - 1);
    return isServed ? await openFile(real, toRoot) : undefined;
  } catch {
    return undefined; // it does not exist or cannot be read
  }
}

/** Checks whether a file or folder is hidden or left out of bundles. */
export function isHidden(name: string): boolean {
  return name.startsWith('.') || isExcluded(name) || isSecret(name);
}

/**
 * Returns the names of the folders and the file in a path; undefined if one of them is not served,
 * or if the path is no path.
 */
function readNames(target: string): string[] | undefined {
  const [path = ''] = target.split(/[?#]/u);
  let names: string[];
  try {
    names = path.split('/').map(decodeURIComponent);
  } catch {
    return undefined; // not UTF-8
  }
  const [before, ...below] = names;
  if (before !== '' || below.length === 0) {
    return undefined;
  }
  if (below.at(-1) === '') {
    below[below.length - 1] = START_PAGE;
  }
  return below.some((name) => name === '' || UNSAFE_NAME.test(name) || isHidden(name))
    ? undefined
    : below;
}

/**
 * Checks a path without links. As in bundles, a link may lead out of the root but not out of the
 * project, and its target may be in an installed package.
 */
async function isInBundle(real: string, { root, folder }: PreviewedFolder): Promise<boolean> {
  const boundary = await realpath(folder);
  const realRoot = await realpath(root);
  const from = isInside(real, realRoot) ? realRoot : boundary;
  const names = relative(from, real).split(sep);
  return (
    isInside(real, boundary) &&
    !names.some((name) => name.startsWith('.') || isNeverPacked(name) || isSecret(name))
  );
}

function isSecret(name: string): boolean {
  return secretName({ name }) !== undefined;
}

async function openFile(real: string, toRoot: string): Promise<OpenedFile | undefined> {
  const descriptor = await asyncFs.open(real, false);
  const stats = await asyncFs.stat(descriptor);
  if (!stats.isFile()) {
    await asyncFs.close(descriptor);
    return undefined;
  }
  const type = TYPES[extname(real).toLowerCase()] ?? 'application/octet-stream';
  return { descriptor, size: stats.size, type, isPage: isPage(real), toRoot };
}
