import { parseArgs } from 'node:util';

/** How much use is simulated. */
export interface SoakPlan {
  /** Lives of VS Code's server, one after another, with the same profile. */
  readonly legs: number;
  /** Rounds of use in each life: a publish and what people do around it. */
  readonly roundsPerLeg: number;
  /** Rounds of each life that count as warming up. */
  readonly warmUpRounds: number;
  /** Renewals that each round waits for. */
  readonly renewalsPerRound: number;
  /** With fewer in all the soak has failed. */
  readonly leastRenewals: number;
  /** So often in each round the backend revokes every token, so that the next call has to renew at once. */
  readonly revocationsPerRound: number;
  /** Life of an access token in seconds. The backend counts whole ones, so that a token may live up to one less. */
  readonly tokenLifeSeconds: number;
  /** Every so many rounds the computer sleeps, or the backend goes down: in turn. */
  readonly troubleEvery: number;
  /** Seconds that the extension host stands still when the computer sleeps. */
  readonly sleepSeconds: number;
}

const USAGE = 'usage: npm run soak [-- --compressed|--short|--shortest]';

/** Two hours. */
export const FULL: SoakPlan = {
  legs: 4,
  roundsPerLeg: 52,
  warmUpRounds: 15,
  renewalsPerRound: 3,
  revocationsPerRound: 0,
  leastRenewals: 500,
  tokenLifeSeconds: 18,
  troubleEvery: 4,
  sleepSeconds: 40,
};

/** As much use as in two hours, in about ten minutes. */
export const COMPRESSED: SoakPlan = {
  ...FULL,
  renewalsPerRound: 1, // more happen during a round
  revocationsPerRound: 2,
  tokenLifeSeconds: 3,
  sleepSeconds: 4,
};

/** A few minutes. */
export const SHORT: SoakPlan = {
  ...COMPRESSED,
  legs: 2,
  roundsPerLeg: 24,
  warmUpRounds: 10,
  leastRenewals: 48,
};

/** For every test run: half a minute. */
export const SHORTEST: SoakPlan = {
  ...COMPRESSED,
  legs: 1,
  roundsPerLeg: 10,
  warmUpRounds: 4,
  leastRenewals: 20,
  troubleEvery: 4,
};

/**
 * Reads the command line of the soak.
 * @param args without the executable and the script
 * @throws Error that shows the usage when an argument is unknown
 */
export function parsePlan(args: readonly string[]): SoakPlan {
  const flag = { type: 'boolean', default: false } as const;
  const options = { compressed: flag, short: flag, shortest: flag };
  try {
    const { compressed, short, shortest } = parseArgs({ args: [...args], options }).values;
    return shortest ? SHORTEST : short ? SHORT : compressed ? COMPRESSED : FULL;
  } catch (error) {
    throw new Error(USAGE, { cause: error });
  }
}
