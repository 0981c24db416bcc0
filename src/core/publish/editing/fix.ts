import type { JsonPath } from '../json/jsonText';
import { listFields, type DocumentKind } from './fields';
import type { TextEdit } from '../json/jsonEdit';

/** A quick fix. It edits the text that it was created for, and may create a picture. */
export interface Fix {
  kind:
    | 'setVersion'
    | 'setRequired'
    | 'addRequired'
    | 'setValue'
    | 'canonicalOrigin'
    | 'removeField'
    | 'renameField'
    | 'placeholderIcon'
    | 'modernWebview'
    | 'appVersion';
  /** What the title names: a field, or a field and its new value. */
  field: string;
  value: string;
  edits: TextEdit[];
  /** Whether this is the default fix for the problem. */
  preferred: boolean;
  /** The path of the picture to create, as written in the manifest. */
  picture?: string;
}

/** The rule and range of a problem. Offsets count UTF-16 units. */
export interface ProblemAt {
  rule: string;
  start: number;
  end: number;
}

/** What is known about a project besides the text. */
export interface FixContext {
  kind: DocumentKind;
  folderName: string;
  /** Pictures that may be its icon, the best first. */
  icons: readonly string[];
}

/** Returns the names of the fields of an object, in conventional order. */
export function fieldNames(kind: DocumentKind, path: JsonPath = []): string[] {
  return listFields(kind, path).map(({ name }) => name);
}

/** Creates a preferred fix. */
export function fix(kind: Fix['kind'], field: string, value: string, edits: TextEdit[]): Fix {
  return { kind, field, value, edits, preferred: true };
}
