import { createContext, Script } from 'node:vm';
import { attacksOn, attackText, type Attack } from './pattern-attacks';
import type { SourcePattern } from './patterns';

/** What one pattern may take with any text, in milliseconds of the processor's time. */
const MAX_MS = 200;
/** What an empty loop takes for each match, in milliseconds: matches are the caller's. */
const MATCH_MS = 0.001;
/**
 * A pattern whose time grows with the square of a text takes more with the first length, in milliseconds, and most others far less. What
 * takes more is tried with the other lengths, and each pattern with its slowest text.
 */
const FIRST = { length: 4 * 1024, ms: 1 };
const KIB = 1024;
const LENGTHS = [16 * KIB, 64 * KIB, 256 * KIB, KIB * KIB, 4 * KIB * KIB];
/** Where so little of the limit is taken with a shorter text, the longest takes less than the limit: the time grows as the text does. */
const EVIDENT = 1 / 2;
/** On a busy computer only what takes long so many times does. */
const TRIES = 5;
/** No busy computer makes a fit pattern take so long. */
const HOPELESS_MS = 5 * MAX_MS;
/** What takes all this time never ends, in milliseconds of the clock. */
const NEVER_MS = 30_000;

/**
 * Tries a pattern with texts made of itself.
 * @param longest UTF-16 units of the longest text
 * @returns what it takes too long for, in words; undefined for a pattern that is fit
 */
export function slowness(pattern: SourcePattern, longest = Infinity): string | undefined {
  const expression = new RegExp(pattern.source, repeating(pattern.flags));
  let slowest: { attack: Attack; ms: number } | undefined;
  for (const attack of attacksOn(pattern)) {
    const text = attackText(attack, Math.min(FIRST.length, longest));
    const { ms } = measure(expression, text, FIRST.ms);
    if (slowest === undefined || ms > slowest.ms) slowest = { attack, ms };
    const found = ms > FIRST.ms ? growth(expression, attack, longest) : undefined;
    if (found !== undefined) return found;
  }
  return slowest && growth(expression, slowest.attack, longest);
}

/** As `replace` and `matchAll` go through a whole text: what other calls do is the beginning of it. */
function repeating(flags: string): string {
  return flags.includes('g') || flags.includes('y') ? flags : `${flags}g`;
}

function growth(pattern: RegExp, attack: Attack, longest: number): string | undefined {
  const last = Math.min(longest, LENGTHS.at(-1) ?? 0);
  for (const length of [...LENGTHS.filter((each) => each < last), last]) {
    const share = (MAX_MS * length) / last;
    const { ms, matchMs } = measure(pattern, attackText(attack, length), share * EVIDENT);
    if (ms > MAX_MS + matchMs) {
      const { before, unit, after } = attack;
      const shown = [before, unit, after].map((part) => JSON.stringify(part)).join(', ');
      return `${Math.round(ms)} ms for ${length} characters of ${shown}`;
    }
    if (length >= 256 * KIB && ms <= (share + matchMs) * EVIDENT) return undefined;
  }
  return undefined;
}

/** The shortest of some tries: what else the computer does is not the pattern's. @param enough ends the tries */
function measure(pattern: RegExp, text: string, enough: number): { ms: number; matchMs: number } {
  let best = { ms: Infinity, matchMs: 0 };
  for (let count = 0; count < TRIES && best.ms > enough + best.matchMs * EVIDENT; count++) {
    const before = process.cpuUsage();
    const matches = countMatches(pattern, text);
    const { user, system } = process.cpuUsage(before);
    const ms = (user + system) / 1_000;
    if (ms < best.ms) best = { ms, matchMs: matches * MATCH_MS };
    if (ms > HOPELESS_MS + best.matchMs) break;
  }
  return best;
}

function countMatches(pattern: RegExp, text: string): number {
  let matches = 0;
  let end = 0;
  pattern.lastIndex = 0;
  while (pattern.test(text)) {
    matches++;
    if (pattern.lastIndex === end) pattern.lastIndex++;
    end = pattern.lastIndex;
  }
  return matches;
}

const endIfNever = new Script('task()');

/** Runs a task that may never end. @throws Error when it has not ended in time */
export function orEnd<T>(task: () => T, timeoutMs = NEVER_MS): T {
  return endIfNever.runInContext(createContext({ task }), { timeout: timeoutMs }) as T;
}
