/** Milliseconds of each unit, the largest first. */
const UNITS = [
  ['year', 365.25 * 86_400_000],
  ['month', 30.44 * 86_400_000],
  ['week', 7 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/**
 * How long ago something was, in words: "2 hours ago", "yesterday", "now". What a server's clock puts into the future is now.
 * @param then milliseconds since the epoch, as `now`
 * @param locale such as `en` or `pt-br`
 */
export function relativeTime(then: number, now: number, locale: string): string {
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const age = Math.max(0, now - then);
  for (const [unit, ms] of UNITS) {
    if (age >= ms) {
      return format.format(-Math.floor(age / ms), unit);
    }
  }
  return format.format(0, 'second');
}
