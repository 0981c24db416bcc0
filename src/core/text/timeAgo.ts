const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Largest first: the largest unit that fits is used. */
const TIME_UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * DAY],
  ['month', 30 * DAY],
  ['week', 7 * DAY],
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
];

/**
 * Formats the time since an event: `2 hours ago`, `yesterday`, `now`. Future times, from a wrong
 * clock, count as now.
 * @param then Milliseconds since the epoch, like `now`.
 * @param language BCP 47.
 */
export function timeAgo(then: number, now: number, language: string): string {
  const format = new Intl.RelativeTimeFormat(languageOrEnglish(language), { numeric: 'auto' });
  const age = Math.max(0, now - then);
  const [unit, length] = TIME_UNITS.find(([, each]) => age >= each) ?? ['second', SECOND];
  return unit === 'second'
    ? format.format(0, unit)
    : format.format(-Math.floor(age / length), unit);
}

/** Formats the exact date and time, for tooltips. */
export function exactTime(then: number, language: string): string {
  return new Date(then).toLocaleString(languageOrEnglish(language), {
    dateStyle: 'full',
    timeStyle: 'short',
  });
}

function languageOrEnglish(language: string): string {
  try {
    return Intl.getCanonicalLocales(language)[0] ?? 'en';
  } catch {
    return 'en';
  }
}
