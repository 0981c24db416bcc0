import { plural, t } from '../text/l10n';
import type { HttpResponse } from '../platform/interfaces';

/**
 * Upper limit for `Retry-After`, in milliseconds. A server's mistake must not block a session for
 * days.
 */
const MAX_RETRY_AFTER_MS = 60 * 60 * 1000;

/**
 * Returns the delay of `Retry-After` in milliseconds. Dates are relative to the `Date` of the
 * response, which avoids comparing the server's clock with ours.
 */
export function readRetryAfter({ headers }: Pick<HttpResponse, 'headers'>): number | undefined {
  const date = Date.parse(headers['date'] ?? '');
  return parseRetryAfter(headers['retry-after'], Number.isNaN(date) ? Date.now() : date);
}

/**
 * Appends when to try again to a sentence.
 * @param ms As {@link readRetryAfter} returns it. Nothing is appended for 0.
 */
export function withRetryTime(sentence: string, ms = 0): string {
  if (ms <= 0) {
    return sentence;
  }
  const isEnded = /[\p{STerm}…]$/u.test(sentence); // servers often omit the period
  return t('{0} {1}', isEnded ? sentence : `${sentence}.`, describeRetryTime(ms));
}

function describeRetryTime(ms: number): string {
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
