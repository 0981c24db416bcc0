/** Continues a failed action where it failed, with the answers that the user has already given. */
export interface Retry {
  run: () => Promise<unknown>;
  /** Discards the answers, because the user does not want to retry. */
  abandon: () => void;
}

/** How long a secret answer is kept for a retry, in milliseconds. */
const KEEP_MS = 10 * 60_000;

const retries = new WeakMap<Error, Retry>();

/** Sets how an error is retried. Without this, *Try Again* runs the whole command again. */
export function setRetry(error: unknown, retry: Retry): void {
  if (error instanceof Error) {
    retries.set(error, retry);
  }
}

/** Returns the retry of an error, or undefined if the whole command has to run again. */
export function getRetry(error: unknown): Retry | undefined {
  return error instanceof Error ? retries.get(error) : undefined;
}

/** Makes a successful retry continue with the steps that the error prevented. */
export function continueAfterRetry(error: unknown, next: () => Promise<unknown>): void {
  const retry = getRetry(error);
  if (retry !== undefined) {
    const run = async (): Promise<unknown> => {
      await retry.run().catch((again: unknown) => {
        continueAfterRetry(again, next);
        throw again;
      });
      return next();
    };
    setRetry(error, { ...retry, run });
  }
}

/**
 * A secret in memory, such as an unlocked key, which is kept until it is dropped or expires. At
 * most one exists at a time.
 */
export class KeptSecret<T> {
  private readonly timer: NodeJS.Timeout;

  constructor(private secret: T | undefined) {
    dropKeptSecret();
    dropLast = () => this.drop();
    this.timer = setTimeout(() => this.drop(), KEEP_MS);
  }

  /**
   * Returns the secret and drops it.
   * @returns Undefined if it has already been dropped.
   */
  take(): T | undefined {
    const { secret } = this;
    this.drop();
    return secret;
  }

  drop(): void {
    clearTimeout(this.timer);
    this.secret = undefined;
  }
}

let dropLast = (): void => undefined;

/** Drops the kept secret, because the user has started something else. */
export function dropKeptSecret(): void {
  dropLast();
  dropLast = () => undefined;
}
