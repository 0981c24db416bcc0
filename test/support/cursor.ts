/**
 * Finds the cursor, which `|` marks in a text.
 * @returns the text without the mark, and its offset
 */
export function atCursor(marked: string): { text: string; offset: number } {
  const offset = marked.indexOf('|');
  if (offset === -1) throw new Error('no cursor');
  return { text: marked.slice(0, offset) + marked.slice(offset + 1), offset };
}
