import { isJsonObject, type JsonObject } from '../platform/json';
import { serverWords } from '../text/sanitizeLine';

/** A field of a request that the backend rejected. */
export interface RefusedField {
  /** As the backend reports it. Empty for the request as a whole. */
  path: readonly string[];
  /** The backend's message, on one line. */
  message: string;
}

/** Limit for the fields read from one error. */
const MAX_FIELDS = 20;
const MAX_PATH = 12;
/** Limits for a path segment and for a message, in characters. */
const MAX_FIELD_NAME = 64;
const MAX_FIELD_MESSAGE = 200;

const PATHS = ['loc', 'path', 'field', 'property', 'param', 'name'];
const WORDS = ['msg', 'message', 'reason', 'error', 'description'];
/** Keys that may hold the list of fields within details. */
const LISTS = ['fields', 'errors'];
/** Prefixes that FastAPI adds to a path. */
const PARTS_OF_REQUEST = ['body', 'query', 'path', 'header'];

/**
 * Reads the fields that an error reports: FastAPI's `detail`, a list of `{ loc, msg }`, or the
 * envelope's `error.details`. The shape of the latter is not documented: a list of fields with
 * messages, or a map.
 * @param clean Sanitizes text from the server.
 */
export function refusedFields(
  { detail, error }: JsonObject,
  clean: (text: string) => string,
): RefusedField[] {
  const details = isJsonObject(error) ? error['details'] : undefined;
  const entries = [...readList(detail), ...readDetails(details)];
  return entries.slice(0, MAX_FIELDS).map(({ path, message }) => ({
    path: path.slice(0, MAX_PATH).map((part) => serverWords(clean(part), MAX_FIELD_NAME)),
    message: serverWords(clean(message), MAX_FIELD_MESSAGE),
  }));
}

/** Formats the fields for a message: `icon: is missing; name.en: is too long`. */
export function listRefusedFields(fields: readonly RefusedField[]): string {
  return fields
    .map(({ path, message }) => [pathInManifest(path).join('.'), message])
    .map((parts) => parts.filter((part) => part !== '').join(': '))
    .join('; ');
}

/** Returns the path within the manifest, which is a part of the request. */
export function pathInManifest(path: readonly string[]): readonly string[] {
  return path[0] === 'manifest' ? path.slice(1) : path;
}

function readDetails(details: unknown): RefusedField[] {
  if (!isJsonObject(details)) {
    return readList(details);
  }
  const single = readEntry(details);
  if (single.length > 0) {
    return single;
  }
  const inner = LISTS.map((name) => details[name]).find((value) => value instanceof Object);
  return isJsonObject(inner)
    ? readMap(inner)
    : inner === undefined
      ? readMap(details)
      : readList(inner);
}

function readList(list: unknown): RefusedField[] {
  return Array.isArray(list)
    ? list.slice(0, MAX_FIELDS).flatMap((entry) => (isJsonObject(entry) ? readEntry(entry) : []))
    : [];
}

function readEntry(entry: JsonObject): RefusedField[] {
  const place = PATHS.map((name) => entry[name]).find((value) => value !== undefined);
  const message = WORDS.map((name) => entry[name]).find((value) => typeof value === 'string');
  return place === undefined || typeof message !== 'string'
    ? []
    : [{ path: readPath(place), message }];
}

function readMap(map: JsonObject): RefusedField[] {
  return Object.entries(map)
    .slice(0, MAX_FIELDS)
    .flatMap(([name, value]) => {
      const words = (Array.isArray(value) ? value : [value]).filter(
        (each): each is string => typeof each === 'string',
      );
      return words.slice(0, MAX_FIELDS).map((message) => ({ path: readPath(name), message }));
    });
}

/** Accepts a list of names, a name with dots and brackets, or a JSON pointer. */
function readPath(place: unknown): string[] {
  const parts = Array.isArray(place)
    ? place.slice(0, MAX_PATH + 1).filter((part) => ['string', 'number'].includes(typeof part))
    : typeof place === 'string'
      ? place.slice(0, MAX_PATH * MAX_FIELD_NAME).split(/[./[\]]+/u)
      : [];
  const names = parts.map(String).filter((part) => part !== '');
  return PARTS_OF_REQUEST.includes(names[0] ?? '') ? names.slice(1) : names;
}
