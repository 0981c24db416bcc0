import { t } from '../../text/l10n';
import type { Problem } from '../../problem';

/** One rule of a project. */
export interface Rule {
  readonly severity: Problem['severity'];
  /** The rule as a sentence about the field, file or text, in the current UI language. */
  readonly text: string;
  /** Whether a field's type, its values and whether it is required already express the rule. */
  readonly isPlain: boolean;
}

type Words = () => string;

const rule = (severity: Problem['severity'], words: Words, isPlain = false): Rule => ({
  severity,
  isPlain,
  get text() {
    return words();
  },
});
export const error = (words: Words): Rule => rule('error', words);
export const warning = (words: Words): Rule => rule('warning', words);
export const info = (words: Words): Rule => rule('info', words);
const plainError = (words: Words): Rule => rule('error', words, true);

export const oneOf = (values: readonly string[]): Rule =>
  plainError(() => t('must be one of {0}', values.join(', ')));
export const endsWith = (extensions: readonly string[]): Rule =>
  error(() => t('must end with {0}', extensions.map((name) => `.${name}`).join(', ')));
export const hasCharacters = (min: number, max: number): Rule =>
  error(() => t('must have {0} to {1} characters', min, max));
export const hasAtMost = (max: number): Rule =>
  error(() => t('must have at most {0} entries', max));

export const TRUE_OR_FALSE = plainError(() => t('must be true or false'));
export const REQUIRED = plainError(() => t('is required'));
export const TEXT = plainError(() => t('must be text'));
export const LIST = plainError(() => t('must be a list'));
export const EMPTY_LIST = error(() => t('must not be an empty list'));
export const UNREADABLE = error(() => t('cannot be read'));
export const SYNTAX = error(() => t('must be plain JSON, without comments and trailing commas'));
export const DUPLICATE = error(() => t('is there more than once'));
export const JSON_OBJECT = error(() => t('must be a JSON object'));
export const OBJECT = plainError(() => t('must be an object'));
export const LOCALIZED = {
  type: error(() => t('must map locales to texts, such as {0}', '{ "en": "…" }')),
  empty: error(() => t('needs at least one locale')),
  locale: error(() => t('needs language codes of two lower-case letters, such as {0}', '"en"')),
  text: error(() => t('must not be empty')),
};
export const PATH = {
  type: plainError(() => t('must be a path beginning with "{0}"', './')),
  length: hasCharacters(3, 256),
  relative: error(() => t('must begin with "{0}"', './')),
  parent: error(() => t('must not contain ".."')),
};
