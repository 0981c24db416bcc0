import { randomUUID } from 'node:crypto';
import { raceSignal } from '../abort';
import { ApiClient } from '../api/client';
import { fetchAccount } from '../api/identity';
import { I99dashError } from '../errors';
import { Emitter } from '../events';
import type { Account, Identity } from '../identity';
import type { Signer, TokenSource } from '../ports';
import type { Realm } from '../realm';
import {
  authenticateWithKey,
  authenticateWithToken,
  type Authenticated,
  type KeyOrigin,
} from './authenticate';
import {
  environmentCredential,
  refusedCredential,
  type EnvironmentCredential,
} from './environment';
import type { MintedToken } from './mint';
import { Renewer, type RenewerPorts } from './renewer';
import { decide, drawRenewalShare, renewalDueAt, type Decision } from './renewalPolicy';
import { asRenewalFailure, RenewalTroubles } from './renewalTroubles';
import { profileOf, type SessionProfile, type SessionRecord } from './sessionRecord';
import {
  transition,
  type Held,
  type SessionEvent,
  type SessionState,
  type SettledState,
} from './sessionState';
import type { StoredState } from './sessionStore';

export interface SessionPorts extends RenewerPorts {
  realm: Realm;
  /** The backend in force now. @throws BACKEND_REFUSED */
  backendUrl: () => string;
  /** From 0 to 1. */
  random: () => number;
  /** Called when the keyring turns out to have lost the session. */
  onSecretLost?: () => void;
}

/** One failure may be a blip; from this many in a row on, a session with a live token is shown as offline too. */
const OFFLINE_AFTER = 2;

/** Who is signed in to the backend in force, and the token that proves it. */
export class Session implements TokenSource {
  private settled: SettledState = { kind: 'signedOut' };
  /** The backend that `settled` belongs to. */
  private settledFor = '';
  private signingIn = false;
  /** True until the backend has confirmed a session that was taken out of the store. */
  private unconfirmed = false;
  /** When the current token is renewed is drawn once for each token. */
  private draw = { token: '', share: 0 };
  private environmentAccount: { token: string; account: Account } | undefined;
  private readonly renewer: Renewer;
  private readonly troubles: RenewalTroubles;
  private readonly changes: Emitter<SessionState>;

  constructor(private readonly ports: SessionPorts) {
    this.renewer = new Renewer(ports);
    this.troubles = new RenewalTroubles(ports.clock, ports.random);
    this.changes = new Emitter((error) =>
      ports.logger.error(`A session listener failed: ${String(error)}`),
    );
  }

  get onDidChange(): Emitter<SessionState>['event'] {
    return this.changes.event;
  }

  get state(): SessionState {
    const { environment } = this;
    if (environment !== undefined) {
      const { variable, token } = environment;
      const known = this.environmentAccount;
      return {
        kind: 'environment',
        variable,
        account: known?.token === token ? known.account : undefined,
      };
    }
    return this.signingIn ? { kind: 'signingIn', settled: this.settled } : this.settled;
  }

  /** The stored session, also while a sign-in is under way or the environment wins. */
  get stored(): Held | undefined {
    return this.settled.kind === 'signedOut' ? undefined : this.settled;
  }

  /** Takes over what the store holds for the backend in force. No network, no prompt. */
  async restore(): Promise<void> {
    const backendUrl = this.ports.backendUrl();
    const stored = await this.ports.store.read(backendUrl);
    if (this.signingIn) {
      return;
    }
    if (this.settledFor !== backendUrl) {
      this.settledFor = backendUrl;
      this.apply({ kind: 'ended' });
    }
    this.adopt(stored);
  }

  /**
   * Signs in with an opened key.
   * @param keep whether the key stays open in this window, as one that asked for a passphrase does
   * @throws as {@link authenticateWithKey}; the session that was there before then stays
   */
  async signInWithKey(
    signer: Signer,
    origin: KeyOrigin & { keep?: boolean },
    signal?: AbortSignal,
  ): Promise<Identity> {
    const identity = await this.signIn((backendUrl) =>
      authenticateWithKey(this.ports, backendUrl, signer, origin, signal),
    );
    if (origin.keep === true) {
      this.ports.signers.keep(signer);
    }
    return identity;
  }

  /** Signs in with a token minted elsewhere, which nothing renews. @throws as {@link authenticateWithToken} */
  async signInWithToken(token: string, signal?: AbortSignal): Promise<Identity> {
    return this.signIn((backendUrl) =>
      authenticateWithToken(this.ports, backendUrl, token, signal),
    );
  }

  /** Opens the session's key for this window. @throws KEY_NOT_FOUND when it is another key */
  unlock(signer: Signer): void {
    if (signer.fingerprint !== this.stored?.profile.fingerprint) {
      throw new I99dashError('KEY_NOT_FOUND', 'This is not the key you signed in with.');
    }
    this.ports.signers.keep(signer);
    this.troubles.forget();
  }

  /** Forgets the token, the key's path and the opened keys. Works without a network. */
  async signOut(): Promise<void> {
    this.ports.signers.forget();
    await this.ports.store.end(this.ports.backendUrl(), this.stored?.profile.sessionId);
    this.apply({ kind: 'ended' });
  }

  /** Who is signed in, from memory. @throws NOT_SIGNED_IN */
  identity(): Identity {
    const { state } = this;
    const backendUrl = this.ports.backendUrl();
    return state.kind === 'environment' && state.account !== undefined
      ? { ...state.account, source: 'environment', backendUrl }
      : toIdentity(this.requireStored(), backendUrl);
  }

  /** Asks the backend whom the credential in force belongs to. @throws what the API client throws */
  async fetchIdentity({ tokens = this }: { tokens?: TokenSource } = {}): Promise<Identity> {
    const { environment } = this;
    const api = new ApiClient(this.ports.backendUrl(), this.ports.transport, tokens);
    const account = await fetchAccount(api);
    if (environment !== undefined) {
      this.environmentAccount = { token: environment.token, account };
      this.changes.fire(this.state);
    }
    return { ...this.identity(), ...account };
  }

  async getToken({
    rejected,
    signal,
  }: { rejected?: string; signal?: AbortSignal } = {}): Promise<string> {
    const { environment } = this;
    if (environment !== undefined) {
      if (rejected === environment.token) {
        throw refusedCredential(environment);
      }
      return environment.token;
    }
    const { minted } = this.requireStored();
    const current = minted?.token === rejected ? undefined : minted;
    const decision = this.decide(current);
    if (current !== undefined && (decision.kind === 'use' || decision.kind === 'useAndRenew')) {
      if (decision.kind === 'useAndRenew') {
        void this.renew().catch(() => undefined);
      }
      return current.token;
    }
    if (decision.kind === 'rejected') {
      throw this.reject(rejected !== undefined);
    }
    this.troubles.hurry();
    if (this.decide(current).kind === 'retryAt' && this.settled.kind === 'offline') {
      throw this.settled.failure;
    }
    return (await raceSignal(this.renew(), signal)).token;
  }

  /**
   * Background work: confirms a session out of the store, renews a token that is due. Never asks anybody, never rejects.
   * @returns when to look again at the latest, in milliseconds since the epoch; undefined when nothing will be due
   */
  async keepAlive(): Promise<number | undefined> {
    if (this.environment !== undefined) {
      return this.keepEnvironmentKnown();
    }
    if (this.stored === undefined || this.signingIn) {
      return undefined;
    }
    await this.probeLock(this.stored.profile);
    switch (this.decide(this.stored.minted).kind) {
      case 'useAndRenew':
      case 'renewAndWait':
        await this.renew().catch(() => undefined);
        break;
      case 'locked':
        this.showLocked();
        break;
      case 'rejected':
        this.reject(false);
        break;
      case 'use':
        await this.confirm();
        break;
      case 'retryAt':
    }
    return this.dueAt();
  }

  /** A reason to try again at once: a wake from sleep, the focus. */
  hurry(): void {
    this.troubles.hurry();
  }

  private get environment(): EnvironmentCredential | undefined {
    return environmentCredential(this.ports.realm.environment.credentials);
  }

  private async keepEnvironmentKnown(): Promise<number | undefined> {
    if (
      this.state.kind === 'environment' &&
      this.state.account === undefined &&
      !this.isWaiting()
    ) {
      await this.fetchIdentity().then(
        () => this.troubles.forget(),
        (error: unknown) => this.troubles.note(asRenewalFailure(error)),
      );
    }
    return this.troubles.lastFailure?.kind === 'passing'
      ? this.troubles.lastFailure.retryAt
      : undefined;
  }

  /** A session out of the store may have been ended by the server long ago: asking early shows it before it is needed. */
  private async confirm(): Promise<void> {
    if (!this.unconfirmed || this.isWaiting()) {
      return;
    }
    const { profile } = this.requireStored();
    try {
      await this.fetchIdentity();
      this.unconfirmed = false;
      this.troubles.forget();
      this.apply({ kind: 'recovered', sessionId: profile.sessionId });
    } catch (error) {
      if (this.troubles.lastFailure === undefined) {
        this.noteFailure(profile, error); // else the renewal behind the call has noted it
      }
    }
  }

  private isWaiting(): boolean {
    const failure = this.troubles.lastFailure;
    return failure?.kind === 'passing' && this.ports.clock.now() < failure.retryAt;
  }

  /** Whether a key that needed the user can be used by now: opened in this window, added to an agent, put back. */
  private async probeLock(profile: SessionProfile): Promise<void> {
    if (this.troubles.lock === undefined) {
      return;
    }
    try {
      await this.ports.signers.open(profile);
      this.troubles.lock = undefined;
    } catch (error) {
      this.troubles.note(asRenewalFailure(error));
    }
  }

  private dueAt(): number | undefined {
    if (this.troubles.lastFailure?.kind === 'passing') {
      return this.troubles.lastFailure.retryAt;
    }
    const { minted, profile } = this.stored ?? {};
    if (minted === undefined) {
      return undefined;
    }
    return profile?.source === 'token'
      ? minted.expiresAt
      : renewalDueAt(minted, this.shareOf(minted));
  }

  private decide(token: MintedToken | undefined): Decision {
    const { lastFailure, signer } = this.troubles;
    return decide({
      now: this.ports.clock.now(),
      token,
      share: token === undefined ? 0 : this.shareOf(token),
      signer: this.stored?.profile.source === 'token' ? 'none' : signer,
      ...(lastFailure === undefined ? {} : { lastFailure }),
    });
  }

  private shareOf({ token }: MintedToken): number {
    if (this.draw.token !== token) {
      this.draw = { token, share: drawRenewalShare(this.ports.random) };
    }
    return this.draw.share;
  }

  private async renew(): Promise<MintedToken> {
    const { profile, minted } = this.requireStored();
    const isCurrent = (): boolean => this.stored?.profile.sessionId === profile.sessionId;
    await this.renewer.renew(
      { backendUrl: this.ports.backendUrl(), profile, current: minted },
      {
        // A late answer for a session that has ended or been replaced changes nothing.
        done: (stored) => isCurrent() && this.adopt(stored),
        failed: (error) => (isCurrent() ? this.noteFailure(profile, error) : error),
      },
    );
    const now = this.requireStored();
    if (now.minted === undefined || now.profile.account.devId !== profile.account.devId) {
      throw new I99dashError('NOT_SIGNED_IN', 'You signed in as somebody else meanwhile.');
    }
    return now.minted;
  }

  /** Turns what stands in a renewal's way into the state that says so. */
  private noteFailure({ sessionId }: SessionProfile, error: unknown): I99dashError {
    const failure = asRenewalFailure(error);
    this.ports.logger.warn(`Renewal failed: [${failure.code}] ${failure.message}`);
    switch (this.troubles.note(failure)) {
      case 'locked':
        this.showLocked();
        break;
      case 'final':
        this.apply({ kind: 'rejected', sessionId, failure });
        break;
      case 'passing':
        this.showOffline(failure);
    }
    return failure;
  }

  private showLocked(): void {
    const { profile, minted } = this.requireStored();
    const { lock } = this.troubles;
    if (lock !== undefined && this.decide(minted).kind === 'locked') {
      this.apply({ kind: 'locked', sessionId: profile.sessionId, failure: lock });
    }
  }

  private showOffline(failure: I99dashError): void {
    const { profile, minted } = this.requireStored();
    const spent = this.decide(minted).kind !== 'use';
    const { lastFailure, count } = this.troubles;
    if (lastFailure?.kind === 'passing' && (spent || count >= OFFLINE_AFTER)) {
      const { retryAt } = lastFailure;
      this.apply({ kind: 'failed', sessionId: profile.sessionId, failure, retryAt });
    }
  }

  /** The token that nothing renews has died, or the key was refused before. */
  private reject(refused: boolean): I99dashError {
    if (this.settled.kind === 'rejected') {
      return this.settled.failure;
    }
    const failure = new I99dashError(
      'NOT_SIGNED_IN',
      refused
        ? 'The backend no longer accepts the access token you signed in with. Sign in again.'
        : 'The access token you signed in with has expired. Sign in again.',
    );
    const { sessionId } = this.requireStored().profile;
    this.apply({ kind: 'rejected', sessionId, failure });
    return failure;
  }

  private adopt(stored: StoredState): void {
    switch (stored.kind) {
      case 'none':
        break; // what this window holds was never ended by anybody
      case 'ended':
        this.apply({ kind: 'ended' });
        break;
      case 'session':
        this.adoptRecord(stored.record);
        break;
      case 'secretLost':
        this.adoptProfile(stored.profile);
    }
  }

  private adoptRecord(record: SessionRecord): void {
    const { token, mintedAt, expiresAt, sessionId } = record;
    const minted = { token, mintedAt, expiresAt };
    const isSame = this.stored?.profile.sessionId === sessionId;
    if (isSame && this.stored.minted?.token === token) {
      return;
    }
    this.troubles.forget();
    this.unconfirmed = !isSame;
    const profile = profileOf(record);
    this.apply(
      isSame ? { kind: 'renewed', sessionId, minted } : { kind: 'taken', profile, minted },
    );
  }

  private adoptProfile(profile: SessionProfile): void {
    if (this.stored?.profile.sessionId === profile.sessionId) {
      return; // what this window holds is better than what the keyring lost
    }
    if (profile.source === 'token') {
      this.apply({ kind: 'ended' });
      return;
    }
    this.ports.logger.warn('The stored session could not be read; its token is minted again.');
    this.ports.onSecretLost?.();
    this.apply({ kind: 'taken', profile, minted: undefined });
  }

  private async signIn(
    authenticate: (backendUrl: string) => Promise<Authenticated>,
  ): Promise<Identity> {
    const backendUrl = this.ports.backendUrl();
    this.signingIn = true;
    this.changes.fire(this.state);
    try {
      const { minted, profile } = await authenticate(backendUrl);
      const record = { sessionId: randomUUID(), ...profile, ...minted };
      await this.ports.store.begin(backendUrl, record);
      this.signingIn = false;
      this.settledFor = backendUrl;
      this.troubles.forget();
      this.unconfirmed = false;
      this.apply({ kind: 'taken', profile: profileOf(record), minted });
      this.ports.logger.info(`Signed in to ${backendUrl} (${profile.source}).`);
      return toIdentity({ profile, minted }, backendUrl);
    } finally {
      if (this.signingIn) {
        this.signingIn = false;
        this.changes.fire(this.state);
      }
    }
  }

  private requireStored(): Held {
    const { stored } = this;
    if (stored === undefined) {
      throw new I99dashError('NOT_SIGNED_IN', 'You are not signed in.');
    }
    return stored;
  }

  private apply(event: SessionEvent): void {
    const next = transition(this.settled, event);
    if (next !== this.settled) {
      this.settled = next;
      this.changes.fire(this.state);
    }
  }
}

/** What the world may know of a session. */
export function toIdentity(
  {
    profile,
    minted,
  }: { profile: Omit<SessionProfile, 'sessionId'>; minted: MintedToken | undefined },
  backendUrl: string,
): Identity {
  const { account, source, fingerprint } = profile;
  return {
    ...account,
    source,
    backendUrl,
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(minted === undefined ? {} : { expiresAt: new Date(minted.expiresAt).toISOString() }),
  };
}
