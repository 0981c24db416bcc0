import { opendir, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { isJsonObject, parseJson } from './platform/json';
import { readTextFile } from './platform/readTextFile';

export const MANIFEST_FILE = 'manifest.json';
export const CONFIG_FILE = 'sdk.config.json';
export const PACKAGE_FILE = 'package.json';
const MINI_APP_HOST = 'miniapps.i99dash.app';

/** Folders that are not searched for mini-apps. */
const SKIPPED_FOLDERS = /^(\..*|node_modules|dist|build|out|vendor)$/u;
const MAX_FOLDER_DEPTH = 3;
/** Limit for the search. Workspaces with more folders near the top are searched in part. */
const MAX_SEARCHED_FOLDERS = 2_000;
/** Limit for the entries read per folder. Folders with more entries hold data. */
const MAX_FOLDER_ENTRIES = 20_000;
/** Number of folders checked concurrently. Each may hold a large manifest. */
const FOLDERS_AT_ONCE = 32;

/**
 * Checks whether a folder is a mini-app: it holds `manifest.json`, and either `sdk.config.json` or
 * a manifest that is clearly from i99dash. Other tools use `manifest.json` too.
 */
export async function isMiniApp(folder: string): Promise<boolean> {
  const text = await readTextFile(join(folder, MANIFEST_FILE)).catch(() => undefined);
  if (text === undefined) {
    return false;
  }
  const config = await stat(join(folder, CONFIG_FILE)).catch(() => undefined);
  return config?.isFile() === true || isMiniAppManifest(parseJson(text)?.value);
}

/**
 * Checks whether a known mini-app folder still counts as one. A manifest with invalid JSON does,
 * because that happens while it is edited.
 */
export async function isStillMiniApp(folder: string): Promise<boolean> {
  const text = await readTextFile(join(folder, MANIFEST_FILE)).catch(() => undefined);
  return text !== undefined && (parseJson(text) === undefined || isMiniApp(folder));
}

/**
 * Checks whether a path is the folder or below it. Both must be absolute and free of symbolic
 * links.
 */
export function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/**
 * Checks whether a path is in a generated folder of a mini-app (`node_modules`, `.git`), where
 * thousands of files change at once.
 */
export function isUnwritten(path: string, folder: string): boolean {
  return /[\\/](?:node_modules|\.git)(?:[\\/]|$)/u.test(path.slice(folder.length));
}

/**
 * Finds the mini-apps at or below the given folders, breadth first. Returns each once, although
 * roots may be nested. Symbolic links are not followed.
 */
export async function findMiniApps(roots: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  const seen = new Set<string>();
  let level = [...roots];
  for (let depth = 0; depth <= MAX_FOLDER_DEPTH && level.length > 0; depth++) {
    const unseen = [...new Set(level)].filter((folder) => !seen.has(folder));
    const visited = unseen.slice(0, MAX_SEARCHED_FOLDERS - seen.size);
    visited.forEach((folder) => seen.add(folder));
    level = [];
    for (let from = 0; from < visited.length; from += FOLDERS_AT_ONCE) {
      const visits = await Promise.all(visited.slice(from, from + FOLDERS_AT_ONCE).map(visit));
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

/** Does not descend into mini-apps, which may hold very many files. */
async function visit(folder: string): Promise<{ folder: string; isApp: boolean; below: string[] }> {
  const isApp = await isMiniApp(folder);
  return { folder, isApp, below: isApp ? [] : await subfolders(folder) };
}

async function subfolders(folder: string): Promise<string[]> {
  const found: string[] = [];
  let seen = 0;
  try {
    for await (const entry of await opendir(folder, { bufferSize: 256 })) {
      if (entry.isDirectory() && !SKIPPED_FOLDERS.test(entry.name)) {
        found.push(join(folder, entry.name));
      }
      if (++seen >= MAX_FOLDER_ENTRIES) {
        break;
      }
    }
  } catch {
    // The folder is not readable, or was deleted in the meantime.
  }
  return found.sort();
}

/**
 * Checks whether a parsed `manifest.json` belongs to a mini-app, judging by its URL or its icon.
 */
export function isMiniAppManifest(value: unknown): boolean {
  if (!isJsonObject(value)) {
    return false;
  }
  const { url, icon } = value;
  const onOurHost =
    typeof url === 'string' && URL.canParse(url) && new URL(url).hostname === MINI_APP_HOST;
  return onOurHost || (typeof icon === 'string' && icon.startsWith('./'));
}
