/** The longest run of spaces shown as such. A longer one could push the rest out of view. */
const MAX_BLANKS = 4;

/**
 * Formats a shell command for the user to review: exactly as it will run, as printable ASCII on one
 * line. Escapes everything else: a line end as ⏎, another character as ⟨U+202E⟩, a long run of
 * spaces as ⟨40 blanks⟩. The marks are not ASCII themselves, so no command can imitate one.
 */
export function readableCommand(command: string): string {
  return command
    .replace(/\r\n|[^\x20-\x7E]/gu, (character) =>
      character === '\n' || character === '\r\n' ? '⏎' : formatCodePoint(character),
    )
    .replace(/ +/gu, (blanks) =>
      blanks.length > MAX_BLANKS ? `⟨${blanks.length} blanks⟩` : blanks,
    );
}

/**
 * Wraps the formatted command into lines, for a document.
 * @param width UTF-16 units
 */
export function wrapCommand(command: string, width = 100): string {
  const text = readableCommand(command);
  const lines: string[] = [];
  for (let from = 0; from < text.length; from += width) {
    lines.push(text.slice(from, from + width));
  }
  return lines.join('\n');
}

function formatCodePoint(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
  return `⟨U+${code.padStart(4, '0')}⟩`;
}
