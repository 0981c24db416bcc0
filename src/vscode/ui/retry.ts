/** Goes on where something failed, with what the user has answered already. */
export interface Retry {
  run: () => Promise<unknown>;
  /** Forgets the answers: the user does not want to retry. */
  abandon: () => void;
}

/** How long an answer that is a secret is kept for a retry, in milliseconds. */
const KEEP_MS = 10 * 60_000;

const retries = new WeakMap<Error, Retry>();

/** Says how a failure is retried. Without this, *Try Again* runs the whole command again. */
export function setRetry(error: unknown, retry: Retry): void {
  if (error instanceof Error) {
    retries.set(error, retry);
  }
}

/** How a failure is retried where it happened; undefined where the command has to run again. */
export function getRetry(error: unknown): Retry | undefined {
  return error instanceof Error ? retries.get(error) : undefined;
}

/** Lets a retry be followed by what the failure has kept from happening. */
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
 * A secret in memory, such as an unlocked key, until it is dropped or too old. There is one at
 * most.
 */
export class KeptSecret<T> {
  private readonly timer: NodeJS.Timeout;

  constructor(private secret: T | undefined) {
    dropKeptSecret();
    dropLast = () => this.drop();
    this.timer = setTimeout(() => this.drop(), KEEP_MS);
  }

  /** @returns undefined when it has been dropped */
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

/** Forgets the secret that is kept: the user does something else. */
export function dropKeptSecret(): void {
  dropLast();
  dropLast = () => undefined;
}
