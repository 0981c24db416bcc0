import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isJsonObject, parseJson } from './json';

export const MANIFEST_FILE = 'manifest.json';
export const CONFIG_FILE = 'sdk.config.json';
const MINI_APP_HOST = 'miniapps.i99dash.app';

/** Folders no mini-app's root is looked for in. */
const SKIPPED = /^(\..*|node_modules|dist|build|out|vendor)$/u;
const MAX_DEPTH = 3;
/** A workspace with more folders than this near its top is searched in part. */
const MAX_FOLDERS = 2_000;

/**
 * Whether a folder is a mini-app: it holds `manifest.json` and either `sdk.config.json` or a manifest that is plainly ours.
 * Other people's `manifest.json` files are none of our business.
 */
export async function isMiniApp(folder: string): Promise<boolean> {
  const text = await readFile(join(folder, MANIFEST_FILE), 'utf8').catch(() => undefined);
  if (text === undefined) {
    return false;
  }
  const config = await stat(join(folder, CONFIG_FILE)).catch(() => undefined);
  return config?.isFile() === true || looksLikeMiniAppManifest(text);
}

/** Whether a folder that was a mini-app is to be taken for one: it is, or its manifest is no JSON for the moment, as happens while it is edited. */
export async function isStillMiniApp(folder: string): Promise<boolean> {
  const text = await readFile(join(folder, MANIFEST_FILE), 'utf8').catch(() => undefined);
  return text !== undefined && (parseJson(withoutMark(text)) === undefined || isMiniApp(folder));
}

/** Whether a path is in a folder of a mini-app that nobody writes in by hand, and that changes by the thousand. */
export function isUnwritten(path: string, folder: string): boolean {
  return /[\\/](?:node_modules|\.git)(?:[\\/]|$)/u.test(path.slice(folder.length));
}

/** The mini-apps at or below the given folders, breadth first; links are not followed. */
export async function findMiniApps(roots: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  let level = [...roots];
  let budget = MAX_FOLDERS;
  for (let depth = 0; depth <= MAX_DEPTH && level.length > 0; depth++) {
    const visited = level.slice(0, budget);
    budget -= visited.length;
    const visits = await Promise.all(
      visited.map(async (folder) => ({
        isApp: await isMiniApp(folder),
        folder,
        below: await subfolders(folder),
      })),
    );
    found.push(...visits.filter(({ isApp }) => isApp).map(({ folder }) => folder));
    level = visits.filter(({ isApp }) => !isApp).flatMap(({ below }) => below);
  }
  return found;
}

async function subfolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && !SKIPPED.test(entry.name))
    .map((entry) => join(folder, entry.name));
}

function looksLikeMiniAppManifest(text: string): boolean {
  return isMiniAppManifest(parseJson(withoutMark(text))?.value);
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

function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/u, '');
}
