import type { I99dashError } from '../errors';
import { Emitter } from '../platform/events';
import type { Account } from '../identity';
import type { Clock } from '../platform/interfaces';
import {
  environmentCredential,
  refusedCredential,
  type EnvironmentCredential,
} from './environmentCredential';
import { toRefreshFailure, RefreshFailures } from './refreshFailures';
import type { SessionState } from './sessionState';

export interface EnvironmentSessionDeps {
  clock: Clock;
  /** From 0 to 1. */
  random: () => number;
}

/** The state of the credential in the environment. Not persisted beyond the window. */
export class EnvironmentSession {
  private known: { token: string; account: Account } | undefined;
  /**
   * `isUsedSince`: the credential has been used since it was rejected, so it may be valid again.
   */
  private refused: { token: string; failure: I99dashError; isUsedSince: boolean } | undefined;
  /** Rejected credentials that the user chose to ignore in this window. */
  private readonly ignored = new Set<string>();
  private readonly troubles: RefreshFailures;
  private readonly changes = new Emitter<void>();
  readonly onDidChange = this.changes.event;

  /**
   * Creates the state.
   * @param variables Variables that may hold a credential, in order of precedence.
   */
  constructor(
    deps: EnvironmentSessionDeps,
    private readonly variables: readonly string[],
  ) {
    this.troubles = new RefreshFailures(deps.clock, deps.random);
  }

  /**
   * Reads the environment each time. Undefined when there is no credential, or only ignored ones.
   */
  get credential(): EnvironmentCredential | undefined {
    return environmentCredential(this.variables, ({ token }) => !this.ignored.has(token));
  }

  get state(): (SessionState & { kind: 'environment' }) | undefined {
    const { credential, known, refused } = this;
    if (credential === undefined) {
      return undefined;
    }
    const { variable, token } = credential;
    return {
      kind: 'environment',
      variable,
      account: known?.token === token ? known.account : undefined,
      ...(refused?.token === token ? { failure: refused.failure } : {}),
    };
  }

  /** Records the account of a credential after the backend has accepted it. */
  recognize({ token }: EnvironmentCredential, account: Account): void {
    this.known = { token, account };
    this.refused = undefined;
    this.troubles.clear();
    this.changes.fire();
  }

  /** Returns the token and records its use. */
  use({ token }: EnvironmentCredential): string {
    if (this.refused?.token === token) {
      this.refused.isUsedSince = true;
    }
    return token;
  }

  /**
   * Records that the backend rejected a credential.
   * @returns The error to throw.
   */
  refuse(credential: EnvironmentCredential): I99dashError {
    const failure = refusedCredential(credential);
    if (this.refused?.token === credential.token) {
      this.refused.isUsedSince = false;
    } else {
      this.refused = { token: credential.token, failure, isUsedSince: false };
      this.changes.fire();
    }
    return failure;
  }

  /** Ignores the rejected credential in this window. */
  ignoreRefused(): void {
    if (this.refused !== undefined) {
      this.ignored.add(this.refused.token);
      this.refused = undefined;
      this.changes.fire();
    }
  }

  /**
   * Fetches the account of the credential in the background. A rejected credential is only tried
   * again after another call has used it.
   * @returns When to run again, in milliseconds since the epoch; undefined when nothing is due.
   */
  async keepKnown(ask: () => Promise<unknown>): Promise<number | undefined> {
    const { state, troubles } = this;
    const isOpen =
      state?.failure === undefined ? state?.account === undefined : this.refused?.isUsedSince;
    if (isOpen === true && !troubles.isWaiting()) {
      await ask().catch((error: unknown) => troubles.recordFailure(toRefreshFailure(error)));
    }
    return this.state?.failure === undefined ? troubles.retryAt : undefined;
  }

  /** See {@link RefreshFailures.resetBackoff}. */
  resetBackoff(reason: { userInitiated?: boolean }): void {
    this.troubles.resetBackoff(reason);
  }
}
