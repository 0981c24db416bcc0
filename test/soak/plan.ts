import { parseArgs } from 'node:util';

/** The amount of simulated use. */
export interface SoakPlan {
  /** The number of consecutive lives of VS Code's server with the same profile. */
  readonly legs: number;
  /** The number of rounds in each life: a publish and typical use around it. */
  readonly roundsPerLeg: number;
  /** The number of rounds of each life that count as warm-up. */
  readonly warmUpRounds: number;
  /** The number of refreshes that each round waits for. */
  readonly renewalsPerRound: number;
  /** The soak fails with fewer refreshes in total. */
  readonly leastRenewals: number;
  /**
   * How often in each round the backend revokes every token, so that the next call must refresh at
   * once.
   */
  readonly revocationsPerRound: number;
  /**
   * The lifetime of an access token in seconds. The backend rounds to whole seconds, so a token may
   * live up to one second less.
   */
  readonly tokenLifeSeconds: number;
  /**
   * The interval of rounds after which, alternately, the computer sleeps or the backend goes down.
   */
  readonly troubleEvery: number;
  /** How many seconds the extension host is suspended when the computer sleeps. */
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

/** As much use as in two hours within about ten minutes. */
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

/** Half a minute, for every test run. */
export const SHORTEST: SoakPlan = {
  ...COMPRESSED,
  legs: 1,
  roundsPerLeg: 10,
  warmUpRounds: 4,
  leastRenewals: 20,
  troubleEvery: 4,
};

/**
 * Parses the command line of the soak.
 * @param args without the executable and the script
 * @throws Error with the usage when an argument is unknown
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
