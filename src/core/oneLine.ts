import { localization, withoutIsolates } from './l10n';

/** Controls, line ends, lone halves of characters, and what is invisible or turns the order of writing; but not what joins letters. */
export const UNFIT = /(?:(?!\u200C|\u200D)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}])+/gu;
/** The same but for isolates (U+2066 to U+2069), which Arabic texts have around every name. */
export const UNFIT_IN_ISOLATES =
  /(?:(?!\u200C|\u200D|[\u2066-\u2069])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}])+/gu;
const END_OF_ISOLATE = '\u2069';
/** What cleaning reads at most, in UTF-16 units: more than any path or sentence has, for the time it takes grows with the text. */
const LONGEST = 8_000;
/** What is shown of somebody's words where nothing else is said, in UTF-16 units. */
const LONGEST_SENTENCE = 300;
/** Cleaning may shorten a text: so many times what is wanted is looked at. */
const SPARE = 4;
/** Of what is too long, the end is as telling as the beginning. */
const SHARE_OF_BEGINNING = 2 / 3;

/**
 * Words of a server, a manifest, a file name or a key's comment as they may stand among words of ours: one line of bounded length, in
 * which nothing is hidden and nothing changes how the rest reads. Texts of ours keep their isolates. The text is cut before it is cleaned.
 * @param max UTF-16 units, at most 8,000; what is longer loses its middle
 */
export function oneLine(text: string, max = LONGEST_SENTENCE): string {
  const short = shorten(text, Math.min(max, LONGEST));
  return localization() === undefined
    ? short.replace(UNFIT, ' ')
    : withEnds(short.replace(UNFIT_IN_ISOLATES, ' '));
}

/**
 * The beginning of what a server says, as {@link oneLine} makes it, and without the queries of addresses, which may be signatures. The end is
 * cut off rather than the middle: what remains of a query would no longer look like one.
 * @param max characters, beside the sign for what is left out
 */
export function serverWords(text: string, max = LONGEST_SENTENCE): string {
  const looked = text.slice(0, max * SPARE);
  const line = withoutQueries(
    withoutIsolates(oneLine(looked, LONGEST)).replace(/\s+/gu, ' '),
  ).trim();
  // By characters: a cut through one would leave half of it.
  const cut = Array.from(line).slice(0, max).join('');
  return cut.length < line.length || looked.length < text.length ? `${cut}…` : cut;
}

function withoutQueries(line: string): string {
  return line.replace(/https?:\/\/\S+/giu, (address) => {
    const query = address.search(/[?#]/u);
    return query === -1 ? address : `${address.slice(0, query)}?…`;
  });
}

/** A text without its middle where it is longer. @param max UTF-16 units, beside the sign for what is left out */
export function shorten(text: string, max: number): string {
  const head = Math.floor(max * SHARE_OF_BEGINNING);
  return text.length <= max
    ? text
    : `${text.slice(0, head)}…${text.slice(text.length - (max - head))}`;
}

/** Leaves no isolate open, and no end without a beginning: words cannot turn what stands around them. */
function withEnds(text: string): string {
  let open = 0;
  const matched = text.replace(/[\u2066-\u2069]/gu, (mark) => {
    const isEnd = mark === END_OF_ISOLATE;
    const isStray = isEnd && open === 0;
    open += isStray ? 0 : isEnd ? -1 : 1;
    return isStray ? '' : mark;
  });
  return matched + END_OF_ISOLATE.repeat(open);
}
