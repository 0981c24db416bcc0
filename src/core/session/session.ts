import { ApiClient } from '../api/client';
import { fetchAccount } from '../api/account';
import { describeError, I99dashError } from '../errors';
import { Emitter } from '../platform/events';
import type { Identity } from '../identity';
import { t } from '../text/l10n';
import type { Signer, TokenRequest, TokenSource } from '../platform/interfaces';
import type { Realm } from '../realm';
import {
  authenticateWithKey,
  authenticateWithToken,
  type Authenticated,
  type KeyOrigin,
} from '../signIn/authenticate';
import type { DeviceCodePrompt } from '../signIn/deviceCode';
import { retryUntilRegistered, type RegistrationWait } from '../signIn/waitForRegistration';
import { ActiveSession, type ActiveSessionDeps } from './activeSession';
import { EnvironmentSession } from './environmentSession';
import { SessionCheck } from './sessionCheck';
import { toIdentity, type SignedInSession, type SessionState } from './sessionState';
import { SignInRunner, type ConfirmReplacement, type SignInDeps } from './signInRunner';
import { TokenRefresher, type TokenRefresherDeps } from './tokenRefresher';

export interface SessionDeps extends ActiveSessionDeps, TokenRefresherDeps, SignInDeps {
  realm: Realm;
}

/** The session with the current backend, and its token. */
export class Session implements TokenSource {
  private readonly active: ActiveSession;
  private readonly refresher: TokenRefresher;
  private readonly check: SessionCheck;
  private readonly signIn: SignInRunner;
  private readonly environment: EnvironmentSession;
  private readonly changes: Emitter<SessionState>;

  constructor(private readonly deps: SessionDeps) {
    this.active = new ActiveSession(deps);
    this.refresher = new TokenRefresher(deps, this.active);
    this.check = new SessionCheck(deps, this.active, this.refresher);
    this.signIn = new SignInRunner(deps, this.active);
    this.environment = new EnvironmentSession(deps, deps.realm.environment.credentials);
    this.changes = new Emitter((error) =>
      deps.logger.error(`A session listener failed: ${describeError(error)}`),
    );
    const tell = (): void => this.changes.fire(this.state);
    this.active.onDidChange(tell);
    this.environment.onDidChange(tell);
    this.signIn.onDidChange(() => {
      tell();
      if (!this.signIn.isRunning) {
        void this.restore().catch(() => undefined); // pick up changes made during the sign-in
      }
    });
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
    const settled = this.active.state;
    return (
      this.environment.state ?? (this.signIn.isRunning ? { kind: 'signingIn', settled } : settled)
    );
  }

  /**
   * The stored session, also during a sign-in or while a credential of the environment takes
   * precedence.
   */
  get ownSession(): SignedInSession | undefined {
    return this.active.current;
  }

  /** Loads the stored state for the current backend. No network, no prompt. */
  async restore(): Promise<void> {
    const backendUrl = this.deps.backendUrl();
    const ownSession = await this.deps.store.read(backendUrl);
    if (!this.signIn.isRunning && backendUrl === this.deps.backendUrl()) {
      this.active.switchBackend(backendUrl);
      this.active.mergeStored(ownSession);
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
    const identity = await this.signIn.run(
      (backendUrl, ended) => {
        const attempt = (): Promise<Authenticated> =>
          signatures.ask(signer, { interactive: true, signal: ended }, (watched) =>
            authenticateWithKey(this.deps, backendUrl, watched, origin, ended),
          );
        return wait === undefined
          ? attempt()
          : retryUntilRegistered(attempt, { clock, wait, signal: ended });
      },
      { signal, confirm },
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
    return this.signIn.run(
      (backendUrl, ended) => authenticateWithToken(this.deps, backendUrl, token, ended),
      { signal, confirm },
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
    return this.signIn.run(
      (backendUrl, ended) =>
        authenticateWithDeviceCode(this.deps, backendUrl, { clientId, prompt }, ended),
      { signal, confirm },
    );
  }

  /** Cancels the sign-in in progress, if any: it rejects with `CancelledError`. */
  cancelSignIn(): void {
    this.signIn.cancel();
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
    if (signer.fingerprint !== this.ownSession?.profile.fingerprint) {
      throw new I99dashError('KEY_NOT_FOUND', t('This is not the key you signed in with.'));
    }
    this.deps.signers.cache(signer);
    this.active.setFailure(undefined); // the key works now
  }

  /**
   * Deletes the token, the path of the key and the unlocked keys. Works offline.
   * @returns false when this could not be stored: the session has ended, but the token may still be
   * on this computer
   */
  async signOut(): Promise<boolean> {
    this.deps.signers.clear();
    const backendUrl = this.deps.backendUrl();
    this.active.switchBackend(backendUrl);
    try {
      await this.deps.store.end(backendUrl, this.ownSession?.profile.sessionId);
      return true;
    } catch (error) {
      this.deps.logger.warn(`The end of a session was not stored: ${describeError(error)}`);
      return false;
    } finally {
      this.active.end();
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
      return toIdentity(this.active.require(), backendUrl);
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
      const account = await this.check.identify(() => fetchAccount(api, signal));
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
      return this.refresher.getToken(request);
    }
    if (request.rejected === credential.token) {
      throw this.environment.refuse(credential);
    }
    return this.environment.use(credential);
  }

  /** Runs background work: see {@link SessionCheck.run}. */
  async checkNow(): Promise<number | undefined> {
    if (this.environment.credential !== undefined) {
      return this.environment.checkNow(() => this.fetchIdentity());
    }
    if (this.signIn.isRunning) {
      return undefined;
    }
    try {
      await this.followBackend();
    } catch {
      return undefined; // invalid backend setting: commands report it
    }
    return this.check.run(() => this.fetchIdentity());
  }

  /** Ends the backoff: see `withoutBackoff`. */
  resetBackoff(reason: { userInitiated?: boolean } = {}): void {
    this.active.resetBackoff(reason);
    this.environment.resetBackoff(reason);
  }

  /**
   * Follows a change of the backend setting, so that a token is never sent to another backend.
   * @throws BACKEND_REFUSED, NOT_SIGNED_IN
   */
  private async followBackend(): Promise<void> {
    if (this.active.backendUrl === this.deps.backendUrl()) {
      return;
    }
    await this.restore();
    if (this.active.backendUrl !== this.deps.backendUrl()) {
      throw new I99dashError('NOT_SIGNED_IN', t('You are not signed in to this backend.'));
    }
  }
}
