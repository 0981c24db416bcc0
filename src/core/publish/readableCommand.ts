/** So many blanks in a row are blanks; more may push what follows out of sight. */
const MAX_BLANKS = 4;

/**
 * A shell command as it will run, as printable ASCII on one line, to be judged by a person. Whatever else is in it is written out: a line
 * end as ⏎, another character as ⟨U+202E⟩, a long run of blanks as ⟨40 blanks⟩. Since the marks are no ASCII themselves, no command
 * can pretend one.
 */
export function readableCommand(command: string): string {
  return command
    .replace(/\r\n|[^\x20-\x7E]/gu, (character) =>
      character === '\n' || character === '\r\n' ? '⏎' : codePointOf(character),
    )
    .replace(/ +/gu, (blanks) =>
      blanks.length > MAX_BLANKS ? `⟨${blanks.length} blanks⟩` : blanks,
    );
}

/** The same in lines of bounded length, for a document. @param width UTF-16 units */
export function wrapCommand(command: string, width = 100): string {
  const text = readableCommand(command);
  const lines: string[] = [];
  for (let from = 0; from < text.length; from += width) {
    lines.push(text.slice(from, from + width));
  }
  return lines.join('\n');
}

function codePointOf(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
  return `⟨U+${code.padStart(4, '0')}⟩`;
}
