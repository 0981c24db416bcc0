import { readFileSync } from 'node:fs';
import * as l10n from '@vscode/l10n';

export { t } from '@vscode/l10n';

/** What the texts are shown in, where it is not English. */
export interface Localization {
  /** BCP 47. */
  language: string;
  /** The built bundle, by which a process or a thread that is started gets the same texts: absolute. */
  file: string;
}

/** What a text's placeholders stand for. */
export type Replacement = string | number | boolean;

/** A text in the two forms that English has. `{0}` is the count. */
export interface PluralForms {
  one: string;
  other: string;
}

let current: Localization | undefined;
let language = 'en';

/**
 * Has every text shown in a language from here on.
 * @param localization undefined for English, for which no file is read
 * @param contents of the bundle, where they are known; else the file is read, and one that cannot be read leaves the texts English
 */
export function localize(
  localization: Localization | undefined,
  contents = localization === undefined ? {} : readBundle(localization.file),
): void {
  current = contents === undefined ? undefined : localization;
  language = current === undefined ? 'en' : withLatinDigits(current.language);
  l10n.config({ contents: contents ?? {} });
}

/** What the texts are shown in, to be handed to a process or a thread; undefined for English. */
export function localization(): Localization | undefined {
  return current;
}

/**
 * The language that numbers, dates and names go with in a text, for `Intl`. Digits are those of versions and codes: a text has one kind.
 * @returns BCP 47
 */
export function textLanguage(): string {
  return language;
}

/** The first `Intl` object of a process takes some milliseconds, so nobody makes one for English. */
function withLatinDigits(name: string): string {
  try {
    return new Intl.Locale(name, { numberingSystem: 'latn' }).toString();
  } catch {
    return 'en';
  }
}

/**
 * A text without the marks of the reading direction that the build writes into it, for who knows no text from right to left: terminals leave a
 * gap for each of them, and agents read them as characters.
 */
export function withoutIsolates(text: string): string {
  return text.replaceAll(/[\u2066-\u2069]/gu, '');
}

/** A number as people write it in the language of the texts. */
export function formatNumber(value: number, options?: Intl.NumberFormatOptions): string {
  return new Intl.NumberFormat(textLanguage(), options).format(value);
}

/**
 * A text about a number of things. Whole sentences only: other languages have up to six forms, and each may be worded in its own way.
 * @param count becomes `{0}`
 * @param forms in English; literals, for the translations are found by `other`
 * @param more become `{1}`, `{2}`, …
 */
export function plural(count: number, forms: PluralForms, ...more: Replacement[]): string {
  const args = [formatNumber(count), ...more];
  const form = new Intl.PluralRules(textLanguage()).select(count);
  const key = pluralKey(forms.other, form);
  return l10n.t(key) === key
    ? l10n.t(count === 1 ? forms.one : forms.other, ...args)
    : l10n.t(key, ...args);
}

/** Where a bundle has one form of a plural. `scripts/l10n.mjs` writes it so. */
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
