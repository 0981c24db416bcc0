import type { JsonPath } from '../json/jsonText';
import { tokenize, type Token } from './tokens';

/**
 * The position at which the user types in a JSON text, which may be invalid there. Offsets count
 * UTF-16 units.
 */
export interface CompletionContext {
  at: 'key' | 'value';
  /** The path of the object that contains the key, or of the value. */
  path: JsonPath;
  /** The existing text that a suggestion replaces, including quotes. Empty if there is none. */
  start: number;
  end: number;
  /** The object's other names, or the list's other strings. */
  others: string[];
  /** Whether the field's colon exists already. */
  hasColon: boolean;
  /** Offset at which a comma is missing before the position. */
  commaAt?: number;
  /** Whether a comma is needed before the following text. */
  commaAfter: boolean;
}

/** An object or a list that contains a token. */
interface Container {
  object: boolean;
  /** The kind of token expected next. */
  due: 'key' | 'colon' | 'value' | 'comma';
  key: string;
  index: number;
  /** The end of the last value. */
  lastEnd: number;
  texts: Set<string>;
}

/** Deeper than any field of the known files. */
const MAX_DEPTH = 16;

/** Finds what can be typed at an offset; undefined if it is neither a name nor a value. */
export function completionContextAt(text: string, offset: number): CompletionContext | undefined {
  const before = tokenize(text.slice(0, lineEnd(text, offset))).filter(
    ({ start }) => start < offset,
  );
  const last = before.at(-1);
  const current = last !== undefined && isTouched(last, offset) ? before.pop() : undefined;
  if (current?.kind === 'comment') {
    return undefined;
  }
  const stack: Container[] = [];
  for (const token of before) {
    advance(stack, token);
  }
  const around = stack.at(-1);
  const start = current?.start ?? offset;
  if (around === undefined || around.due === 'colon' || stack.length > MAX_DEPTH) {
    return undefined;
  }
  if (around.due === 'comma' && start === around.lastEnd) {
    return undefined;
  }
  const end = current?.closed === false ? offset : (current?.end ?? offset);
  const after = tokenize(text.slice(end)).filter(({ kind }) => kind !== 'comment');
  return describe(stack, around, after, { start, end });
}

function describe(
  stack: readonly Container[],
  around: Container,
  after: readonly Token[],
  { start, end }: { start: number; end: number },
): CompletionContext | undefined {
  const [next, second] = after;
  const missing = around.due === 'comma';
  const atKey = around.object && around.due !== 'value';
  const isFollowed = next !== undefined && !'}],:'.includes(next.kind);
  const followedByKey = next?.kind === 'string' && second?.kind === ':';
  if (start === end && around.object && !atKey && isFollowed && !followedByKey) {
    return undefined; // Before an existing value.
  }
  const path = stack.slice(0, -1).map(toSegment);
  const index = around.index + (missing ? 1 : 0);
  const hasColon = atKey && next?.kind === ':';
  return {
    at: atKey ? 'key' : 'value',
    path: atKey ? path : [...path, around.object ? around.key : index],
    start,
    end,
    others: listTexts({ ...around, due: hasColon ? 'colon' : 'comma' }, after),
    hasColon,
    ...(missing ? { commaAt: around.lastEnd } : {}),
    commaAfter: isFollowed,
  };
}

/** Returns the strings of an object or list, including those after the offset. */
function listTexts(around: Container, after: readonly Token[]): string[] {
  const stack = [around];
  for (const token of after) {
    advance(stack, token);
    if (stack.length === 0) {
      break;
    }
  }
  return [...around.texts];
}

/**
 * Advances the parser by one token. Tolerates a missing comma: `"a": 1 "b"` is read as two fields.
 */
function advance(stack: Container[], { kind, start, end, text }: Token): void {
  const around = stack.at(-1);
  switch (kind) {
    case '{':
    case '[':
      stack.push({
        object: kind === '{',
        due: kind === '{' ? 'key' : 'value',
        key: '',
        index: 0,
        lastEnd: start,
        texts: new Set(),
      });
      return;
    case '}':
    case ']':
      stack.pop();
      finishValue(stack.at(-1), end);
      return;
    case ':':
      if (around?.due === 'colon') {
        around.due = 'value';
      }
      return;
    case ',':
      if (around !== undefined) {
        around.due = around.object ? 'key' : 'value';
        around.index += 1;
      }
      return;
    case 'comment':
      return;
    case 'string':
    case 'word':
      takeText(around, kind === 'string' ? text : undefined, end);
  }
}

function takeText(around: Container | undefined, text: string | undefined, end: number): void {
  if (around === undefined) {
    return;
  }
  const isKey = around.object && (around.due === 'key' || around.due === 'comma');
  if (text !== undefined && (isKey || !around.object)) {
    around.texts.add(text);
  }
  if (isKey) {
    around.key = text ?? '';
    around.due = text === undefined ? 'key' : 'colon';
  } else {
    finishValue(around, end);
  }
}

function finishValue(around: Container | undefined, end: number): void {
  if (around !== undefined) {
    around.due = 'comma';
    around.lastEnd = end;
  }
}

function toSegment({ object, key, index }: Container): string | number {
  return object ? key : index;
}

/**
 * Checks whether the offset is within a token's quotes, or at most at its end if it has no closing
 * one.
 */
function isTouched({ kind, end, closed }: Token, offset: number): boolean {
  const isText = kind === 'string' || kind === 'word' || kind === 'comment';
  return isText && (closed && kind !== 'word' ? offset < end : offset <= end);
}

function lineEnd(text: string, offset: number): number {
  const found = /[\r\n]/u.exec(text.slice(offset));
  return found === null ? text.length : offset + found.index;
}
