import { localization } from './l10n';

/** Controls, line ends, lone halves of characters, and what is invisible or turns the order of writing; but not what joins letters. */
const UNFIT = /(?:(?!\u200C|\u200D)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}])+/gu;
<<<<<<< HEAD
/** The same in a sentence whose isolates are in order. */
const UNFIT_FOR_SENTENCE =
  /(?:(?!\u200C|\u200D|[\u2066-\u2069])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}])+/gu;
const ISOLATES = /[\u2066-\u2069]/gu;
=======
/** The same but for isolates (U+2066 to U+2069), which Arabic texts have around every name. */
const UNFIT_IN_ISOLATES = /(?:(?![\u200C\u200D\u2066-\u2069])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}])+/gu;
>>>>>>> bab97da (Keep the isolates of Arabic texts where words of others are made plain)
const END_OF_ISOLATE = '\u2069';
/** Of what is too long, the end is as telling as the beginning. */
const SHARE_OF_BEGINNING = 2 / 3;

/**
 * Words of a server, a manifest, a file name or a key's comment as they may stand among words of ours: one line of bounded length, in
 * which nothing is hidden and nothing changes how the rest reads. Texts of ours keep their isolates.
 * @param max UTF-16 units; what is longer loses its middle
 */
export function oneLine(text: string, max = 300): string {
<<<<<<< HEAD
  return shorten(text, max).replace(UNFIT, ' ');
}

/**
 * A sentence of ours the same way, but for what keeps its words in order (U+2066 to U+2069): texts that read from right to left have it.
 * Foreign words in the sentence must have been through {@link oneLine} before, for theirs would be kept, too.
 * @param max UTF-16 units; what is longer loses its middle
 */
export function oneSentence(text: string, max = 300): string {
  const short = shorten(text, max);
  const lone = loneIsolates(short);
  return short
    .replace(ISOLATES, (character, offset: number) => (lone.has(offset) ? ' ' : character))
    .replace(UNFIT_FOR_SENTENCE, ' ');
}

function shorten(text: string, max: number): string {
  const head = Math.floor(max * SHARE_OF_BEGINNING);
  return text.length <= max
    ? text
    : `${text.slice(0, head)}…${text.slice(text.length - (max - head))}`;
}

/** The offsets of those that begin an isolate without an end, or end none: what follows them would read in another order. */
function loneIsolates(text: string): Set<number> {
  const open: number[] = [];
  const lone = new Set<number>();
  for (const { 0: character, index } of text.matchAll(ISOLATES)) {
    if (character !== END_OF_ISOLATE) {
      open.push(index);
    } else if (open.pop() === undefined) {
      lone.add(index);
    }
  }
  return new Set([...lone, ...open]);
=======
  const head = Math.floor(max * SHARE_OF_BEGINNING);
  const short =
    text.length <= max ? text : `${text.slice(0, head)}…${text.slice(text.length - (max - head))}`;
  return localization() === undefined
    ? short.replace(UNFIT, ' ')
    : withEnds(short.replace(UNFIT_IN_ISOLATES, ' '));
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
>>>>>>> bab97da (Keep the isolates of Arabic texts where words of others are made plain)
}
