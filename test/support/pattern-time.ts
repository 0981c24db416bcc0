import { createContext, Script } from 'node:vm';
import { attacksOn, attackText, type Attack } from './pattern-attacks';
import type { SourcePattern } from './patterns';

/** The maximum processor time of one pattern for any text, in milliseconds. */
const MAX_MS = 200;
/** The cost of an empty loop for each match, in milliseconds: the matches are the caller's cost. */
const MATCH_MS = 0.001;
/**
 * The first length tried and its limit in milliseconds, which a pattern with quadratic time exceeds
 * and most others stay far below. A slower pattern is tried with the other lengths, and each
 * pattern with its slowest text.
 */
const FIRST = { length: 4 * 1024, ms: 1 };
const KIB = 1024;
const LENGTHS = [16 * KIB, 64 * KIB, 256 * KIB, KIB * KIB, 4 * KIB * KIB];
/**
 * If a shorter text takes at most this part of the limit, the longest text stays below the limit,
 * as the time is linear.
 */
const EVIDENT = 1 / 2;
/** How often a slow measurement is repeated, because other load also makes it slow. */
const TRIES = 5;
/** A time that no acceptable pattern needs even on a busy computer. */
const HOPELESS_MS = 5 * MAX_MS;
/** A timeout for patterns that never end, in milliseconds of wall-clock time. */
const NEVER_MS = 30_000;

/**
 * Tries a pattern with texts built from it.
 * @param longest UTF-16 units of the longest text
 * @returns a description of the text it is too slow for; undefined for an acceptable pattern
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

/** Matches a whole text like `replace` and `matchAll`, which includes what other calls do. */
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

/**
 * Returns the shortest of several measurements, because other load only adds to the time.
 * @param enough stops the measurements
 */
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

/**
 * Runs a task with a timeout.
 * @throws Error when it has not ended in time
 */
export function orEnd<T>(task: () => T, timeoutMs = NEVER_MS): T {
  return endIfNever.runInContext(createContext({ task }), { timeout: timeoutMs }) as T;
}
