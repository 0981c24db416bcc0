import { I99dashError } from '../errors';
import { Emitter } from '../platform/events';
import type { Account } from '../identity';
import { t } from '../text/l10n';
import type { ActiveSessionDeps } from './activeSession';
import { isWaiting, toRefreshFailure, withoutBackoff, type RefreshFailure } from './refreshPolicy';
import type { SessionState } from './sessionState';

/**
 * A credential from the environment. It takes precedence over everything stored and is never
 * written.
 */
export interface EnvironmentCredential {
  variable: string;
  token: string;
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
  /** Why the account could not be fetched. */
  private failure: RefreshFailure | undefined;
  private readonly changes = new Emitter<void>();
  readonly onDidChange = this.changes.event;

  /**
   * Creates the state.
   * @param variables Variables that may hold a credential, in order of precedence.
   */
  constructor(
    private readonly deps: Pick<ActiveSessionDeps, 'clock' | 'random'>,
    private readonly variables: readonly string[],
  ) {}

  /**
   * Reads the environment each time. Undefined when there is no credential, or only ignored ones.
   */
  get credential(): EnvironmentCredential | undefined {
    return this.variables
      .map((variable) => ({ variable, token: process.env[variable]?.trim() ?? '' }))
      .find(({ token }) => token !== '' && !this.ignored.has(token));
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
    this.failure = undefined;
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
  async checkNow(ask: () => Promise<unknown>): Promise<number | undefined> {
    const { state } = this;
    const { clock, random } = this.deps;
    const isOpen =
      state?.failure === undefined ? state?.account === undefined : this.refused?.isUsedSince;
    if (isOpen === true && !isWaiting(this.failure, clock.now())) {
      await ask().catch((error: unknown) => {
        this.failure = toRefreshFailure(error, this.failure, { now: clock.now(), random });
      });
    }
    const { failure } = this;
    const isDue = this.state?.failure === undefined && isWaiting(failure, clock.now());
    return isDue ? failure.retryAt : undefined;
  }

  /** Ends the backoff: see {@link withoutBackoff}. */
  resetBackoff(reason: { userInitiated?: boolean }): void {
    this.failure = withoutBackoff(this.failure, reason);
  }
}

/** Creates the error NOT_SIGNED_IN for a credential of the environment that the backend rejects. */
function refusedCredential({ variable }: EnvironmentCredential): I99dashError {
  return new I99dashError(
    'NOT_SIGNED_IN',
    t(
      'The backend does not accept the credential in the environment variable {0}. Replace it, or unset it, where VS Code is started.',
      variable,
    ),
    { variable },
  );
}
