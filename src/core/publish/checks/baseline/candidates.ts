import type { AnyNode, Program } from 'acorn';
import { base } from 'acorn-walk';

type Walk = (node: AnyNode, state: undefined, override?: string) => void;
type Walkers = Record<string, (node: AnyNode, state: undefined, walk: Walk) => void>;

/**
 * Visits only the syntax tree nodes that contain one of the given offsets. Most of a large script
 * is irrelevant, so this is much faster than a full walk.
 * @param offsets in ascending order
 * @param visit gets the node, its ancestors from the program down to the node itself (valid during
 * that call only), and whether the node is a target that is declared or assigned
 */
export function visitAround(
  program: Program,
  offsets: readonly number[],
  visit: (node: AnyNode, ancestors: readonly AnyNode[], isTarget: boolean) => void,
): void {
  const ancestors: AnyNode[] = [];
  const walk: Walk = (node, state, override) => {
    if (!holdsOne(offsets, node)) {
      return;
    }
    const isNew = ancestors.at(-1) !== node;
    if (isNew) {
      ancestors.push(node);
      visit(node, ancestors, override === 'Pattern');
    }
    (base as unknown as Walkers)[override ?? node.type]?.(node, state, walk);
    if (isNew) {
      ancestors.pop();
    }
  };
  walk(program, undefined);
}

function holdsOne(offsets: readonly number[], { start, end }: AnyNode): boolean {
  let low = 0;
  let high = offsets.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((offsets[middle] ?? 0) < start) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return (offsets[low] ?? end) < end;
}
