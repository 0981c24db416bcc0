import { t } from '../../text/l10n';
import type { JsonPath } from '../json/jsonText';
import type { Field } from '../project/manifestFields';
import { findPictureField, fieldAt, listFields, type DocumentKind } from './fields';
import type { PictureField } from '../project/pictureFields';
import { listColors } from './colors';
import { LANGUAGES, languageName } from '../../text/languages';
import { listNames, readTree } from '../json/jsonTree';
import { summarizePicture, type Picture } from './pictures';
import { completionContextAt, type CompletionContext } from './completionContext';
import { valueSnippet } from './snippets';

/** A completion candidate. Its field describes what it is for. */
export interface Candidate {
  kind: 'field' | 'locale' | 'value' | 'asset';
  label: string;
  /** A VS Code snippet if `isSnippet` is set, otherwise plain text. */
  insert: string;
  isSnippet: boolean;
  /** Shown next to the label. */
  detail?: string;
  field?: Field;
  /** Set for a color, as a theme writes it. */
  color?: string;
  /** What is wrong with the candidate, in words that follow the label. */
  trouble?: string;
  /** Whether there are suggestions at the cursor after the candidate is inserted. */
  hasSuggestions?: boolean;
}

export interface Completion {
  /** The range that the candidates replace: offsets into the text, within one line. */
  start: number;
  end: number;
  /** Offset at which a comma must be inserted first. */
  commaAt?: number;
  /** Sorted, the best first. */
  candidates: Candidate[];
}

const LOCALE = /^[a-z]{2}$/u;

/** Lists the pictures that fit a field, the best first. */
export type ListPictures = (field: PictureField) => Promise<Picture[]>;

/**
 * Returns what can be typed at an offset of a project's JSON file. The text may be
 * invalid there.
 * @returns undefined if there is nothing to suggest
 */
export async function complete(
  kind: DocumentKind,
  text: string,
  offset: number,
  listPictures: ListPictures,
): Promise<Completion | undefined> {
  const place = completionContextAt(text, offset);
  if (place === undefined) {
    return undefined;
  }
  const candidates =
    place.at === 'key'
      ? listKeys(kind, place, text)
      : await valuesAt(kind, place, text, listPictures);
  if (candidates.length === 0) {
    return undefined;
  }
  const before = text.charAt(place.start - 1) === ':' ? ' ' : '';
  const after = place.commaAfter ? ',' : '';
  return {
    start: place.start,
    end: place.end,
    ...(place.commaAt === undefined ? {} : { commaAt: place.commaAt }),
    candidates: candidates.map((candidate) => ({
      ...candidate,
      insert: `${before}${candidate.insert}${after}`,
    })),
  };
}

function listKeys(
  kind: DocumentKind,
  { path, others, hasColon }: CompletionContext,
  text: string,
): Candidate[] {
  const map = fieldAt(kind, path);
  if (map?.kind === 'map' && path.length === 1) {
    return localesAt(map, others, hasColon, text);
  }
  const fields = listFields(kind, path).filter(
    ({ name, isUnused = false }) => !isUnused && !others.includes(name),
  );
  const inOrder = [
    ...fields.filter(({ required }) => required),
    ...fields.filter(({ required }) => !required),
  ];
  return inOrder.map((field) => {
    const { snippet, hasSuggestions } = valueSnippet(kind, path, field);
    const name = JSON.stringify(field.name);
    return {
      kind: 'field',
      label: field.name,
      insert: hasColon ? name : `${name}: ${snippet}`,
      isSnippet: !hasColon,
      ...(field.required ? { detail: t('required') } : {}),
      field,
      hasSuggestions: !hasColon && hasSuggestions,
    };
  });
}

/**
 * Sorts locales: those that the manifest uses elsewhere come first, because an app that has a name
 * in a language needs a description in it.
 */
function localesAt(
  field: Field,
  others: readonly string[],
  hasColon: boolean,
  text: string,
): Candidate[] {
  const tree = readTree(text);
  const used = ['name', 'description'].flatMap((map) => listNames(tree, [map]));
  const locales = [...new Set([...used.filter((name) => LOCALE.test(name)), ...LANGUAGES])];
  return locales
    .filter((locale) => !others.includes(locale))
    .map((locale) => ({
      kind: 'locale',
      label: locale,
      insert: hasColon ? `"${locale}"` : `"${locale}": "$1"`,
      isSnippet: !hasColon,
      detail: languageName(locale),
      field,
    }));
}

async function valuesAt(
  kind: DocumentKind,
  { path, others }: CompletionContext,
  text: string,
  listPictures: ListPictures,
): Promise<Candidate[]> {
  const asset = findPictureField(kind, path);
  if (asset !== undefined) {
    const used = asset.isList ? others : [];
    return (await listPictures(asset))
      .filter((file) => !used.includes(file.path))
      .map((file) => ({
        ...plain('asset', file.path),
        detail: summarizePicture(file),
        ...(file.trouble === undefined ? {} : { trouble: file.trouble }),
      }));
  }
  const field = fieldAt(kind, path);
  if (field === undefined || !isFieldValue(field, path)) {
    return [];
  }
  if (field.kind === 'color') {
    const used = listColors(kind, text).map((color) => color.text.toUpperCase());
    return [...new Set(used)].map((color) => ({ ...plain('value', color), field, color }));
  }
  const { values } = field;
  if (values !== undefined) {
    const used = field.kind === 'list' ? others : [];
    return values
      .filter((value) => !used.includes(value))
      .map((value) => ({ ...plain('value', value), field }));
  }
  const standard = field.default === undefined ? [] : [field.default];
  const literals: unknown[] = field.kind === 'flag' ? [true, false] : standard;
  return literals.map((literal) => ({
    ...plain('value', typeof literal === 'string' ? literal : JSON.stringify(literal)),
    insert: JSON.stringify(literal),
    ...(literal === field.default ? { detail: t('default') } : {}),
    field,
  }));
}

/** Checks whether a path is that of the field's value, or of an entry if the field is a list. */
function isFieldValue(field: Field, path: JsonPath): boolean {
  return field.kind === 'list'
    ? typeof path.at(-1) === 'number' && path.at(-2) === field.name
    : path.at(-1) === field.name;
}

function plain(kind: Candidate['kind'], text: string): Candidate {
  return { kind, label: text, insert: JSON.stringify(text), isSnippet: false };
}
