import { type BackendRequest, type BackendResponse, HttpError } from './exchange';

export type JsonObject = Record<string, unknown>;

/** Builds a bare JSON response, as the OAuth endpoints send. */
export function json(status: number, value: unknown, headers: Record<string, string> = {}) {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
  } satisfies BackendResponse;
}

/** Builds a success envelope around `data`. */
export function ok(request: { readonly id: string }, data: unknown, status = 200): BackendResponse {
  return json(status, { success: true, data, error: null, meta: { requestId: request.id } });
}

/** Builds an error envelope. */
export function fail(request: { readonly id: string }, error: HttpError): BackendResponse {
  const { status, code, message, headers } = error;
  const meta = { requestId: request.id };
  return json(status, { success: false, data: null, error: { code, message }, meta }, headers);
}

/** Creates the 400 error for every malformed request. */
export function invalid(message: string): HttpError {
  return new HttpError(400, 'VALIDATION_ERROR', message);
}

function hasMediaType(request: BackendRequest, type: string): boolean {
  return request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() === type;
}

/**
 * Parses the body as a JSON object.
 * @throws HttpError 415 for another media type, 400 for anything else
 */
export function readJson(request: BackendRequest): JsonObject {
  if (!hasMediaType(request, 'application/json')) {
    throw new HttpError(415, 'UNSUPPORTED_MEDIA_TYPE', 'expected application/json');
  }
  const value = parseJson(request.body);
  if (!isObject(value)) throw invalid('the body is not a JSON object');
  return value;
}

/** Parses the body as an HTML form; undefined for another media type. */
export function readForm(request: BackendRequest): URLSearchParams | undefined {
  if (!hasMediaType(request, 'application/x-www-form-urlencoded')) return undefined;
  return new URLSearchParams(request.body.toString('utf8'));
}

/** Parses bytes as JSON; undefined when they are not JSON. */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Checks for a JSON object: false for arrays, null and scalars. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads a text field of 1 to `max` characters after trimming.
 * @throws HttpError 400
 */
export function textField(body: JsonObject, name: string, max = 4096): string {
  const value = body[name];
  if (typeof value !== 'string' || value.trim() === '') throw invalid(`${name} must be a text`);
  if (value.length > max) throw invalid(`${name} must have at most ${max} characters`);
  return value;
}

/**
 * Reads an optional text field.
 * @throws HttpError 400
 */
export function optionalTextField(body: JsonObject, name: string, max?: number) {
  return body[name] === undefined ? undefined : textField(body, name, max);
}

/**
 * Reads an optional field that must be one of `choices`.
 * @throws HttpError 400
 */
export function choiceField<T extends string>(
  body: JsonObject,
  name: string,
  choices: readonly T[],
): T | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) throw invalid(`${name} must be one of ${choices.join(', ')}`);
  return choice;
}
