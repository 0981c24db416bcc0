import { localization } from './l10n';

/** Controls, line ends, lone halves of characters, and what is invisible or turns the order of writing; but not what joins letters. */
export const UNFIT = /(?:(?!\u200C|\u200D)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}])+/gu;
/** The same but for isolates (U+2066 to U+2069), which Arabic texts have around every name. */
export const UNFIT_IN_ISOLATES =
  /(?:(?!\u200C|\u200D|[\u2066-\u2069])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}])+/gu;
const END_OF_ISOLATE = '\u2069';
/** Of what is too long, the end is as telling as the beginning. */
const SHARE_OF_BEGINNING = 2 / 3;

/**
 * Words of a server, a manifest, a file name or a key's comment as they may stand among words of ours: one line of bounded length, in
 * which nothing is hidden and nothing changes how the rest reads. Texts of ours keep their isolates.
 * @param max UTF-16 units; what is longer loses its middle
 */
export function oneLine(text: string, max = 300): string {
  const short = shorten(text, max);
  return localization() === undefined
    ? short.replace(UNFIT, ' ')
    : withEnds(short.replace(UNFIT_IN_ISOLATES, ' '));
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
