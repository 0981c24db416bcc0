import { basename } from 'node:path';
import { CONFIG_FILE, isMiniAppManifest, MANIFEST_FILE } from '../../miniAppFolder';
import { getNodeValue } from 'jsonc-parser/lib/esm/main.js';
import type { DocumentKind } from './fields';
import { readTree } from './jsonTree';

/** What a file is by its name; undefined for one whose fields we do not know. */
export function documentKind(path: string): DocumentKind | undefined {
  const name = basename(path);
  return name === MANIFEST_FILE ? 'manifest' : name === CONFIG_FILE ? 'config' : undefined;
}

/** Whether the text of a `manifest.json` is plainly that of a mini-app, also while it is broken. */
export function looksLikeOurs(text: string): boolean {
  const tree = readTree(text);
  return tree !== undefined && isMiniAppManifest(getNodeValue(tree));
}
