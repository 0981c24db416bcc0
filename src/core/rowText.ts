import { oneLine } from './oneLine';

/** Letters that are read from right to left. */
const RIGHT_TO_LEFT =
  /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;
/** U+2068 begins a part that reads as its first letter does, U+2069 ends it. */
const [AS_IT_IS, END] = ['\u2068', '\u2069'];
/** What a view of the usual width shows of a text that has a row to itself, or all beside a label of ours; UTF-16 units. */
export const ROW_ROOM = { alone: 30, besideLabel: 20 } as const;

/**
 * What stands in a row beside something else: a name, a state, somebody's words. A row goes from left to right in every language, so what
 * reads from right to left is an isolate of the bidirectional algorithm, and does not mix with its neighbour.
 * @param room UTF-16 units. VS Code cuts off on the right what does not fit, which is where such a text begins: it loses its end instead.
 *   For what can be read in full elsewhere
 */
export function rowText(text: string, room = Infinity): string {
  const line = oneLine(text);
  if (!RIGHT_TO_LEFT.test(line)) {
    return line;
  }
  return `${AS_IT_IS}${beginsOnTheRight(line) ? oneLine(beginningOf(line, room)) : line}${END}`;
}

/** Several things that are known of one, in a row: they stand from left to right, and what matters most comes first. */
export function rowFacts(facts: readonly string[]): string {
  return facts
    .filter((fact) => fact !== '')
    .map((fact) => rowText(fact))
    .join(' · ');
}

function beginsOnTheRight(line: string): boolean {
  return RIGHT_TO_LEFT.test(/\p{L}/u.exec(line)?.[0] ?? '');
}

/** Ends with a whole word where there is one. */
function beginningOf(line: string, room: number): string {
  if (line.length <= room) {
    return line;
  }
  const cut = line.slice(0, room);
  const space = cut.lastIndexOf(' ');
  return `${cut.slice(0, space > room / 2 ? space : room)}…`;
}
