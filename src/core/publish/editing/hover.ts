import { findNodeAtOffset, getNodePath } from 'jsonc-parser/lib/esm/main.js';
import { t } from '../../text/l10n';
import { NOT_ON_OLDEST_PLATFORM, OLDEST_PLATFORM } from '../checks/requires';
import type { Field } from '../project/manifestFields';
import type { PictureField } from '../project/pictureFields';
import { findPictureField, fieldAt, type DocumentKind } from './fields';
import { readTree, type Node } from '../json/jsonTree';

/** The information about a place in a text. Offsets count UTF-16 units. */
export interface Hover {
  start: number;
  end: number;
  field: Field;
  /** Another sentence, about the value. */
  note?: string;
  /** The picture that the value names. */
  picture?: { field: PictureField; path: string };
}

/**
 * Returns the information about the name or value at an offset; undefined if it belongs to no known
 * field.
 */
export function hoverAt(kind: DocumentKind, text: string, offset: number): Hover | undefined {
  const tree = readTree(text);
  const node = tree === undefined ? undefined : findNodeAtOffset(tree, offset);
  if (node === undefined || node.type === 'object' || node.type === 'array') {
    return undefined;
  }
  const isKey = node.parent?.type === 'property' && node.parent.children?.[0] === node;
  const path = getNodePath(node);
  const field = fieldAt(kind, path);
  if (field === undefined || (isKey && field.name !== path.at(-1))) {
    return undefined;
  }
  const place = { start: node.offset, end: node.offset + node.length, field };
  return isKey ? place : { ...place, ...aboutValue(kind, node, path, field) };
}

function aboutValue(
  kind: DocumentKind,
  { type, value }: Node,
  path: (string | number)[],
  field: Field,
): Pick<Hover, 'note' | 'picture'> {
  if (type !== 'string') {
    return {};
  }
  const text = String(value);
  const asset = findPictureField(kind, path);
  if (asset !== undefined) {
    return { picture: { field: asset, path: text } };
  }
  return field.name === 'vehicleCapabilities' && NOT_ON_OLDEST_PLATFORM.includes(text)
    ? { note: t('No car whose only platform is {0} has it.', OLDEST_PLATFORM) }
    : {};
}
