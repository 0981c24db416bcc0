import { localization, withoutIsolates } from './l10n';

/**
 * Controls, line breaks, lone surrogates, and invisible or bidi characters, except joiners (U+200C,
 * U+200D).
 */
export const UNSAFE_CHARS = /(?:(?!\u200C|\u200D)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}])+/gu;
/**
 * The same, except isolates (U+2066 to U+2069), which Arabic translations put around each
 * placeholder.
 */
export const UNSAFE_CHARS_BUT_ISOLATES =
  /(?:(?!\u200C|\u200D|[\u2066-\u2069])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}])+/gu;
const END_OF_ISOLATE = '\u2069';
/**
 * Limit for the sanitized text, in UTF-16 units. Longer than any path or sentence: the run time
 * grows with the text.
 */
const MAX_SANITIZED = 8_000;
/** Default limit for third-party text, in UTF-16 units. */
const MAX_SENTENCE = 300;
/** Sanitizing may shorten a text, so this multiple of the limit is read. */
const SPARE = 4;
/** Long texts keep more of their beginning, and some of their end. */
const SHARE_OF_BEGINNING = 2 / 3;

/**
 * Sanitizes third-party text (from a server, a manifest, a file name or a key comment) for use in a
 * message. Returns a single line of bounded length without hidden or bidi control characters.
 * Balanced isolates are kept in localized messages. The text is cut before it is sanitized.
 * @param max UTF-16 units, at most 8,000. Longer texts lose their middle.
 */
export function sanitizeLine(text: string, max = MAX_SENTENCE): string {
  const short = shorten(text, Math.min(max, MAX_SANITIZED));
  return localization() === undefined
    ? short.replace(UNSAFE_CHARS, ' ')
    : withEnds(short.replace(UNSAFE_CHARS_BUT_ISOLATES, ' '));
}

/**
 * Sanitizes a server message like {@link sanitizeLine} and removes the queries of URLs, which may
 * contain signatures. Cuts the end rather than the middle, because a partial query would not be
 * recognized.
 * @param max Characters, not counting the ellipsis.
 */
export function serverWords(text: string, max = MAX_SENTENCE): string {
  const looked = text.slice(0, max * SPARE);
  const line = withoutQueries(
    withoutIsolates(sanitizeLine(looked, MAX_SANITIZED)).replace(/\s+/gu, ' '),
  ).trim();
  // Array.from splits by code points, so a cut does not break a surrogate pair.
  const cut = Array.from(line).slice(0, max).join('');
  return cut.length < line.length || looked.length < text.length ? `${cut}…` : cut;
}

function withoutQueries(line: string): string {
  return line.replace(/https?:\/\/\S+/giu, (address) => {
    const query = address.search(/[?#]/u);
    return query === -1 ? address : `${address.slice(0, query)}?…`;
  });
}

/**
 * Replaces the middle of a long text by an ellipsis.
 * @param max UTF-16 units, not counting the ellipsis.
 */
export function shorten(text: string, max: number): string {
  const head = Math.floor(max * SHARE_OF_BEGINNING);
  return text.length <= max
    ? text
    : `${text.slice(0, head)}…${text.slice(text.length - (max - head))}`;
}

/** Balances isolates, so that third-party text cannot reorder the text around it. */
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
