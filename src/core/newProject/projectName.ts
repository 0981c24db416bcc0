import { basename } from 'node:path';
import { appIdFromName, appNameFromId } from '../publish/project/appNames';
import { t } from '../text/l10n';

/** The ID if neither the name nor the folder results in one. */
const FALLBACK_ID = 'my-app';
/** The maximum length of a name, in UTF-16 units. Longer names do not fit on a car's screen. */
const MAX_NAME = 60;

/** Returns why a text cannot be the name of a project, as text to display; undefined if it can. */
export function validateName(name: string): string | undefined {
  if (name.trim() === '') {
    return t('Enter a name.');
  }
  if (/\p{Cc}/u.test(name)) {
    return t('A name has no line breaks or control characters.');
  }
  return name.trim().length > MAX_NAME
    ? t('A name has at most {0} characters.', MAX_NAME)
    : undefined;
}

/**
 * Returns why a text cannot be the name of a new project, as text to display; undefined if it can.
 * Besides being a name, it must result in an ID.
 * @param folder the project's own folder; undefined if it will be named after the ID
 */
export function validateNewName(name: string, folder: string | undefined): string | undefined {
  const objection = validateName(name);
  return objection === undefined && deriveId(name, folder) === undefined
    ? t('No ID can be made of this name. Use at least two letters (a to z) or digits.')
    : objection;
}

/** Suggests a name, derived from the folder's name. */
export function suggestName(folder: string): string {
  return appNameFromId(appIdFromName(basename(folder)) ?? FALLBACK_ID);
}

/** Suggests an ID, derived from the name or else from the folder's name. */
export function suggestId(name: string, folder: string): string {
  return deriveId(name, folder) ?? FALLBACK_ID;
}

/**
 * Derives an ID from a name, or else from the name of the project's own folder; undefined if both
 * have too few Latin letters and digits.
 */
export function deriveId(name: string, folder: string | undefined): string | undefined {
  return (
    appIdFromName(name) ?? (folder === undefined ? undefined : appIdFromName(basename(folder)))
  );
}

/** Checks for Arabic letters. */
export function isArabic(name: string): boolean {
  return /[\u0600-\u06FF]/u.test(name);
}

/** Returns a name in English and Arabic, as far as one text can give both. */
export function nameInBothLanguages(name: string, id: string): { en: string; ar: string } {
  return { en: isArabic(name) ? appNameFromId(id) : name, ar: name };
}
