import { parseArgs } from 'node:util';

/** The options of `test/fuzz/main.ts`. */
export interface FuzzOptions {
  minutes: number;
  seed: number;
  /** Names of the parsers to run, separated by commas. */
  parser?: string;
  /** A file with the only input to try. */
  input?: string;
}

/**
 * Parses the command line of `test/fuzz/main.ts`.
 * @throws Error if the command line is invalid
 */
export function parseFuzzOptions(args: readonly string[]): FuzzOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { minutes: text, seed: text, parser: text, input: text },
  });
  const minutes = Number(values.minutes ?? 1);
  if (!(minutes > 0)) throw new Error('--minutes is a number above 0');
  const { parser, input } = values;
  if (input !== undefined && parser === undefined) throw new Error('--input needs its --parser');
  return {
    minutes,
    seed: seedFrom(values.seed),
    ...(parser === undefined ? {} : { parser }),
    ...(input === undefined ? {} : { input }),
  };
}

/**
 * Returns the seed in a text, or a random seed if the text is undefined.
 * @throws Error if the text is not an integer
 */
export function seedFrom(text: string | undefined): number {
  const seed = text === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(text);
  if (!Number.isInteger(seed)) throw new Error('the seed is a whole number');
  return seed;
}
