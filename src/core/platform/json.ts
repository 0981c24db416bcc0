import { I99dashError } from '../errors';
import { t } from '../text/l10n';

export type JsonObject = Record<string, unknown>;

/** Checks whether a value is a JSON object, not an array or null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses JSON text. Returns undefined when the text is not valid JSON. */
export function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/**
 * Checks that part of a response is a JSON object.
 * @param what The expected value, localized, for the message.
 * @throws PROTOCOL when the value is not a JSON object
 */
export function expectObject(value: unknown, what: string): JsonObject {
  if (!isJsonObject(value)) {
    throw new I99dashError('PROTOCOL', t("The backend's answer is not {0}.", what));
  }
  return value;
}

/**
 * Reads a required string field.
 * @throws PROTOCOL when the field is not a non-empty string
 */
export function expectString(object: JsonObject, field: string): string {
  const value = object[field];
  if (typeof value !== 'string' || value === '') {
    throw new I99dashError('PROTOCOL', t('The backend\'s answer lacks the field "{0}".', field));
  }
  return value;
}

/** Reads an optional string field. Returns null when it is missing, null or empty. */
export function optionalString(object: JsonObject, field: string): string | null {
  const value = object[field];
  return typeof value === 'string' && value !== '' ? value : null;
}

/**
 * Reads an optional number. Accepts a string of digits, which some servers send. Returns undefined
 * for anything else.
 */
export function optionalNumber(object: JsonObject, field: string): number | undefined {
  const value = object[field];
  if (typeof value === 'number') {
    return value;
  }
  return typeof value === 'string' && /^\d{1,15}$/u.test(value) ? Number(value) : undefined;
}
