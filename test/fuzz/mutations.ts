import fc from 'fast-check';
import { isJsonObject } from '../../src/core/platform/json';
import type { Parser, Seed } from './parser';

/** One mutation: its kind, and numbers that select the position and the value. */
interface Change {
  kind: keyof typeof CHANGES;
  at: number;
  size: number;
  pick: number;
}

interface Material {
  words: readonly Buffer[];
  /** Other valid inputs to copy parts from. */
  seeds: readonly Buffer[];
}

const INTERESTING_BYTES = [0, 1, 0x09, 0x0a, 0x0d, 0x20, 0x22, 0x2f, 0x5c, 0x7f, 0x80, 0xff];
const INTERESTING_LENGTHS = [0, 1, 0x7f, 0x80, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff];
const INTERESTING_TEXTS = [
  ...[
    '-1',
    '0',
    '1e999',
    '-0',
    '9007199254740993',
    '4294967296',
    '1e300',
    '0x7f',
    '99999999999999999999',
  ],
  ...[
    '\r\n',
    '\r',
    '\u2028',
    '\u00a0',
    '\ufeff',
    '\u202e',
    '\0',
    '\ud83d\ude00',
    '"',
    '\\u0000',
    '\\ud800',
    '%00',
    '  ',
    '//',
    '..',
  ],
].map((text) => Buffer.from(text));
const STRANGE_VALUES: readonly unknown[] = [
  ...[null, true, 0, -1, 1.5, 1e300, 2 ** 53, '', ' ', '\0', '\ud800', '__proto__', 'constructor'],
  ...[
    [],
    {},
    [[]],
    [null],
    { '': '' },
    JSON.parse('{"__proto__":{"code":"x"}}') as unknown,
    'a'.repeat(10_000),
  ],
];

const CHANGES = {
  flip: (bytes, { at, pick }) => replace(bytes, at, 1, [bytes[at]! ^ (1 << (pick % 8))]),
  byte: (bytes, { at, pick }) => replace(bytes, at, 1, [choose(INTERESTING_BYTES, pick)]),
  word: (bytes, { at, pick }, { words }) =>
    replace(bytes, at, 0, choose([...words, ...INTERESTING_TEXTS], pick)),
  overwrite: (bytes, { at, pick }, { words }) => {
    const word = choose([...words, ...INTERESTING_TEXTS], pick);
    return replace(bytes, at, word.length, word);
  },
  number: (bytes, { at, pick }) => {
    const found = /\d+/u.exec(bytes.toString('latin1', at));
    const text = choose(INTERESTING_TEXTS.slice(0, 9), pick);
    return found === null ? bytes : replace(bytes, at + found.index, found[0].length, text);
  },
  length: (bytes, { at, pick }) => {
    const field = Buffer.alloc(4);
    field.writeUInt32BE(choose(INTERESTING_LENGTHS, pick));
    return replace(bytes, lengthFieldFrom(bytes, at) ?? at, 4, field);
  },
  resize: (bytes, { at, size, pick }) => resizeField(bytes, at, (size % 64) - 32, pick),
  cut: (bytes, { at, size }) => replace(bytes, at, 1 + (size % bytes.length), []),
  end: (bytes, { at }) => bytes.subarray(0, at),
  begin: (bytes, { at }) => bytes.subarray(at),
  copy: (bytes, { at, size, pick }) => {
    const from = pick % bytes.length;
    return replace(bytes, at, 0, bytes.subarray(from, from + 1 + (size % 64)));
  },
  repeat: (bytes, { at, size, pick }) => {
    const part = bytes.subarray(at, at + 1 + (size % 16));
    return replace(bytes, at, 0, many(part, choose([2, 3, 16, 200, 3_000, 30_000], pick)));
  },
  repeatWord: (bytes, { at, size, pick }, { words }) => {
    const word = choose([...words, ...INTERESTING_TEXTS], size);
    return replace(bytes, at, 0, many(word, choose([2, 3, 16, 200, 3_000, 30_000], pick)));
  },
  splice: (bytes, { at, size, pick }, { seeds }) => {
    const other = choose(seeds, pick);
    return Buffer.concat([bytes.subarray(0, at), other.subarray(size % (other.length + 1))]);
  },
} satisfies Record<string, (bytes: Buffer, change: Change, material: Material) => Buffer>;

const JSON_CHANGES = ['value', 'long', 'remove', 'move', 'nest', 'rename'] as const;
/** Units of long texts, in addition to the words of a parser. */
const LONG_UNITS = [
  'http://',
  'https://a?',
  ' ',
  '\0',
  'a',
  '/',
  '\ud800',
  '"',
  '\u2028',
  '[',
  '/*',
];
const LONG_LENGTHS = [1_000, 10_000, 60_000, 300_000];

/**
 * Generates inputs for a parser: valid inputs with up to eight mutations, or unchanged. Shrinks
 * towards fewer and simpler mutations.
 * @param maxBytes of an input
 */
export function inputsFor({ words, maxBytes = 100_000 }: Parser, seeds: readonly Seed[]) {
  const material: Material = {
    words: words.map((word) => Buffer.from(word as string)),
    seeds: seeds.map(({ bytes }) => bytes),
  };
  const numbers = { at: fc.nat(), size: fc.nat(), pick: fc.nat() };
  const change = fc.record({
    kind: fc.constantFrom(...(Object.keys(CHANGES) as Change['kind'][])),
    ...numbers,
  });
  const jsonChange = fc.record({ kind: fc.constantFrom(...JSON_CHANGES), ...numbers });
  return fc
    .record({
      seed: fc.constantFrom(...seeds),
      jsonChanges: fc.array(jsonChange, { maxLength: 3 }),
      changes: fc.array(change, { maxLength: 5 }),
      // Otherwise most changes of a value would go unnoticed because the text would be invalid
      // JSON.
      keepJson: fc.boolean(),
    })
    .map(({ seed, jsonChanges, changes, keepJson }) => {
      const isJson = seed.json === true;
      let bytes = isJson ? changeJson(seed.bytes, jsonChanges, material) : seed.bytes;
      for (const each of isJson && keepJson ? [] : changes) {
        const at = bytes.length === 0 ? 0 : each.at % bytes.length;
        const next = bytes.length === 0 ? material.seeds[0]! : bytes;
        bytes = CHANGES[each.kind](next, { ...each, at }, material).subarray(0, maxBytes);
      }
      return Buffer.from((seed.wrap?.(bytes) ?? bytes).subarray(0, maxBytes));
    });
}

function replace(
  bytes: Buffer,
  at: number,
  length: number,
  by: Uint8Array | readonly number[],
): Buffer {
  return Buffer.concat([bytes.subarray(0, at), Uint8Array.from(by), bytes.subarray(at + length)]);
}

function many(part: Buffer, times: number): Buffer {
  return Buffer.alloc(Math.min(part.length * times, 300_000), part);
}

function choose<T>(list: readonly T[], pick: number): T {
  return list[pick % list.length]!;
}

/**
 * Returns the first position from an offset where four bytes may be the length of the following
 * data (RFC 4251).
 */
function lengthFieldFrom(bytes: Buffer, from: number): number | undefined {
  for (let at = from; at + 4 <= bytes.length; at++) {
    const length = bytes.readUInt32BE(at);
    if (length > 0 && length <= bytes.length - at - 4) return at;
  }
  return undefined;
}

/** Resizes a field and its length, so that the following data stays aligned. */
function resizeField(bytes: Buffer, from: number, by: number, pick: number): Buffer {
  const at = lengthFieldFrom(bytes, from);
  if (at === undefined) return bytes;
  const length = bytes.readUInt32BE(at);
  const resized = Math.max(0, length + by);
  const field = Buffer.alloc(4 + resized, choose(INTERESTING_BYTES, pick));
  field.writeUInt32BE(resized);
  bytes.copy(field, 4, at + 4, at + 4 + Math.min(length, resized));
  return replace(bytes, at, 4 + length, field);
}

/** A value of a JSON text, addressed by its holder. */
interface Slot {
  holder: Record<string, unknown> | unknown[];
  key: string;
}

interface JsonChange extends Omit<Change, 'kind'> {
  kind: (typeof JSON_CHANGES)[number];
}

function changeJson(bytes: Buffer, changes: readonly JsonChange[], { words }: Material): Buffer {
  const root: Record<string, unknown> = { root: JSON.parse(bytes.toString()) };
  for (const change of changes) {
    const slots = slotsOf(root);
    if (slots.length === 0) break;
    changeSlot(choose(slots, change.at), choose(slots, change.size), change, words);
  }
  const indent = choose(['', ' ', '\t'], changes[0]?.pick ?? 1);
  return Buffer.from('root' in root ? JSON.stringify(root['root'], null, indent) : '');
}

function changeSlot(
  { holder, key }: Slot,
  other: Slot,
  change: JsonChange,
  words: readonly Buffer[],
) {
  const held = holder as Record<string, unknown>;
  const { kind, pick, size } = change;
  const texts = words.map((word) => word.toString());
  switch (kind) {
    case 'value':
      // A copy, because a later mutation may change it.
      held[key] = structuredClone(choose([...STRANGE_VALUES, ...texts], pick));
      return;
    case 'long': {
      const unit = choose([...LONG_UNITS, ...texts], size);
      held[key] = unit.repeat(Math.ceil(choose(LONG_LENGTHS, pick) / Math.max(1, unit.length)));
      return;
    }
    case 'remove':
      Reflect.deleteProperty(held, key);
      return;
    case 'move':
      held[key] = structuredClone((other.holder as Record<string, unknown>)[other.key]);
      return;
    case 'nest':
      held[key] = nested(held[key], choose([1, 90, 120, 400], pick), pick % 2 === 0);
      return;
    case 'rename':
      Object.defineProperty(held, choose([...texts, '__proto__', ''], pick), {
        ...{ value: held[key], enumerable: true, configurable: true, writable: true },
      });
  }
}

function nested(value: unknown, depth: number, inLists: boolean): unknown {
  let outer = value;
  for (let level = 0; level < depth; level++) outer = inLists ? [outer] : { a: outer };
  return outer;
}

function slotsOf(holder: Slot['holder'], depth = 0): Slot[] {
  if (depth > 8) return [];
  return Object.entries(holder).flatMap(([key, value]) => {
    const inner = Array.isArray(value) || isJsonObject(value) ? slotsOf(value, depth + 1) : [];
    return [{ holder, key }, ...inner];
  });
}
