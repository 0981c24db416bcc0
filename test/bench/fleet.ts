import type { TokenTimes } from '../../src/core/session/refreshPolicy';

const MINUTE = 60_000;

/** A fleet of editors that start together. */
export interface Fleet {
  readonly editors: number;
  readonly hours: number;
  /** The lifetime of a token in milliseconds. */
  readonly tokenLifeMs: number;
  /** The period in which all editors wake, in milliseconds. */
  readonly wakeMs: number;
  /** Returns when a token is refreshed. */
  readonly pickTime: (token: TokenTimes, random: () => number) => number;
  readonly random: () => number;
}

/** The load on the backend. */
export interface FleetLoad {
  /** Tokens minted in each minute since the first editor woke. */
  readonly perMinute: readonly number[];
  /** Tokens per minute after the start period. */
  readonly mean: number;
  /** The maximum number of tokens in a minute after the start period. */
  readonly busiest: number;
  readonly ratio: number;
}

/** Picks a refresh time between 70 and 80 % of the lifetime, for comparison. */
export const pickNarrowTime: Fleet['pickTime'] = ({ mintedAt, expiresAt }, random) =>
  mintedAt + (0.7 + random() * 0.1) * (expiresAt - mintedAt);

/**
 * Counts the tokens that a fleet mints in a day.
 * @param settledMs the length of the start period in milliseconds
 */
export function loadOf(fleet: Fleet, settledMs: number): FleetLoad {
  const { editors, hours, tokenLifeMs, wakeMs, pickTime, random } = fleet;
  const end = hours * 60 * MINUTE;
  const perMinute = new Array<number>(hours * 60).fill(0);
  for (let editor = 0; editor < editors; editor++) {
    for (let mintedAt = random() * wakeMs; mintedAt < end;) {
      const minute = Math.floor(mintedAt / MINUTE);
      perMinute[minute] = (perMinute[minute] ?? 0) + 1;
      const token = { mintedAt, expiresAt: mintedAt + tokenLifeMs };
      mintedAt = pickTime(token, random);
    }
  }
  const settled = perMinute.slice(settledMs / MINUTE);
  const mean = settled.reduce((sum, count) => sum + count, 0) / settled.length;
  const busiest = Math.max(...settled);
  return { perMinute, mean, busiest, ratio: busiest / mean };
}
