import { createScanner } from 'jsonc-parser/lib/esm/main.js';
import { MAX_JSON } from '../json/jsonLimits';

/** A token of a JSON text, which may be invalid. Offsets count UTF-16 units. */
export interface Token {
  /**
   * The bracket, colon or comma itself, or the kind of token. A word is a number, a literal, or
   * text that is not JSON.
   */
  kind: '{' | '}' | '[' | ']' | ':' | ',' | 'string' | 'word' | 'comment';
  start: number;
  end: number;
  /** The content of a string. */
  text: string;
  /**
   * False for a string without its closing quote, or a comment that runs to the end of its line.
   */
  closed: boolean;
}

const PUNCTUATION = '{}[]:,';
const COMMENT = /^\/[/*]/u;

/** Returns all tokens except whitespace; none if the text is too long to be parsed. */
export function tokenize(text: string): Token[] {
  const scanner = createScanner(text);
  const tokens: Token[] = [];
  if (text.length > MAX_JSON) {
    return tokens;
  }
  for (scanner.scan(); scanner.getTokenOffset() < text.length; scanner.scan()) {
    const start = scanner.getTokenOffset();
    const end = start + scanner.getTokenLength();
    const source = text.slice(start, end);
    if (source.trim() !== '') {
      tokens.push({ ...classifyToken(source, scanner.getTokenValue()), start, end });
    }
  }
  return tokens;
}

function classifyToken(source: string, value: string): Pick<Token, 'kind' | 'text' | 'closed'> {
  if (PUNCTUATION.includes(source)) {
    return { kind: source as Token['kind'], text: source, closed: true };
  }
  if (source.startsWith('"')) {
    // An escaped quote at the end does not close the string.
    const closed = /^"(?:[^"\\]|\\.)*"$/su.test(source);
    return { kind: 'string', text: value, closed };
  }
  if (COMMENT.test(source)) {
    return { kind: 'comment', text: source, closed: source.endsWith('*/') };
  }
  return { kind: 'word', text: source, closed: true };
}
