import { manifestFields } from '../manifestFields';
import type { TextEdit } from './jsonEdit';

/** One step that mends something. It changes the text that it was made for, and may make a picture. */
export interface Fix {
  kind:
    | 'setVersion'
    | 'setRequired'
    | 'setValue'
    | 'canonicalOrigin'
    | 'removeField'
    | 'renameField'
    | 'placeholderIcon'
    | 'modernWebview'
    | 'appVersion';
  /** What the title has to name: a field, or a field and its new value. */
  field: string;
  value: string;
  edits: TextEdit[];
  /** The one to take when somebody only wants the problem gone. */
  preferred: boolean;
  /** A picture to make: its path as the manifest has it. */
  picture?: string;
}

/** What a problem says about the text it is in. Offsets count UTF-16 units. */
export interface ProblemAt {
  rule: string;
  start: number;
  end: number;
}

/** What is known of a mini-app beside the text at hand. */
export interface FixContext {
  /** The name of the mini-app's folder. */
  folderName: string;
  /** Pictures that may be its icon, the best first. */
  icons: readonly string[];
}

/** The names of the manifest's fields, in the order they have by convention. */
export const FIELDS = manifestFields([]).map(({ name }) => name);

/** A fix that is preferred. */
export function fix(kind: Fix['kind'], field: string, value: string, edits: TextEdit[]): Fix {
  return { kind, field, value, edits, preferred: true };
}
