/** A valid input, which is changed in many ways. */
export interface Seed {
  /** What the changes are done to. */
  bytes: Buffer;
  /** The bytes are JSON: values in it are changed, too. */
  json?: true;
  /** Puts the changed bytes into what the parser reads, such as an armour of base64: the parser would see nothing of changes outside. */
  wrap?: (bytes: Buffer) => Buffer;
}

/** What a parser made of an input. */
export type Verdict = 'accepted' | 'refused';

/** A parser and what holds for it whatever it is given. */
export interface Parser {
  name: string;
  /** @param folder an empty one for files; it stays as long as the parser is tried */
  seeds: (folder: string) => readonly Seed[] | Promise<readonly Seed[]>;
  /** Words of its language, which random bytes would hardly ever hit. */
  words: readonly (string | Buffer)[];
  /**
   * Gives the parser an input. Rejects when it does not keep its promises: throws what it does not document, returns what makes no sense,
   * or shows a secret. Time and memory are watched by the caller.
   * @param folder an empty one for files; the same one for every input
   */
  check: (input: Buffer, folder: string) => Verdict | Promise<Verdict>;
  /** Inputs in the unit stage, where the parser is slow or quick. Default 100. */
  runs?: number;
  /** The longest input. Default 100,000. */
  maxBytes?: number;
}

/** A seed that is changed as it stands. */
export function plain(bytes: Buffer | string): Seed {
  return { bytes: Buffer.from(bytes) };
}

/** A seed of JSON. */
export function json(value: unknown, wrap?: Seed['wrap']): Seed {
  const bytes = Buffer.from(JSON.stringify(value, null, 2));
  return { bytes, json: true, ...(wrap === undefined ? {} : { wrap }) };
}
