import { setImmediate as nextTurn } from 'node:timers/promises';

/** Sorting this many names takes about a millisecond. */
const SLICE = 4_096;

/** Compares two texts by their UTF-8 bytes, whose order differs from that of UTF-16 units. */
export function compareBytewise(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) {
      return rank(left) - rank(right);
    }
  }
  return a.length - b.length;
}

/** Ranks surrogates, which encode characters above U+FFFF, after all other units. */
function rank(unit: number): number {
  if (unit < 0xd800) {
    return unit;
  }
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** Sorts bytewise by a key. Works in slices, so that a long list does not block the event loop. */
export async function sortBytewise<T>(list: T[], keyOf: (item: T) => string): Promise<T[]> {
  if (list.length <= SLICE) {
    return list.sort((a, b) => compareBytewise(keyOf(a), keyOf(b)));
  }
  const middle = list.length >> 1;
  const left = await sortBytewise(list.slice(0, middle), keyOf);
  const right = await sortBytewise(list.slice(middle), keyOf);
  await nextTurn();
  return [...mergeBytewise(left, right, keyOf)];
}

/** Merges two sorted lists. */
export function* mergeBytewise<T>(
  left: readonly T[],
  right: readonly T[],
  keyOf: (item: T) => string,
): Generator<T, void, undefined> {
  let next = 0;
  for (const item of left) {
    for (; next < right.length; next++) {
      const other = right[next];
      if (other === undefined || compareBytewise(keyOf(other), keyOf(item)) >= 0) {
        break;
      }
      yield other;
    }
    yield item;
  }
  yield* right.slice(next);
}
