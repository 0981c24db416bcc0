import { raceSignal } from '../platform/abort';
import { I99dashError, throwIfCancelled } from '../errors';
import { Emitter } from '../platform/events';
import { accountLabel, type Account, type Identity } from '../identity';
import { t } from '../text/l10n';
import type { Logger } from '../platform/interfaces';
import type { Authenticated } from '../signIn/authenticate';
import type { ActiveSession } from './activeSession';
import { toIdentity } from './sessionState';
import type { SessionStore } from './sessionStore';

/**
 * Confirms that the signed-in account may be replaced by another one.
 * @throws CancelledError, or the error that prevents it
 */
export type ConfirmReplacement = (before: Account, now: Account) => Promise<void>;

/** How a sign-in can be ended, and what it asks. */
export interface SignInOptions {
  signal?: AbortSignal | undefined;
  /** Called before the session of another account is replaced. Without it, that fails. */
  confirm?: ConfirmReplacement | undefined;
}

export interface SignInDeps {
  store: SessionStore;
  logger: Logger;
  /**
   * Returns the current backend.
   * @throws BACKEND_REFUSED
   */
  backendUrl: () => string;
}

/** Runs one sign-in at a time and stores its session. */
export class SignInRunner {
  private attempt: AbortController | undefined;
  private readonly changes = new Emitter<void>();
  readonly onDidChange = this.changes.event;

  constructor(
    private readonly deps: SignInDeps,
    private readonly active: ActiveSession,
  ) {}

  /** Whether a sign-in is in progress. */
  get isRunning(): boolean {
    return this.attempt !== undefined;
  }

  /** Cancels the sign-in in progress, if any: it rejects with `CancelledError`. */
  cancel(): void {
    this.attempt?.abort();
  }

  /** Runs a sign-in. Cancels one in progress. On failure the previous session is kept. */
  async run(
    authenticate: (backendUrl: string, ended: AbortSignal) => Promise<Authenticated>,
    { signal, confirm = refuseReplacement }: SignInOptions,
  ): Promise<Identity> {
    const backendUrl = this.deps.backendUrl();
    this.cancel();
    const attempt = new AbortController();
    this.attempt = attempt;
    const ended = signal === undefined ? attempt.signal : AbortSignal.any([attempt.signal, signal]);
    this.changes.fire();
    try {
      const { minted, profile } = await authenticate(backendUrl, ended);
      throwIfCancelled(ended);
      const before = await this.storedAccount(backendUrl);
      if (before !== undefined && before.devId !== profile.account.devId) {
        await raceSignal(confirm(before, profile.account), ended);
      }
      const sessionId = await this.deps.store.chooseSessionId(backendUrl, profile);
      await this.deps.store.begin(backendUrl, { sessionId, ...profile, ...minted });
      this.attempt = this.attempt === attempt ? undefined : this.attempt;
      this.active.begin(backendUrl, { sessionId, ...profile }, minted);
      this.deps.logger.info(`Signed in to ${backendUrl} (${profile.source}).`);
      return toIdentity({ profile, minted }, backendUrl);
    } finally {
      if (this.attempt === attempt) {
        this.attempt = undefined;
        this.changes.fire();
      }
    }
  }

  /**
   * Returns the account that a sign-in would replace, including one that another window has stored.
   */
  private async storedAccount(backendUrl: string): Promise<Account | undefined> {
    const stored = await this.deps.store.read(backendUrl);
    switch (stored.kind) {
      case 'session':
        return stored.profile.account;
      case 'ended':
        return undefined;
      case 'none':
        return this.active.backendUrl === backendUrl
          ? this.active.current?.profile.account
          : undefined;
    }
  }
}

function refuseReplacement(before: Account): Promise<void> {
  const message = t('{0} is signed in. Sign out first.', accountLabel(before));
  return Promise.reject(new I99dashError('SIGN_IN_REJECTED', message));
}
