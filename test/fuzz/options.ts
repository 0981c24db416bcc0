import { parseArgs } from 'node:util';

/** What `test/fuzz/main.ts` was asked for. */
export interface FuzzOptions {
  minutes: number;
  seed: number;
  /** Names of parsers, with commas between: these only. */
  parser?: string;
  /** A file with the one input to try. */
  input?: string;
}

/** Reads the command line of `test/fuzz/main.ts`. @throws Error that says what is wrong */
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

/** The seed that a text names, and any seed where it names none. @throws Error when it is no whole number */
export function seedFrom(text: string | undefined): number {
  const seed = text === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(text);
  if (!Number.isInteger(seed)) throw new Error('the seed is a whole number');
  return seed;
}
