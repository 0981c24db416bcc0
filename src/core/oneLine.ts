/** Controls, line ends, lone halves of characters, and what is invisible or turns the order of writing; but not what joins letters. */
const UNFIT = /(?:(?!\u200C|\u200D)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}])+/gu;
/** Of what is too long, the end is as telling as the beginning. */
const SHARE_OF_BEGINNING = 2 / 3;

/**
 * Words of a server, a manifest, a file name or a key's comment as they may stand among words of ours: one line of bounded length, in
 * which nothing is hidden and nothing changes how the rest reads.
 * @param max UTF-16 units; what is longer loses its middle
 */
export function oneLine(text: string, max = 300): string {
  const head = Math.floor(max * SHARE_OF_BEGINNING);
  const short =
    text.length <= max ? text : `${text.slice(0, head)}…${text.slice(text.length - (max - head))}`;
  return short.replace(UNFIT, ' ');
}
