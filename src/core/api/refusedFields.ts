import { isJsonObject, type JsonObject } from '../json';
import { serverWords } from '../oneLine';

/** A field of a request that the backend refuses. */
export interface RefusedField {
  /** As the backend has it; empty where it is the request as a whole. */
  path: readonly string[];
  /** The backend's words, on one line. */
  message: string;
}

/** Fields of one refusal that are read; nobody reads more. */
const MAX_FIELDS = 20;
const MAX_PATH = 12;
/** Characters of one part of a path, and of what is said of a field. */
const MAX_NAME = 64;
const MAX_WORDS = 200;

const PATHS = ['loc', 'path', 'field', 'property', 'param', 'name'];
const WORDS = ['msg', 'message', 'reason', 'error', 'description'];
/** Where a list of fields may be within details. */
const LISTS = ['fields', 'errors'];
/** What FastAPI puts before the path of a field. */
const PARTS_OF_REQUEST = ['body', 'query', 'path', 'header'];

/**
 * The fields that an error names: in FastAPI's `detail`, a list of `{ loc, msg }`, or in the
 * envelope's `error.details`, whose form is not documented: a list of fields with words, or a map.
 * @param clean makes foreign words fit to be shown
 */
export function refusedFields(
  { detail, error }: JsonObject,
  clean: (text: string) => string,
): RefusedField[] {
  const details = isJsonObject(error) ? error['details'] : undefined;
  const entries = [...readList(detail), ...readDetails(details)];
  return entries.slice(0, MAX_FIELDS).map(({ path, message }) => ({
    path: path.slice(0, MAX_PATH).map((part) => serverWords(clean(part), MAX_NAME)),
    message: serverWords(clean(message), MAX_WORDS),
  }));
}

/** Words that name the fields: `icon: is missing; name.en: is too long`. */
export function listFields(fields: readonly RefusedField[]): string {
  return fields
    .map(({ path, message }) => [pathInManifest(path).join('.'), message])
    .map((parts) => parts.filter((part) => part !== '').join(': '))
    .join('; ');
}

/** A path within the manifest, which is a part of the request. */
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

/** A list of names, a name with dots and brackets, or a JSON pointer. */
function readPath(place: unknown): string[] {
  const parts = Array.isArray(place)
    ? place.slice(0, MAX_PATH + 1).filter((part) => ['string', 'number'].includes(typeof part))
    : typeof place === 'string'
      ? place.slice(0, MAX_PATH * MAX_NAME).split(/[./[\]]+/u)
      : [];
  const names = parts.map(String).filter((part) => part !== '');
  return PARTS_OF_REQUEST.includes(names[0] ?? '') ? names.slice(1) : names;
}
