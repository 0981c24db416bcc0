import { I99dashError } from '../errors';
import { isJsonObject, parseJson, type JsonObject } from '../platform/json';
import { plural, t } from '../text/l10n';
import { serverWords } from '../text/sanitizeLine';
import type { HttpResponse } from '../platform/interfaces';
import { redact } from '../text/redact';
import { listRefusedFields, refusedFields, type RefusedField } from './refusedFields';

/** Limit for a server's error code, in characters. It is compared by programs and not shown. */
const MAX_SERVER_CODE = 100;
/**
 * Upper limit for `Retry-After`, in milliseconds. A server's mistake must not block a session for
 * days.
 */
const MAX_RETRY_AFTER_MS = 60 * 60 * 1000;

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
  const retryAfterMs = retryAfter(response);
  const said =
    words === ''
      ? t('The backend refused the request (HTTP {0}).', response.status)
      : t('The backend says: {0}', words);
  return new I99dashError('SERVER', withComeBack(said, retryAfterMs), {
    status: response.status,
    ...(serverCode === '' ? {} : { serverCode }),
    ...(fields.length === 0 ? {} : { fields }),
    ...(body?.['success'] === false ? { fromBackend: true } : {}),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/**
 * Returns the delay of `Retry-After` in milliseconds. Dates are relative to the `Date` of the
 * response, which avoids comparing the server's clock with ours.
 */
export function retryAfter({ headers }: Pick<HttpResponse, 'headers'>): number | undefined {
  const date = Date.parse(headers['date'] ?? '');
  return parseRetryAfter(headers['retry-after'], Number.isNaN(date) ? Date.now() : date);
}

/**
 * Appends when to try again to a sentence.
 * @param ms As {@link retryAfter} returns it. Nothing is appended for 0.
 */
export function withComeBack(sentence: string, ms = 0): string {
  if (ms <= 0) {
    return sentence;
  }
  const isEnded = /[\p{STerm}…]$/u.test(sentence); // servers often omit the period
  return t('{0} {1}', isEnded ? sentence : `${sentence}.`, comeBack(ms));
}

function comeBack(ms: number): string {
  if (ms >= MAX_RETRY_AFTER_MS) {
    return t('Try again in an hour or later.');
  }
  const seconds = Math.ceil(ms / 1000);
  return seconds > 90
    ? plural(Math.ceil(seconds / 60), {
        one: 'Try again in {0} minute.',
        other: 'Try again in {0} minutes.',
      })
    : plural(seconds, { one: 'Try again in {0} second.', other: 'Try again in {0} seconds.' });
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

/**
 * Parses `Retry-After` (seconds or HTTP date). Returns milliseconds from now, at most an hour, or
 * undefined when it is missing or invalid. The longest of several values wins.
 */
export function parseRetryAfter(value: string | undefined, now = Date.now()): number | undefined {
  // The comma after a weekday belongs to the date.
  const values = value?.match(/[A-Za-z]{3,9},[^,]*|[^,]+/gu) ?? [];
  const waits = values.map((each) => parseWait(each.trim(), now)).filter((ms) => ms !== undefined);
  const longest = waits.reduce((one, other) => Math.max(one, other), 0);
  return waits.length === 0 ? undefined : Math.min(longest, MAX_RETRY_AFTER_MS);
}

function parseWait(value: string, now: number): number | undefined {
  if (/^\d+$/u.test(value)) {
    return Number(value) * 1000;
  }
  // Date.parse accepts almost anything, even "-5". An HTTP date begins with a weekday.
  const date = /^[A-Z][a-z]{2,8},? /u.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
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
