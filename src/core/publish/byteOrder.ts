import { setImmediate as nextTurn } from 'node:timers/promises';

/** So many names are sorted in about a millisecond. */
const SLICE = 4_096;

/** Compares as the UTF-8 bytes of two texts compare, which is not how their UTF-16 units do. */
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

/** Surrogates, halves of what lies above U+FFFF, come after all other units. */
function rank(unit: number): number {
  if (unit < 0xd800) {
    return unit;
  }
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** Sorts bytewise by a key, in slices that leave the event loop its turns however long the list is. */
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

/** Two sorted lists as one. */
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
