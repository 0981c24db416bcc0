import { basename } from 'node:path';
import { CONFIG_FILE, isMiniAppManifest, MANIFEST_FILE } from '../../miniAppFolder';
import { getNodeValue } from 'jsonc-parser/lib/esm/main.js';
import type { DocumentKind } from './fields';
import { readTree } from '../json/jsonTree';

/** Returns the kind of a file by its name; undefined if its fields are unknown. */
export function documentKind(path: string): DocumentKind | undefined {
  const name = basename(path);
  return name === MANIFEST_FILE ? 'manifest' : name === CONFIG_FILE ? 'config' : undefined;
}

/**
 * Checks whether the text of a `manifest.json` is clearly that of a mini-app, even if it is
 * invalid.
 */
export function looksLikeOurs(text: string): boolean {
  const tree = readTree(text);
  return tree !== undefined && isMiniAppManifest(getNodeValue(tree));
}
