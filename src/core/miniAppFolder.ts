import { isJsonObject } from './platform/json';

export const MANIFEST_FILE = 'manifest.json';
export const CONFIG_FILE = 'sdk.config.json';
export const PACKAGE_FILE = 'package.json';
const MINI_APP_HOST = 'miniapps.i99dash.app';

/**
 * Checks whether a path is in a generated folder of a project (`node_modules`, `.git`), where
 * thousands of files change at once.
 */
export function isUnwritten(path: string, folder: string): boolean {
  return /[\\/](?:node_modules|\.git)(?:[\\/]|$)/u.test(path.slice(folder.length));
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
