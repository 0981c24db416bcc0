import {
  findNodeAtLocation,
  findNodeAtOffset,
  getNodePath,
  parseTree,
  type Node,
} from 'jsonc-parser/lib/esm/main.js';
import { MAX_JSON, tooDeepAt } from '../jsonLimits';
import type { JsonPath } from '../jsonText';

export type { Node };

/** A field with its name and value; a list's entry has no name. */
export interface Property {
  node: Node;
  key: Node;
  value: Node;
}

/** What a JSON text holds as far as it can be read, undefined for what is too long or nested too deeply. Offsets count UTF-16 units. */
export function readTree(text: string): Node | undefined {
  return text.length <= MAX_JSON && tooDeepAt(text) === undefined
    ? parseTree(text, [], { allowTrailingComma: true })
    : undefined;
}

/** The value at a path; undefined when there is none. */
export function nodeAt(tree: Node | undefined, path: JsonPath): Node | undefined {
  return tree === undefined ? undefined : findNodeAtLocation(tree, path.map(toSegment));
}

/** The path of the name or value at an offset; that of a name is its field's. Empty where there is none. */
export function pathAt(tree: Node, offset: number): (string | number)[] {
  const node = findNodeAtOffset(tree, offset, true);
  return node === undefined ? [] : getNodePath(node);
}

/** The content of a text at a path; undefined when there is none. */
export function textAt(tree: Node | undefined, path: JsonPath): string | undefined {
  const node = nodeAt(tree, path);
  return node?.type === 'string' ? String(node.value) : undefined;
}

/** The complete fields of an object; none of what is no object. */
export function propertiesOf(node: Node | undefined): Property[] {
  return (node?.type === 'object' ? (node.children ?? []) : []).flatMap((child) => {
    const [key, value] = child.children ?? [];
    return key === undefined || value === undefined ? [] : [{ node: child, key, value }];
  });
}

/** The names of the fields of the object at a path. */
export function namesIn(tree: Node | undefined, path: JsonPath): string[] {
  return propertiesOf(nodeAt(tree, path)).map(({ key }) => String(key.value));
}

function toSegment(segment: PropertyKey): string | number {
  return typeof segment === 'number' ? segment : String(segment);
}
