import { nodeAt, readTree, type Node } from './jsonTree';

/** A picture's path in a manifest. Offsets count UTF-16 units and leave the quotes out. */
export interface PictureLink {
  path: string;
  start: number;
  end: number;
}

/** The paths of pictures that a manifest names, whether the pictures are there or not. */
export function pictureLinks(manifestText: string): PictureLink[] {
  const tree = readTree(manifestText);
  const screenshots = nodeAt(tree, ['screenshots']);
  const nodes: (Node | undefined)[] = [
    nodeAt(tree, ['icon']),
    nodeAt(tree, ['coverImage']),
    ...(screenshots?.type === 'array' ? (screenshots.children ?? []) : []),
  ];
  return nodes.flatMap((node) =>
    node?.type === 'string'
      ? [{ path: String(node.value), start: node.offset + 1, end: node.offset + node.length - 1 }]
      : [],
  );
}
