import { opendir, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { isJsonObject, parseJson } from './json';
import { readTextFile } from './readTextFile';

export const MANIFEST_FILE = 'manifest.json';
export const CONFIG_FILE = 'sdk.config.json';
export const PACKAGE_FILE = 'package.json';
const MINI_APP_HOST = 'miniapps.i99dash.app';

/** Folders no mini-app's root is looked for in. */
const SKIPPED = /^(\..*|node_modules|dist|build|out|vendor)$/u;
const MAX_DEPTH = 3;
/** A workspace with more folders than this near its top is searched in part. */
const MAX_FOLDERS = 2_000;
/** So many entries of one folder are looked at: who has more there keeps data in it. */
const MAX_ENTRIES = 20_000;
/** So many folders are looked at at once: each may hold a large manifest. */
const AT_ONCE = 32;

/**
 * Whether a folder is a mini-app: it holds `manifest.json` and either `sdk.config.json` or a manifest that is plainly ours.
 * Other people's `manifest.json` files are none of our business.
 */
export async function isMiniApp(folder: string): Promise<boolean> {
  const text = await readTextFile(join(folder, MANIFEST_FILE)).catch(() => undefined);
  if (text === undefined) {
    return false;
  }
  const config = await stat(join(folder, CONFIG_FILE)).catch(() => undefined);
  return config?.isFile() === true || isMiniAppManifest(parseJson(text)?.value);
}

/** Whether a folder that was a mini-app is to be taken for one: it is, or its manifest is no JSON for the moment, as happens while it is edited. */
export async function isStillMiniApp(folder: string): Promise<boolean> {
  const text = await readTextFile(join(folder, MANIFEST_FILE)).catch(() => undefined);
  return text !== undefined && (parseJson(text) === undefined || isMiniApp(folder));
}

/** Whether a path is a folder or below it. Both are absolute and without links. */
export function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** Whether a path is in a folder of a mini-app that nobody writes in by hand, and that changes by the thousand. */
export function isUnwritten(path: string, folder: string): boolean {
  return /[\\/](?:node_modules|\.git)(?:[\\/]|$)/u.test(path.slice(folder.length));
}

/** The mini-apps at or below the given folders, breadth first, each once: one root may lie in another. Links are not followed. */
export async function findMiniApps(roots: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  const seen = new Set<string>();
  let level = [...roots];
  for (let depth = 0; depth <= MAX_DEPTH && level.length > 0; depth++) {
    const unseen = [...new Set(level)].filter((folder) => !seen.has(folder));
    const visited = unseen.slice(0, MAX_FOLDERS - seen.size);
    visited.forEach((folder) => seen.add(folder));
    level = [];
    for (let from = 0; from < visited.length; from += AT_ONCE) {
      const visits = await Promise.all(visited.slice(from, from + AT_ONCE).map(visit));
      for (const { folder, isApp, below } of visits) {
        if (isApp) {
          found.push(folder);
        }
        level = level.concat(below);
      }
    }
  }
  return found;
}

/** Nothing is looked for below a mini-app, whose folders may hold very many files. */
async function visit(folder: string): Promise<{ folder: string; isApp: boolean; below: string[] }> {
  const isApp = await isMiniApp(folder);
  return { folder, isApp, below: isApp ? [] : await subfolders(folder) };
}

async function subfolders(folder: string): Promise<string[]> {
  const found: string[] = [];
  let seen = 0;
  try {
    for await (const entry of await opendir(folder, { bufferSize: 256 })) {
      if (entry.isDirectory() && !SKIPPED.test(entry.name)) {
        found.push(join(folder, entry.name));
      }
      if (++seen >= MAX_ENTRIES) {
        break;
      }
    }
  } catch {
    // A folder that is closed to us, or gone meanwhile.
  }
  return found.sort();
}

/** Whether what a `manifest.json` holds is plainly a mini-app's: by its address or its icon. */
export function isMiniAppManifest(value: unknown): boolean {
  if (!isJsonObject(value)) {
    return false;
  }
  const { url, icon } = value;
  const onOurHost =
    typeof url === 'string' && URL.canParse(url) && new URL(url).hostname === MINI_APP_HOST;
  return onOurHost || (typeof icon === 'string' && icon.startsWith('./'));
}
