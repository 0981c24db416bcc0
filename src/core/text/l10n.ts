import { readFileSync } from 'node:fs';
import * as l10n from '@vscode/l10n';

export { t } from '@vscode/l10n';

/** The display language, when it is not English. */
export interface Localization {
  /** BCP 47. */
  language: string;
  /**
   * Absolute path of the translation bundle. Child processes and worker threads load the same file.
   */
  file: string;
}

/** The value of a placeholder. */
export type Replacement = string | number | boolean;

/** The two English plural forms of a message. `{0}` is the count. */
export interface PluralForms {
  one: string;
  other: string;
}

let current: Localization | undefined;
let language = 'en';

/**
 * Sets the language of all messages from now on.
 * @param localization Undefined for English, which needs no file.
 * @param contents The bundle, when it is already loaded. Otherwise the file is read; messages stay
 * English if that fails.
 */
export function localize(
  localization: Localization | undefined,
  contents = localization === undefined ? {} : readBundle(localization.file),
): void {
  current = contents === undefined ? undefined : localization;
  language = current === undefined ? 'en' : withLatinDigits(current.language);
  l10n.config({ contents: contents ?? {} });
}

/** Returns the display language, to pass to a child process or thread. Undefined for English. */
export function localization(): Localization | undefined {
  return current;
}

/**
 * Returns the locale to use with `Intl` for numbers, dates and names. It always uses Latin digits,
 * because versions and codes in the same message use them.
 * @returns BCP 47
 */
export function textLanguage(): string {
  return language;
}

/** Skipped for English: the first `Intl` object of a process takes a few milliseconds. */
function withLatinDigits(name: string): string {
  try {
    return new Intl.Locale(name, { numberingSystem: 'latn' }).toString();
  } catch {
    return 'en';
  }
}

/**
 * Removes the bidi isolates that the build inserts into translations. Terminals show a gap for each
 * of them, and agents read them as characters.
 */
export function withoutIsolates(text: string): string {
  return text.replaceAll(/[\u2066-\u2069]/gu, '');
}

/** Formats a number in the display language. */
export function formatNumber(value: number, options?: Intl.NumberFormatOptions): string {
  return new Intl.NumberFormat(textLanguage(), options).format(value);
}

/**
 * Translates a message about a number of things. Takes whole sentences: other languages have up to
 * six plural forms, each with its own wording.
 * @param count Becomes `{0}`.
 * @param forms English literals. Translations are looked up by `other`.
 * @param more Become `{1}`, `{2}`, …
 */
export function plural(count: number, forms: PluralForms, ...more: Replacement[]): string {
  const args = [formatNumber(count), ...more];
  const form = new Intl.PluralRules(textLanguage()).select(count);
  const key = pluralKey(forms.other, form);
  return l10n.t(key) === key
    ? l10n.t(count === 1 ? forms.one : forms.other, ...args)
    : l10n.t(key, ...args);
}

/** Returns the bundle key of a plural form. `scripts/l10n.mjs` writes the same keys. */
function pluralKey(other: string, form: Intl.LDMLPluralRule): string {
  return `${other}#${form}`;
}

function readBundle(file: string): Record<string, string> | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  } catch {
    return undefined;
  }
}
