/** A valid input to mutate. */
export interface Seed {
  /** The bytes to mutate. */
  bytes: Buffer;
  /** The bytes are JSON, so its values are mutated too. */
  json?: true;
  /**
   * Wraps the mutated bytes, for example in base64 armor. Without it the parser would reject most
   * mutations before it reads the content.
   */
  wrap?: (bytes: Buffer) => Buffer;
}

/** The result of a parser for an input. */
export type Verdict = 'accepted' | 'refused';

/** A parser and the promises it keeps for any input. */
export interface Parser {
  name: string;
  /** @param folder an empty folder for files, which exists as long as the parser is tested */
  seeds: (folder: string) => readonly Seed[] | Promise<readonly Seed[]>;
  /** Words of the language, which random bytes would hardly ever contain. */
  words: readonly (string | Buffer)[];
  /**
   * Runs the parser on an input. Rejects when the parser breaks its promises: it throws an
   * undocumented error, returns an invalid result, or shows a secret. The caller limits time and
   * memory.
   * @param folder an empty folder for files, the same one for every input
   */
  check: (input: Buffer, folder: string) => Verdict | Promise<Verdict>;
  /** The number of inputs in the unit tests, for slow or fast parsers. Default 100. */
  runs?: number;
  /** The size limit of an input. Default 100,000. */
  maxBytes?: number;
}

/** A seed without structure. */
export function plain(bytes: Buffer | string): Seed {
  return { bytes: Buffer.from(bytes) };
}

/** A JSON seed. */
export function json(value: unknown, wrap?: Seed['wrap']): Seed {
  const bytes = Buffer.from(JSON.stringify(value, null, 2));
  return { bytes, json: true, ...(wrap === undefined ? {} : { wrap }) };
}
