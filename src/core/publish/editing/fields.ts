import type { KindId } from '../../projectKind';
import { configFields } from '../project/configFields';
import type { JsonPath } from '../json/jsonText';
import { manifestField, manifestFields, type Field } from '../project/manifestFields';
import { MANIFEST_TYPES } from '../project/manifestType';
import { matchPictureField, type PictureField } from '../project/pictureFields';

/** The files with known fields: the manifest of each kind of project, and `sdk.config.json`. */
export type DocumentKind = KindId | 'config';

/** Returns the fields of the object at a path; empty if there is no such object. */
export function listFields(kind: DocumentKind, path: JsonPath): Field[] {
  return kind === 'config' ? configFields(path) : manifestFields(path, MANIFEST_TYPES[kind]);
}

/**
 * Returns the field at a path, or the one whose list or map contains the path; undefined for an
 * unknown path.
 */
export function fieldAt(kind: DocumentKind, path: JsonPath): Field | undefined {
  return kind === 'config'
    ? configFields(path.slice(0, -1)).find(({ name }) => name === path.at(-1))
    : manifestField(path, MANIFEST_TYPES[kind]);
}

/** Returns the fields that hold paths of pictures. */
export function pictureFields(kind: DocumentKind): readonly PictureField[] {
  return kind === 'config' ? [] : MANIFEST_TYPES[kind].pictures;
}

/** Returns the picture field whose value, or an entry of whose list, is at a path. */
export function findPictureField(kind: DocumentKind, path: JsonPath): PictureField | undefined {
  return matchPictureField(pictureFields(kind), path);
}
