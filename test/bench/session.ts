import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pickRefreshTime } from '../../src/core/session/refreshPolicy';
import { seededRandom } from '../support/random';
import { generateTestKey } from '../support/ssh-key';
import { startBackendProcess } from './backend-process';
import { loadOf, pickNarrowTime } from './fleet';
import { type LatencySamples, measureLatency } from './latency';
import { formatTable, quantile } from './table';

const EDITORS = 100_000;
const MINUTE = 60_000;
/** The maximum ratio of the busiest minute to the mean. */
const MAX_RATIO = 1.3;
const ROUNDS = 300;
/** Medians, in milliseconds. */
const MAX_SIGN_IN_BEYOND = 60;
const MAX_WHO_AM_I = 15;

/**
 * Prints the tokens that a fleet of editors mints.
 * @returns whether the load is even enough
 */
export function benchFleet(): boolean {
  const ways = { 'as built: 35–80 %': pickRefreshTime, 'narrow: 70–80 %': pickNarrowTime };
  const loads = Object.entries(ways).map(([title, pickTime]) => {
    const shape = { hours: 8, tokenLifeMs: 15 * MINUTE, wakeMs: MINUTE };
    const fleet = { ...shape, editors: EDITORS, pickTime, random: seededRandom(1) };
    return { title, load: loadOf(fleet, 30 * MINUTE) };
  });
  console.log(`\n${EDITORS} editors that wake at 9:00 within a minute: mints per minute from 9:30`);
  console.log(
    formatTable(
      ['renewed after a share', 'mean', 'busiest', 'ratio'],
      loads.map(({ title, load: { mean, busiest, ratio } }) => [
        title,
        ...[mean.toFixed(0), String(busiest), ratio.toFixed(2)],
      ]),
    ),
  );
  const ratio = loads[0]?.load.ratio ?? Infinity;
  return told(ratio <= MAX_RATIO, `busiest minute at most ${MAX_RATIO} times the mean`);
}

/**
 * Prints the durations of sign-in, refresh and whoAmI.
 * @returns whether they are fast enough
 */
export async function benchLatency(): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'i99dash-bench-'));
  try {
    const key = await generateTestKey({ folder });
    const backend = await startBackendProcess(key.publicKeyPath);
    try {
      return printLatency(await measureLatency(backend.url, key.path, ROUNDS));
    } finally {
      await backend.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function printLatency(samples: LatencySamples): boolean {
  const { signIn, renewal, whoAmI, bareSignIn, bareWhoAmI } = samples;
  const rows = [
    rowOf('sign-in: key file, challenge, verify, me', signIn, bareSignIn),
    rowOf('renewal: key file, challenge, verify', renewal, bareSignIn),
    rowOf('whoAmI on a live token', whoAmI, bareWhoAmI),
    rowOf('bare challenge and verify', bareSignIn),
    rowOf('bare me', bareWhoAmI),
  ];
  console.log(`\nOver loopback, ${ROUNDS} rounds, in milliseconds`);
  console.log(formatTable(['', 'median', 'p95', 'beyond the round trips', 'ratio'], rows));
  const beyond = quantile(signIn, 0.5) - quantile(bareSignIn, 0.5);
  const fine = [
    told(
      beyond < MAX_SIGN_IN_BEYOND,
      `sign-in less than ${MAX_SIGN_IN_BEYOND} ms beyond its two round trips`,
    ),
    told(quantile(whoAmI, 0.5) < MAX_WHO_AM_I, `whoAmI in less than ${MAX_WHO_AM_I} ms`),
  ];
  return fine.every(Boolean);
}

function rowOf(title: string, samples: number[], bare?: number[]): string[] {
  const median = quantile(samples, 0.5);
  const cells = [title, median.toFixed(2), quantile(samples, 0.95).toFixed(2)];
  if (bare === undefined) return cells;
  const bareMedian = quantile(bare, 0.5);
  return [...cells, (median - bareMedian).toFixed(2), (median / bareMedian).toFixed(2)];
}

function told(fine: boolean, target: string): boolean {
  console.log(`${fine ? 'met' : 'MISSED'}: ${target}`);
  return fine;
}
