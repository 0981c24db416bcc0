/** Offsets of a part of a page's text, in UTF-16 units. */
export interface Piece {
  start: number;
  end: number;
}

/** An attribute. Its offsets are those of the value, without quotes. */
export interface Attribute extends Piece {
  value: string;
}

export interface Tag {
  attributes: Map<string, Attribute>;
  end: number;
  isSelfClosing: boolean;
}

export const COMMENT_END = /--!?>/gu;
const ATTRIBUTE =
  /[\s/]*(?:(?<close>>)|(?<name>[^\s/>][^\s/>=]*)(?:\s*=\s*(?:"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<bare>[^\s>"'][^\s>]*))?)?)/guy;

/**
 * Reads a start tag's attributes, beginning after its name. Returns undefined if the tag is not
 * closed.
 */
export function readTag(html: string, from: number): Tag | undefined {
  const attributes: Tag['attributes'] = new Map();
  let at = from;
  for (;;) {
    const match = matchFrom(ATTRIBUTE, html, at);
    const { close, name, double, single, bare } = match?.groups ?? {};
    at = matchEnd(match) ?? html.length;
    if (close !== undefined) {
      return { attributes, end: at, isSelfClosing: match?.[0].includes('/') === true };
    }
    if (name === undefined) {
      return undefined;
    }
    const key = name.toLowerCase();
    if (!attributes.has(key)) {
      const value = double ?? single ?? bare ?? '';
      const end = bare === undefined ? at - 1 : at;
      attributes.set(key, { value, start: end - value.length, end });
    }
  }
}

/** Matches a pattern with the flag `g` or `y` from the given offset. */
export function matchFrom(
  pattern: RegExp,
  text: string,
  from: number,
): RegExpExecArray | undefined {
  pattern.lastIndex = from;
  return pattern.exec(text) ?? undefined;
}

/** Returns the offset after a match. */
export function matchEnd(match: RegExpExecArray | undefined): number | undefined {
  return match && match.index + match[0].length;
}
