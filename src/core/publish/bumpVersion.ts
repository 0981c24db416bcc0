// The ES modules: the package's other half cannot be bundled, for it asks for its parts at run time.
import { modify } from 'jsonc-parser/lib/esm/main.js';

/** What is to be written over `length` UTF-16 characters from `offset` on. */
export interface TextEdit {
  offset: number;
  length: number;
  content: string;
}

/** The edits that give a manifest another version and leave every other character as it is. */
export function versionEdits(manifest: string, version: string): TextEdit[] {
  return modify(manifest, ['version'], version, {});
}
