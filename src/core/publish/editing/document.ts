import { basename } from 'node:path';
import { getNodeValue } from 'jsonc-parser/lib/esm/main.js';
import { PROJECT_KINDS, type ProjectKind } from '../../projectKind';
import type { DocumentKind } from './fields';
import { readTree } from '../json/jsonTree';

/** Returns the kinds of a file and its project by its name; undefined for an unknown file. */
export function documentKind(
  path: string,
): { document: DocumentKind; project: ProjectKind } | undefined {
  const name = basename(path);
  for (const project of PROJECT_KINDS) {
    const { id, manifestFile, configFile } = project;
    if (name === manifestFile || name === configFile) {
      return { document: name === manifestFile ? id : 'config', project };
    }
  }
  return undefined;
}

/** Checks whether the text of a manifest is clearly that of a kind, even if it is invalid. */
export function looksLikeOurs({ isManifest }: ProjectKind, text: string): boolean {
  const tree = readTree(text);
  return tree !== undefined && isManifest(getNodeValue(tree));
}
