import { createScanner } from 'jsonc-parser/lib/esm/main.js';

/**
 * A longer JSON text of a mini-app is not parsed, in bytes or UTF-16 units: a manifest in fifty languages has a third of it. Measured up to it:
 * a tenth of a second for the worst text that was found; four MiB of fields that are there twice took twelve seconds.
 */
export const MAX_JSON = 64 * 1024;

/** Deeper than any file of ours, and far from what a parser's stack can bear. */
const MAX_DEPTH = 100;

/**
 * The offset of the first bracket that opens one level too many; undefined where none does. Only its own kind closes a bracket, as the
 * parser has it: else brackets that close nothing would make room for ever more.
 */
export function tooDeepAt(text: string): number | undefined {
  const scanner = createScanner(text, true);
  const open: string[] = [];
  for (scanner.scan(); scanner.getTokenOffset() < text.length; scanner.scan()) {
    const offset = scanner.getTokenOffset();
    const character = text[offset] ?? '';
    if ('{['.includes(character) && open.push(character) > MAX_DEPTH) {
      return offset;
    }
    if ((character === '}' && open.at(-1) === '{') || (character === ']' && open.at(-1) === '[')) {
      open.pop();
    }
  }
  return undefined;
}
