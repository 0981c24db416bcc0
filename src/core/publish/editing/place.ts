import type { JsonPath } from '../jsonText';
import { tokensOf, type Token } from './tokens';

/** Where somebody types in a JSON text, which may be broken there. Offsets count UTF-16 units. */
export interface Place {
  at: 'key' | 'value';
  /** Of the object that the key is in, or of the value. */
  path: JsonPath;
  /** What is there already, quotes included: a suggestion takes its place. Empty where nothing is. */
  start: number;
  end: number;
  /** The object's other names, or the list's other texts. */
  others: string[];
  /** The name is of a field that has its colon already. */
  hasColon: boolean;
  /** Where a comma lacks before. */
  commaAt?: number;
  /** What follows would need a comma before it. */
  commaAfter: boolean;
}

/** An object or a list around a token. */
interface Container {
  object: boolean;
  /** What is due next. */
  due: 'key' | 'colon' | 'value' | 'comma';
  key: string;
  index: number;
  /** Where the last value ended. */
  lastEnd: number;
  texts: Set<string>;
}

/** No field lies so deep. */
const MAX_DEPTH = 16;

/** Finds what may be typed at an offset; undefined where it is neither a name nor a value. */
export function placeAt(text: string, offset: number): Place | undefined {
  const before = tokensOf(text.slice(0, lineEnd(text, offset))).filter(
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
  const after = tokensOf(text.slice(end)).filter(({ kind }) => kind !== 'comment');
  return describe(stack, around, after, { start, end });
}

function describe(
  stack: readonly Container[],
  around: Container,
  after: readonly Token[],
  { start, end }: { start: number; end: number },
): Place | undefined {
  const [next, second] = after;
  const missing = around.due === 'comma';
  const atKey = around.object && around.due !== 'value';
  const isFollowed = next !== undefined && !'}],:'.includes(next.kind);
  const followedByKey = next?.kind === 'string' && second?.kind === ':';
  if (start === end && around.object && !atKey && isFollowed && !followedByKey) {
    return undefined; // Before a value that is there already.
  }
  const path = stack.slice(0, -1).map(segmentOf);
  const index = around.index + (missing ? 1 : 0);
  const hasColon = atKey && next?.kind === ':';
  return {
    at: atKey ? 'key' : 'value',
    path: atKey ? path : [...path, around.object ? around.key : index],
    start,
    end,
    others: textsOf({ ...around, due: hasColon ? 'colon' : 'comma' }, after),
    hasColon,
    ...(missing ? { commaAt: around.lastEnd } : {}),
    commaAfter: isFollowed,
  };
}

/** Also those that follow in the same object or list. */
function textsOf(around: Container, after: readonly Token[]): string[] {
  const stack = [around];
  for (const token of after) {
    advance(stack, token);
    if (stack.length === 0) {
      break;
    }
  }
  return [...around.texts];
}

/** Names have a lenient ending: `"a": 1 "b"` is read as two fields whose comma is forgotten. */
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

function segmentOf({ object, key, index }: Container): string | number {
  return object ? key : index;
}

/** Within the quotes, or up to the end of what has none. */
function isTouched({ kind, end, closed }: Token, offset: number): boolean {
  const isText = kind === 'string' || kind === 'word' || kind === 'comment';
  return isText && (closed && kind !== 'word' ? offset < end : offset <= end);
}

function lineEnd(text: string, offset: number): number {
  const found = /[\r\n]/u.exec(text.slice(offset));
  return found === null ? text.length : offset + found.index;
}
