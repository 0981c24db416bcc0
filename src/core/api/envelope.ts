import { I99dashError } from '../errors';
import { isJsonObject, parseJson, type JsonObject } from '../platform/json';
import { t } from '../text/l10n';
import { serverWords } from '../text/sanitizeLine';
import type { HttpResponse } from '../platform/interfaces';
import { readRetryAfter, withRetryTime } from '../http/retryAfter';
import { redact } from '../text/redact';
import { listRefusedFields, refusedFields, type RefusedField } from './refusedFields';

/** Limit for a server's error code, in characters. It is compared by programs and not shown. */
const MAX_SERVER_CODE = 100;

/**
 * Extracts `data` from the envelope `{ success, data, error, meta }`. A bare JSON body counts as
 * data.
 * @param secrets Redacted from error messages. JSON escapes may have hidden them from a search in
 * the raw text.
 * @throws SERVER with `status`, `serverCode` and `fromBackend`
 * @throws PROTOCOL for a response that is not JSON and for any redirect, because redirects are not
 * followed
 */
export function unwrapEnvelope(response: HttpResponse, secrets: readonly string[] = []): unknown {
  const parsed = parseJson(response.text);
  const failed = response.status < 200 || response.status > 299;
  if (isRedirect(response) || (parsed === undefined && response.status < 400)) {
    throw new I99dashError('PROTOCOL', notData(response), { status: response.status });
  }
  if (parsed === undefined) {
    throw serverError(response);
  }
  const body = isJsonObject(parsed.value) ? parsed.value : undefined;
  if (failed || body?.['success'] === false) {
    throw serverError(response, body, secrets);
  }
  return body !== undefined && typeof body['success'] === 'boolean' ? body['data'] : parsed.value;
}

/**
 * Checks the response of a call whose data is not used. Accepts any body that agrees with the
 * status, including an empty one, except a web page, which the API never returns.
 * @throws The errors of {@link unwrapEnvelope}.
 */
export function expectSuccess(response: HttpResponse, secrets: readonly string[] = []): void {
  const succeeded = response.status >= 200 && response.status <= 299;
  const isJson = parseJson(response.text) !== undefined;
  if (!succeeded || isJson || looksLikeMarkup(response)) {
    unwrapEnvelope(response, secrets);
  }
}

/** The content of an error response. */
interface Refusal {
  code: string;
  message: string;
  fields: readonly RefusedField[];
}

function serverError(
  response: HttpResponse,
  body?: JsonObject,
  secrets: readonly string[] = [],
): I99dashError {
  const { code, message, fields } = readRefusal(body, secrets);
  const serverCode = serverWords(code, MAX_SERVER_CODE);
  const listed = listRefusedFields(fields);
  const words = serverWords(
    message === '' || listed === '' ? message || listed : `${message} (${listed})`,
  );
  const retryAfterMs = readRetryAfter(response);
  const said =
    words === ''
      ? t('The backend refused the request (HTTP {0}).', response.status)
      : t('The backend says: {0}', words);
  return new I99dashError('SERVER', withRetryTime(said, retryAfterMs), {
    status: response.status,
    ...(serverCode === '' ? {} : { serverCode }),
    ...(fields.length === 0 ? {} : { fields }),
    ...(body?.['success'] === false ? { fromBackend: true } : {}),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/**
 * Reads an error in the form of the envelope, of OAuth (RFC 6749, 5.2), or of FastAPI's `detail`.
 */
function readRefusal(body: JsonObject = {}, secrets: readonly string[]): Refusal {
  const { error, detail } = body;
  const { code, message } =
    typeof error === 'string'
      ? { code: error, message: body['error_description'] }
      : isJsonObject(error)
        ? error
        : isJsonObject(detail)
          ? detail
          : { message: detail };
  const clean = (value: unknown): string =>
    typeof value === 'string' ? redact(value, secrets) : '';
  return { code: clean(code), message: clean(message), fields: refusedFields(body, clean) };
}

function isRedirect({ status }: HttpResponse): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

function notData(response: HttpResponse): string {
  if (isRedirect(response)) {
    return t(
      'The backend redirects elsewhere (HTTP {0}). Redirects are not followed.',
      response.status,
    );
  }
  return looksLikeMarkup(response)
    ? t('The backend answered with a web page where data belongs. Is its URL right?')
    : t('The backend answered with something that is no JSON.');
}

function looksLikeMarkup({ text }: HttpResponse): boolean {
  return text.trimStart().startsWith('<');
}
