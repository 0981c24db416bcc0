import { localization } from '../text/l10n';
import { shorten, UNSAFE_CHARS, UNSAFE_CHARS_BUT_ISOLATES } from '../text/sanitizeLine';
import type { Logger } from './interfaces';

/** Limit for one entry, in UTF-16 units. */
const MAX_LOG_ENTRY = 4_000;

/**
 * Wraps a logger so that each entry is a single line, which prevents log injection. Control,
 * invisible and bidi characters are written as JavaScript escapes. Entries that are too long lose
 * their middle.
 */
export function lineLogger(logger: Logger): Logger {
  return {
    debug: (message) => logger.debug(visible(message)),
    info: (message) => logger.info(visible(message)),
    warn: (message) => logger.warn(visible(message)),
    error: (message) => logger.error(visible(message)),
  };
}

function visible(text: string): string {
  const unfit = localization() === undefined ? UNSAFE_CHARS : UNSAFE_CHARS_BUT_ISOLATES;
  return shorten(text, MAX_LOG_ENTRY).replace(unfit, (run) => Array.from(run, escape).join(''));
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escape(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  return (
    SHORT_ESCAPES[character] ?? (hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`)
  );
}
