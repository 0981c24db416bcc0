import { createScanner } from 'jsonc-parser/lib/esm/main.js';

/**
 * A longer JSON text of a mini-app is not parsed, in bytes or UTF-16 units. A manifest in fifty
 * languages has a third of this. Measured at this limit: a tenth of a second for the worst known
 * text. Without it, 4 MiB of duplicate fields took twelve seconds.
 */
export const MAX_JSON = 64 * 1024;

/** Deeper than any valid file, and far below what overflows a parser's stack. */
const MAX_DEPTH = 100;

/**
 * Returns the offset of the first bracket that exceeds the nesting limit; undefined if there is
 * none. As in the parser, only a matching bracket closes a level. Otherwise unmatched closing
 * brackets would hide any depth.
 */
export function findTooDeep(text: string): number | undefined {
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
