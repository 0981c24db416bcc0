import { configFields } from '../project/configFields';
import type { JsonPath } from '../json/jsonText';
import { manifestField, manifestFields, type Field } from '../project/manifestFields';

/** The files of a mini-app whose fields are known. */
export type DocumentKind = 'manifest' | 'config';

/** Returns the fields of the object at a path; empty if there is no such object. */
export function listFields(kind: DocumentKind, path: JsonPath): Field[] {
  return kind === 'manifest' ? manifestFields(path) : configFields(path);
}

/**
 * Returns the field at a path, or the one whose list or map contains the path; undefined for an
 * unknown path.
 */
export function fieldAt(kind: DocumentKind, path: JsonPath): Field | undefined {
  return kind === 'manifest'
    ? manifestField(path)
    : configFields(path.slice(0, -1)).find(({ name }) => name === path.at(-1));
}

/** Fields that hold paths of pictures. */
const ASSET_FIELDS = ['icon', 'coverImage', 'screenshots'] as const;

export type AssetField = (typeof ASSET_FIELDS)[number];

/**
 * Returns the picture field of a path, which is that of the field's value or of an entry of its
 * list.
 */
export function assetFieldAt(path: JsonPath): AssetField | undefined {
  const length = path[0] === 'screenshots' ? 2 : 1;
  return path.length === length ? ASSET_FIELDS.find((name) => name === path[0]) : undefined;
}
