import { findNodeAtOffset, getNodePath } from 'jsonc-parser/lib/esm/main.js';
import type { Node } from './jsonTree';

/** The path of the name or value at an offset; that of a name is its field's. Empty where there is none. */
export function pathOf(tree: Node, offset: number): (string | number)[] {
  const node = findNodeAtOffset(tree, offset, true);
  return node === undefined ? [] : getNodePath(node);
}
