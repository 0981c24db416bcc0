import { pictureFields, type DocumentKind } from './fields';
import { nodeAt, readTree, type Node } from '../json/jsonTree';

/** The path of a picture in a manifest. Offsets count UTF-16 units and exclude the quotes. */
export interface PictureLink {
  path: string;
  start: number;
  end: number;
}

/** Returns the paths of all pictures that a manifest names, whether or not they exist. */
export function pictureLinks(kind: DocumentKind, manifestText: string): PictureLink[] {
  const tree = readTree(manifestText);
  const nodes = pictureFields(kind).flatMap(({ path, isList }): (Node | undefined)[] => {
    const node = nodeAt(tree, path);
    return isList ? (node?.type === 'array' ? (node.children ?? []) : []) : [node];
  });
  return nodes.flatMap((node) =>
    node?.type === 'string'
      ? [{ path: String(node.value), start: node.offset + 1, end: node.offset + node.length - 1 }]
      : [],
  );
}
