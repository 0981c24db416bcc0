import { renewalDueAt } from '../../src/core/auth/renewalPolicy';

const MINUTE = 60_000;

/** A fleet of editors that start together. */
export interface Fleet {
  readonly editors: number;
  readonly hours: number;
  /** The life of a token, in milliseconds. */
  readonly tokenLifeMs: number;
  /** All editors wake within this time, in milliseconds. */
  readonly wakeMs: number;
  /** Draws the share of its life after which a token is renewed. */
  readonly drawShare: (random: () => number) => number;
  readonly random: () => number;
}

/** The load on the backend. */
export interface FleetLoad {
  /** Tokens minted in each minute since the first editor woke. */
  readonly perMinute: readonly number[];
  /** Tokens per minute, once the start is over. */
  readonly mean: number;
  /** The most tokens in a minute, once the start is over. */
  readonly busiest: number;
  readonly ratio: number;
}

/**
 * Counts what a fleet mints on a day.
 * @param settledMs what counts as the start, in milliseconds
 */
export function loadOf(fleet: Fleet, settledMs: number): FleetLoad {
  const { editors, hours, tokenLifeMs, wakeMs, drawShare, random } = fleet;
  const end = hours * 60 * MINUTE;
  const perMinute = new Array<number>(hours * 60).fill(0);
  for (let editor = 0; editor < editors; editor++) {
    for (let mintedAt = random() * wakeMs; mintedAt < end;) {
      const minute = Math.floor(mintedAt / MINUTE);
      perMinute[minute] = (perMinute[minute] ?? 0) + 1;
      const token = { mintedAt, expiresAt: mintedAt + tokenLifeMs };
      mintedAt = renewalDueAt(token, drawShare(random));
    }
  }
  const settled = perMinute.slice(settledMs / MINUTE);
  const mean = settled.reduce((sum, count) => sum + count, 0) / settled.length;
  const busiest = Math.max(...settled);
  return { perMinute, mean, busiest, ratio: busiest / mean };
}
