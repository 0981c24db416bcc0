import {
  findNodeAtLocation,
  findNodeAtOffset,
  getNodePath,
  parseTree,
  type Node,
} from 'jsonc-parser/lib/esm/main.js';
import { MAX_JSON, findTooDeep } from './jsonLimits';
import type { JsonPath } from './jsonText';

export type { Node };

/** A field of an object, with its name and value. */
export interface Property {
  node: Node;
  key: Node;
  value: Node;
}

/**
 * Parses a JSON text as far as possible. Returns undefined if it is too long or nested too deeply.
 * Offsets count UTF-16 units.
 */
export function readTree(text: string): Node | undefined {
  return text.length <= MAX_JSON && findTooDeep(text) === undefined
    ? parseTree(text, [], { allowTrailingComma: true })
    : undefined;
}

/** Returns the value at a path; undefined if there is none. */
export function nodeAt(tree: Node | undefined, path: JsonPath): Node | undefined {
  return tree === undefined ? undefined : findNodeAtLocation(tree, path.map(toSegment));
}

/**
 * Returns the path of the name or value at an offset; empty if there is none. A name has the path
 * of its field.
 */
export function pathAt(tree: Node, offset: number): (string | number)[] {
  const node = findNodeAtOffset(tree, offset, true);
  return node === undefined ? [] : getNodePath(node);
}

/** Returns the content of the string at a path; undefined if there is none. */
export function textAt(tree: Node | undefined, path: JsonPath): string | undefined {
  const node = nodeAt(tree, path);
  return node?.type === 'string' ? String(node.value) : undefined;
}

/** Returns the complete fields of an object; empty if the node is not an object. */
export function listProperties(node: Node | undefined): Property[] {
  return (node?.type === 'object' ? (node.children ?? []) : []).flatMap((child) => {
    const [key, value] = child.children ?? [];
    return key === undefined || value === undefined ? [] : [{ node: child, key, value }];
  });
}

/** Returns the names of the fields of the object at a path. */
export function listNames(tree: Node | undefined, path: JsonPath): string[] {
  return listProperties(nodeAt(tree, path)).map(({ key }) => String(key.value));
}

function toSegment(segment: PropertyKey): string | number {
  return typeof segment === 'number' ? segment : String(segment);
}
