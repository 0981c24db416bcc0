import { sanitizeLine } from './sanitizeLine';

/** Letters of right-to-left scripts. */
const RIGHT_TO_LEFT =
  /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;
/** U+2068 (first strong isolate) and U+2069 (pop directional isolate). */
const [AS_IT_IS, END] = ['\u2068', '\u2069'];
/**
 * Text lengths that fit a view of the usual width: of a text that comes first in its row, and of a
 * label with text beside it, in UTF-16 units.
 */
export const ROW_ROOM = { alone: 30, label: 20 } as const;

/**
 * Prepares a name, a state or third-party text for display beside other text in a row. Rows run
 * from left to right in every language, so right-to-left text is wrapped in a bidi isolate and does
 * not mix with its neighbors.
 * @param room UTF-16 units. VS Code truncates rows on the right, where right-to-left text begins,
 * so such text is shortened at its end instead. Only for text that is shown in full elsewhere.
 */
export function bidiIsolate(text: string, room = Infinity): string {
  const line = sanitizeLine(text);
  if (!RIGHT_TO_LEFT.test(line)) {
    return line;
  }
  return `${AS_IT_IS}${beginsOnTheRight(line) ? sanitizeLine(truncate(line, room)) : line}${END}`;
}

/**
 * Prepares a name that has other text beside it in its row. VS Code shows a label in full and cuts
 * the text beside it, so a long name is cut here.
 * @param room UTF-16 units
 */
export function rowLabel(text: string, room: number = ROW_ROOM.label): string {
  const line = sanitizeLine(text);
  return bidiIsolate(line.length <= room ? line : truncate(line, room));
}

/** Joins several facts for a row, from left to right. Put the most important first. */
export function joinIsolated(facts: readonly string[]): string {
  return facts
    .filter((fact) => fact !== '')
    .map((fact) => bidiIsolate(fact))
    .join(' · ');
}

function beginsOnTheRight(line: string): boolean {
  return RIGHT_TO_LEFT.test(/\p{L}/u.exec(line)?.[0] ?? '');
}

/** Cuts after a whole word if possible. */
function truncate(line: string, room: number): string {
  if (line.length <= room) {
    return line;
  }
  const cut = line.slice(0, room);
  const space = cut.lastIndexOf(' ');
  return `${cut.slice(0, space > room / 2 ? space : room)}…`;
}
