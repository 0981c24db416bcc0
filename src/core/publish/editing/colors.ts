import { parseColor, type Color } from '../project/theme/color';
import { fieldAt, type DocumentKind } from './fields';
import { getNodePath } from 'jsonc-parser/lib/esm/main.js';
import { readTree, type Node } from '../json/jsonTree';

/** A color in a text. Offsets count UTF-16 units and exclude the quotes. */
export interface ColorAt {
  color: Color;
  text: string;
  start: number;
  end: number;
}

/** Returns all valid colors in fields for colors, in text order. */
export function listColors(kind: DocumentKind, text: string): ColorAt[] {
  const found: ColorAt[] = [];
  const visit = (node: Node): void => {
    const color = node.type === 'string' ? parseColor(node.value) : undefined;
    const isValue = node.parent?.type === 'property' && node.parent.children?.[1] === node;
    if (color !== undefined && isValue && fieldAt(kind, getNodePath(node))?.kind === 'color') {
      const [start, end] = [node.offset + 1, node.offset + node.length - 1];
      found.push({ color, text: String(node.value), start, end });
    }
    node.children?.forEach(visit);
  };
  const tree = readTree(text);
  if (tree !== undefined) {
    visit(tree);
  }
  return found;
}
