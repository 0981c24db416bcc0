import { raceSignal } from '../abort';
import { ApiClient } from '../api/client';
import { fetchAccount } from '../api/identity';
import { describeError, I99dashError, throwIfCancelled } from '../errors';
import { Emitter } from '../events';
import { accountLabel, type Account, type Identity } from '../identity';
import { t } from '../l10n';
import type { Signer, TokenRequest, TokenSource } from '../ports';
import type { Realm } from '../realm';
import {
  authenticateWithKey,
  authenticateWithToken,
  type Authenticated,
  type KeyOrigin,
} from './authenticate';
import { NEVER } from './accessToken';
import type { DeviceCodePrompt } from './deviceCode';
import { EnvironmentSession } from './environmentSession';
import { HeldSession, type HeldSessionPorts } from './heldSession';
import { RenewalTroubles } from './renewalTroubles';
import type { SessionProfile, SessionRecord } from './sessionRecord';
import { SessionRenewal, type SessionRenewalPorts } from './sessionRenewal';
import type { Held, SessionState } from './sessionState';

export interface SessionPorts extends HeldSessionPorts, SessionRenewalPorts {
  realm: Realm;
  /** The backend in force now. @throws BACKEND_REFUSED */
  backendUrl: () => string;
}

/** Asks whether the account that is signed in may be replaced by another one. @throws CancelledError, and what refuses it */
export type ConfirmReplacement = (before: Account, now: Account) => Promise<void>;

/** Who is signed in to the backend in force, and the token that proves it. */
export class Session implements TokenSource {
  private readonly inHand: HeldSession;
  private readonly renewal: SessionRenewal;
  private readonly troubles: RenewalTroubles;
  /** The sign-in that is under way. */
  private attempt: AbortController | undefined;
  private readonly environment: EnvironmentSession;
  private readonly changes: Emitter<SessionState>;

  constructor(private readonly ports: SessionPorts) {
    this.troubles = new RenewalTroubles(ports.clock, ports.random);
    this.inHand = new HeldSession(ports, this.troubles);
    this.renewal = new SessionRenewal(ports, this.inHand, this.troubles);
    this.environment = new EnvironmentSession(ports, ports.realm.environment.credentials);
    this.changes = new Emitter((error) =>
      ports.logger.error(`A session listener failed: ${describeError(error)}`),
    );
    this.inHand.onDidChange(() => this.changes.fire(this.state));
    this.environment.onDidChange(() => this.changes.fire(this.state));
  }

  get realm(): Realm {
    return this.ports.realm;
  }

  /** The backend in force now. @throws BACKEND_REFUSED */
  get backendUrl(): string {
    return this.ports.backendUrl();
  }

  get onDidChange(): Emitter<SessionState>['event'] {
    return this.changes.event;
  }

  get state(): SessionState {
    const settled = this.inHand.state;
    return (
      this.environment.state ??
      (this.attempt === undefined ? settled : { kind: 'signingIn', settled })
    );
  }

  /** The stored session, also while a sign-in is under way or the environment wins. */
  get stored(): Held | undefined {
    return this.inHand.held;
  }

  /** Takes over what the store holds for the backend in force. No network, no prompt. */
  async restore(): Promise<void> {
    const backendUrl = this.ports.backendUrl();
    const stored = await this.ports.store.read(backendUrl);
    if (this.attempt === undefined && backendUrl === this.ports.backendUrl()) {
      this.inHand.turnTo(backendUrl);
      this.inHand.adopt(stored);
    }
  }

  /**
   * Signs in with an opened key.
   * @param origin.keep whether the key stays open in this window, as one that asked for a passphrase does
   * @param confirm asked before the session of another account is replaced; without it none is
   * @throws as {@link authenticateWithKey}; the session that was there before then stays
   */
  async signInWithKey(
    signer: Signer,
    origin: KeyOrigin & { keep?: boolean },
    signal?: AbortSignal,
    confirm?: ConfirmReplacement,
  ): Promise<Identity> {
    const identity = await this.signIn(
      (backendUrl, ended) =>
        this.ports.signatures.ask(signer, { interactive: true, signal: ended }, (watched) =>
          authenticateWithKey(this.ports, backendUrl, watched, origin, ended),
        ),
      signal,
      confirm,
    );
    if (origin.keep === true) {
      this.ports.signers.keep(signer);
    }
    return identity;
  }

  /** Signs in with a token minted elsewhere, which nothing renews. @throws as {@link authenticateWithToken} */
  async signInWithToken(
    token: string,
    signal?: AbortSignal,
    confirm?: ConfirmReplacement,
  ): Promise<Identity> {
    return this.signIn(
      (backendUrl, ended) => authenticateWithToken(this.ports, backendUrl, token, ended),
      signal,
      confirm,
    );
  }

  /**
   * Signs in with a device code, for an API key that nothing renews.
   * @param prompt called once, when there is a code to show
   * @throws DEVICE_CODE_UNSUPPORTED, and as `authenticateWithDeviceCode`; the session that was there before then stays
   */
  async signInWithDeviceCode(
    prompt: (prompt: DeviceCodePrompt) => void,
    signal?: AbortSignal,
    confirm?: ConfirmReplacement,
  ): Promise<Identity> {
    const { authenticateWithDeviceCode, unsupported } = await import('./deviceCode');
    const clientId = this.ports.realm.deviceClientId;
    if (clientId === undefined) {
      throw unsupported();
    }
    return this.signIn(
      (backendUrl, ended) =>
        authenticateWithDeviceCode(this.ports, backendUrl, { clientId, prompt }, ended),
      signal,
      confirm,
    );
  }

  /** Gives up the sign-in that is under way, if there is one: it rejects with `CancelledError`. */
  cancelSignIn(): void {
    this.attempt?.abort();
  }

  /** Goes on in this window as if a credential of the environment were not there that the backend has refused. */
  ignoreRefusedEnvironment(): void {
    this.environment.ignoreRefused();
  }

  /** Opens the session's key for this window. @throws KEY_NOT_FOUND when it is another key */
  unlock(signer: Signer): void {
    if (signer.fingerprint !== this.stored?.profile.fingerprint) {
      throw new I99dashError('KEY_NOT_FOUND', t('This is not the key you signed in with.'));
    }
    this.ports.signers.keep(signer);
    this.troubles.forget(); // what stood in the key's way is over
  }

  /**
   * Forgets the token, the key's path and the opened keys. Works without a network.
   * @returns false where this computer's storage did not take that: the session has ended all the same, but a token may still lie there
   */
  async signOut(): Promise<boolean> {
    this.ports.signers.forget();
    const backendUrl = this.ports.backendUrl();
    this.inHand.turnTo(backendUrl);
    try {
      await this.ports.store.end(backendUrl, this.stored?.profile.sessionId);
      return true;
    } catch (error) {
      this.ports.logger.warn(`The end of a session was not stored: ${describeError(error)}`);
      return false;
    } finally {
      this.inHand.end();
    }
  }

  /** Who is signed in, from memory. @throws NOT_SIGNED_IN */
  identity(): Identity {
    const { state } = this;
    const backendUrl = this.ports.backendUrl();
    if (state.kind !== 'environment') {
      return toIdentity(this.inHand.require(), backendUrl);
    }
    if (state.account === undefined) {
      const message = t('The backend has not told yet whose credential {0} holds.', state.variable);
      throw new I99dashError('NOT_SIGNED_IN', message);
    }
    return { ...state.account, source: 'environment', backendUrl };
  }

  /**
   * Asks the backend whom the credential in force belongs to. A session whose key has become somebody else's is rejected.
   * @param options.tokens where the token comes from, when not from the session itself
   * @throws KEY_REJECTED, and what the API client throws
   */
  async fetchIdentity({
    tokens = this,
    signal,
  }: { tokens?: TokenSource; signal?: AbortSignal } = {}): Promise<Identity> {
    const { credential } = this.environment;
    const api = new ApiClient(this.ports.backendUrl(), this.ports.transport, tokens);
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
    if (request.rejected?.includes(credential.token) === true) {
      throw this.environment.refuse(credential);
    }
    return this.environment.use(credential);
  }

  /** Background work, as {@link SessionRenewal.keepAlive}. */
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
      return undefined; // the setting is wrong: commands say so
    }
    return this.renewal.keepAlive(() => this.fetchIdentity());
  }

  /** A reason to try again at once, as {@link RenewalTroubles.hurry}. */
  hurry(reason: { byPerson?: boolean } = {}): void {
    this.troubles.hurry(reason);
    this.environment.hurry(reason);
  }

  /** The setting may have changed just now: no token goes to another backend than its own. @throws BACKEND_REFUSED */
  private async followBackend(): Promise<void> {
    if (this.inHand.backendUrl === this.ports.backendUrl()) {
      return;
    }
    await this.restore();
    if (this.inHand.backendUrl !== this.ports.backendUrl()) {
      throw new I99dashError('NOT_SIGNED_IN', t('You are not signed in to this backend.'));
    }
  }

  /** Whose session a sign-in would replace: what another window has stored counts too. */
  private async storedAccount(backendUrl: string): Promise<Account | undefined> {
    const stored = await this.ports.store.read(backendUrl);
    switch (stored.kind) {
      case 'session':
        return stored.record.account;
      case 'secretLost':
        return stored.profile.account;
      case 'ended':
        return undefined;
      case 'none':
        return this.inHand.backendUrl === backendUrl ? this.stored?.profile.account : undefined;
    }
  }

  /** One sign-in at a time: a new one takes the place of one that is under way. */
  private async signIn(
    authenticate: (backendUrl: string, ended: AbortSignal) => Promise<Authenticated>,
    signal?: AbortSignal,
    confirm: ConfirmReplacement = refuseReplacement,
  ): Promise<Identity> {
    const backendUrl = this.ports.backendUrl();
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
      const joined = await this.ports.store.join(backendUrl, profile);
      const record: SessionRecord = { ...joined, ...profile, ...minted };
      await this.ports.store.begin(backendUrl, record);
      this.attempt = this.attempt === attempt ? undefined : this.attempt;
      this.inHand.begin(backendUrl, record);
      this.ports.logger.info(`Signed in to ${backendUrl} (${profile.source}).`);
      return toIdentity({ profile, minted }, backendUrl);
    } finally {
      if (this.attempt === attempt) {
        this.attempt = undefined;
        this.changes.fire(this.state);
        void this.restore().catch(() => undefined); // what changed meanwhile
      }
    }
  }
}

function refuseReplacement(before: Account): Promise<void> {
  const message = t('{0} is signed in. Sign out first.', accountLabel(before));
  return Promise.reject(new I99dashError('SIGN_IN_REJECTED', message));
}

/** What the world may know of a session. */
export function toIdentity(
  { profile, minted }: Omit<Held, 'profile'> & { profile: Omit<SessionProfile, 'sessionId'> },
  backendUrl: string,
): Identity {
  const { account, source, fingerprint } = profile;
  return {
    ...account,
    source,
    backendUrl,
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(minted === undefined || minted.expiresAt === NEVER
      ? {}
      : { expiresAt: new Date(minted.expiresAt).toISOString() }),
  };
}
