import { I99dashError } from './errors';
import { t } from './l10n';

export type JsonObject = Record<string, unknown>;

/** True for a JSON object: no array, no null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses JSON text; undefined when it is none. */
export function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/** @param what it should be, in the language of the texts. @throws PROTOCOL when an answer is no JSON object */
export function expectObject(value: unknown, what: string): JsonObject {
  if (!isJsonObject(value)) {
    throw new I99dashError('PROTOCOL', t("The backend's answer is not {0}.", what));
  }
  return value;
}

/** @throws PROTOCOL when the field is no non-empty text */
export function expectString(object: JsonObject, field: string): string {
  const value = object[field];
  if (typeof value !== 'string' || value === '') {
    throw new I99dashError('PROTOCOL', t('The backend\'s answer lacks the field "{0}".', field));
  }
  return value;
}

/** The field's text, or null where it is missing, null or empty. */
export function optionalString(object: JsonObject, field: string): string | null {
  const value = object[field];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** The field's number, also where it is written as digits in a text, as some servers do; undefined for anything else. */
export function optionalNumber(object: JsonObject, field: string): number | undefined {
  const value = object[field];
  if (typeof value === 'number') {
    return value;
  }
  return typeof value === 'string' && /^\d{1,15}$/u.test(value) ? Number(value) : undefined;
}
