import { raceSignal } from '../platform/abort';
import { ApiClient } from '../api/client';
import { fetchAccount } from '../api/account';
import { describeError, I99dashError, throwIfCancelled } from '../errors';
import { Emitter } from '../platform/events';
import { accountLabel, type Account, type Identity } from '../identity';
import { t } from '../text/l10n';
import type { Signer, TokenRequest, TokenSource } from '../platform/interfaces';
import type { Realm } from '../realm';
import {
  authenticateWithKey,
  authenticateWithToken,
  type Authenticated,
  type KeyOrigin,
} from '../signIn/authenticate';
import { NO_EXPIRY } from '../signIn/accessToken';
import type { DeviceCodePrompt } from '../signIn/deviceCode';
import { EnvironmentSession } from './environmentSession';
import { ActiveSession, type HeldSessionDeps } from './activeSession';
import { retryUntilRegistered, type RegistrationWait } from '../signIn/waitForRegistration';
import { RefreshFailures } from './refreshFailures';
import type { SessionProfile, SessionRecord } from './sessionRecord';
import { SessionRefresh, type SessionRenewalDeps } from './sessionRefresh';
import type { SignedInSession, SessionState } from './sessionState';

export interface SessionDeps extends HeldSessionDeps, SessionRenewalDeps {
  realm: Realm;
  /**
   * Returns the current backend.
   * @throws BACKEND_REFUSED
   */
  backendUrl: () => string;
}

/**
 * Confirms that the signed-in account may be replaced by another one.
 * @throws CancelledError, or the error that prevents it
 */
export type ConfirmReplacement = (before: Account, now: Account) => Promise<void>;

/** The session with the current backend, and its token. */
export class Session implements TokenSource {
  private readonly activeSession: ActiveSession;
  private readonly renewal: SessionRefresh;
  private readonly failures: RefreshFailures;
  /** The sign-in in progress. */
  private attempt: AbortController | undefined;
  private readonly environment: EnvironmentSession;
  private readonly changes: Emitter<SessionState>;

  constructor(private readonly deps: SessionDeps) {
    this.failures = new RefreshFailures(deps.clock, deps.random);
    this.activeSession = new ActiveSession(deps, this.failures);
    this.renewal = new SessionRefresh(deps, this.activeSession, this.failures);
    this.environment = new EnvironmentSession(deps, deps.realm.environment.credentials);
    this.changes = new Emitter((error) =>
      deps.logger.error(`A session listener failed: ${describeError(error)}`),
    );
    this.activeSession.onDidChange(() => this.changes.fire(this.state));
    this.environment.onDidChange(() => this.changes.fire(this.state));
  }

  get realm(): Realm {
    return this.deps.realm;
  }

  /**
   * The current backend.
   * @throws BACKEND_REFUSED
   */
  get backendUrl(): string {
    return this.deps.backendUrl();
  }

  get onDidChange(): Emitter<SessionState>['event'] {
    return this.changes.event;
  }

  get state(): SessionState {
    const settled = this.activeSession.state;
    return (
      this.environment.state ??
      (this.attempt === undefined ? settled : { kind: 'signingIn', settled })
    );
  }

  /**
   * The stored session, also during a sign-in or while a credential of the environment takes
   * precedence.
   */
  get stored(): SignedInSession | undefined {
    return this.activeSession.signedIn;
  }

  /** Loads the stored state for the current backend. No network, no prompt. */
  async restore(): Promise<void> {
    const backendUrl = this.deps.backendUrl();
    const stored = await this.deps.store.read(backendUrl);
    if (this.attempt === undefined && backendUrl === this.deps.backendUrl()) {
      this.activeSession.switchBackend(backendUrl);
      this.activeSession.mergeStored(stored);
    }
  }

  /**
   * Signs in with an opened key. On failure the previous session is kept.
   * @param origin.keep Whether the key stays unlocked in this window, because it asked for a
   * passphrase.
   * @param confirm Called before the session of another account is replaced. Without it, that
   * fails.
   * @param wait Waits until the backend knows a key that is being registered.
   * @throws The errors of {@link authenticateWithKey}.
   */
  async signInWithKey(
    signer: Signer,
    origin: KeyOrigin & { keep?: boolean },
    signal?: AbortSignal,
    confirm?: ConfirmReplacement,
    wait?: RegistrationWait,
  ): Promise<Identity> {
    const { clock, signatures } = this.deps;
    const attempt = (backendUrl: string, ended: AbortSignal): Promise<Authenticated> =>
      signatures.ask(signer, { interactive: true, signal: ended }, (watched) =>
        authenticateWithKey(this.deps, backendUrl, watched, origin, ended),
      );
    const identity = await this.signIn(
      (backendUrl, ended) =>
        wait === undefined
          ? attempt(backendUrl, ended)
          : retryUntilRegistered(() => attempt(backendUrl, ended), { clock, wait, signal: ended }),
      signal,
      confirm,
    );
    if (origin.keep === true) {
      this.deps.signers.cache(signer);
    }
    return identity;
  }

  /**
   * Signs in with a token issued elsewhere, which cannot be refreshed.
   * @throws The errors of {@link authenticateWithToken}.
   */
  async signInWithToken(
    token: string,
    signal?: AbortSignal,
    confirm?: ConfirmReplacement,
  ): Promise<Identity> {
    return this.signIn(
      (backendUrl, ended) => authenticateWithToken(this.deps, backendUrl, token, ended),
      signal,
      confirm,
    );
  }

  /**
   * Signs in with a device code and receives an API key, which cannot be refreshed. On failure the
   * previous session is kept.
   * @param prompt Called once, when there is a code to show.
   * @throws DEVICE_CODE_UNSUPPORTED and the errors of `authenticateWithDeviceCode`
   */
  async signInWithDeviceCode(
    prompt: (prompt: DeviceCodePrompt) => void,
    signal?: AbortSignal,
    confirm?: ConfirmReplacement,
  ): Promise<Identity> {
    const { authenticateWithDeviceCode, unsupported } = await import('../signIn/deviceCode');
    const clientId = this.deps.realm.deviceClientId;
    if (clientId === undefined) {
      throw unsupported();
    }
    return this.signIn(
      (backendUrl, ended) =>
        authenticateWithDeviceCode(this.deps, backendUrl, { clientId, prompt }, ended),
      signal,
      confirm,
    );
  }

  /** Cancels the sign-in in progress, if any: it rejects with `CancelledError`. */
  cancelSignIn(): void {
    this.attempt?.abort();
  }

  /** Ignores a rejected credential of the environment in this window. */
  ignoreRefusedEnvironment(): void {
    this.environment.ignoreRefused();
  }

  /**
   * Unlocks the session's key for this window.
   * @throws KEY_NOT_FOUND when the key is a different one
   */
  unlock(signer: Signer): void {
    if (signer.fingerprint !== this.stored?.profile.fingerprint) {
      throw new I99dashError('KEY_NOT_FOUND', t('This is not the key you signed in with.'));
    }
    this.deps.signers.cache(signer);
    this.failures.clear(); // the key works now
  }

  /**
   * Deletes the token, the path of the key and the unlocked keys. Works offline.
   * @returns false when this could not be stored: the session has ended, but the token may still be
   * on this computer
   */
  async signOut(): Promise<boolean> {
    this.deps.signers.clear();
    const backendUrl = this.deps.backendUrl();
    this.activeSession.switchBackend(backendUrl);
    try {
      await this.deps.store.end(backendUrl, this.stored?.profile.sessionId);
      return true;
    } catch (error) {
      this.deps.logger.warn(`The end of a session was not stored: ${describeError(error)}`);
      return false;
    } finally {
      this.activeSession.end();
    }
  }

  /**
   * Returns the cached identity.
   * @throws NOT_SIGNED_IN
   */
  identity(): Identity {
    const { state } = this;
    const backendUrl = this.deps.backendUrl();
    if (state.kind !== 'environment') {
      return toIdentity(this.activeSession.require(), backendUrl);
    }
    if (state.account === undefined) {
      const message = t('The account of {0} is not known yet.', state.variable);
      throw new I99dashError('NOT_SIGNED_IN', message);
    }
    return { ...state.account, source: 'environment', backendUrl };
  }

  /**
   * Fetches the account of the current credential. A session whose key now belongs to another
   * account is rejected.
   * @param options.tokens Token source, if not the session itself.
   * @throws KEY_REJECTED and the errors of the API client
   */
  async fetchIdentity({
    tokens = this,
    signal,
  }: { tokens?: TokenSource; signal?: AbortSignal } = {}): Promise<Identity> {
    const { credential } = this.environment;
    const api = new ApiClient(this.deps.backendUrl(), this.deps.transport, tokens);
    if (credential === undefined) {
      const account = await this.renewal.identify(() => fetchAccount(api, signal));
      return { ...this.identity(), ...account };
    }
    const account = await fetchAccount(api, signal);
    this.environment.recognize(credential, account);
    return { ...this.identity(), ...account };
  }

  async getToken(request: TokenRequest = {}): Promise<string> {
    const { credential } = this.environment;
    if (credential === undefined) {
      await this.followBackend();
      return this.renewal.getToken(request);
    }
    if (request.rejected === credential.token) {
      throw this.environment.refuse(credential);
    }
    return this.environment.use(credential);
  }

  /** Runs background work: see {@link SessionRefresh.keepAlive}. */
  async keepAlive(): Promise<number | undefined> {
    if (this.environment.credential !== undefined) {
      return this.environment.keepKnown(() => this.fetchIdentity());
    }
    if (this.attempt !== undefined) {
      return undefined;
    }
    try {
      await this.followBackend();
    } catch {
      return undefined; // invalid backend setting: commands report it
    }
    return this.renewal.keepAlive(() => this.fetchIdentity());
  }

  /** Resets the backoff: see {@link RefreshFailures.resetBackoff}. */
  resetBackoff(reason: { userInitiated?: boolean } = {}): void {
    this.failures.resetBackoff(reason);
    this.environment.resetBackoff(reason);
  }

  /**
   * Follows a change of the backend setting, so that a token is never sent to another backend.
   * @throws BACKEND_REFUSED, NOT_SIGNED_IN
   */
  private async followBackend(): Promise<void> {
    if (this.activeSession.backendUrl === this.deps.backendUrl()) {
      return;
    }
    await this.restore();
    if (this.activeSession.backendUrl !== this.deps.backendUrl()) {
      throw new I99dashError('NOT_SIGNED_IN', t('You are not signed in to this backend.'));
    }
  }

  /**
   * Returns the account that a sign-in would replace, including one that another window has stored.
   */
  private async storedAccount(backendUrl: string): Promise<Account | undefined> {
    const stored = await this.deps.store.read(backendUrl);
    switch (stored.kind) {
      case 'session':
        return stored.record.account;
      case 'secretLost':
        return stored.profile.account;
      case 'ended':
        return undefined;
      case 'none':
        return this.activeSession.backendUrl === backendUrl
          ? this.stored?.profile.account
          : undefined;
    }
  }

  /** Runs one sign-in at a time. A new one cancels one in progress. */
  private async signIn(
    authenticate: (backendUrl: string, ended: AbortSignal) => Promise<Authenticated>,
    signal?: AbortSignal,
    confirm: ConfirmReplacement = refuseReplacement,
  ): Promise<Identity> {
    const backendUrl = this.deps.backendUrl();
    this.cancelSignIn();
    const attempt = new AbortController();
    this.attempt = attempt;
    const ended = signal === undefined ? attempt.signal : AbortSignal.any([attempt.signal, signal]);
    this.changes.fire(this.state);
    try {
      const { minted, profile } = await authenticate(backendUrl, ended);
      throwIfCancelled(ended);
      const before = await this.storedAccount(backendUrl);
      if (before !== undefined && before.devId !== profile.account.devId) {
        await raceSignal(confirm(before, profile.account), ended);
      }
      const joined = await this.deps.store.join(backendUrl, profile);
      const record: SessionRecord = { ...joined, ...profile, ...minted };
      await this.deps.store.begin(backendUrl, record);
      this.attempt = this.attempt === attempt ? undefined : this.attempt;
      this.activeSession.begin(backendUrl, record);
      this.deps.logger.info(`Signed in to ${backendUrl} (${profile.source}).`);
      return toIdentity({ profile, minted }, backendUrl);
    } finally {
      if (this.attempt === attempt) {
        this.attempt = undefined;
        this.changes.fire(this.state);
        void this.restore().catch(() => undefined); // pick up changes made during the sign-in
      }
    }
  }
}

function refuseReplacement(before: Account): Promise<void> {
  const message = t('{0} is signed in. Sign out first.', accountLabel(before));
  return Promise.reject(new I99dashError('SIGN_IN_REJECTED', message));
}

/** Returns the public information about a session. */
export function toIdentity(
  {
    profile,
    minted,
  }: Omit<SignedInSession, 'profile'> & { profile: Omit<SessionProfile, 'sessionId'> },
  backendUrl: string,
): Identity {
  const { account, source, fingerprint } = profile;
  return {
    ...account,
    source,
    backendUrl,
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(minted === undefined || minted.expiresAt === NO_EXPIRY
      ? {}
      : { expiresAt: new Date(minted.expiresAt).toISOString() }),
  };
}
