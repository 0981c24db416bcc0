import { raceSignal } from '../abort';
import { I99dashError } from '../errors';
import { Emitter } from '../events';
import type { MintedToken } from './mint';
import { Renewer, type RenewerPorts } from './renewer';
import { decide, drawRenewalShare, renewalDueAt, type Decision } from './renewalPolicy';
import { asRenewalFailure, RenewalTroubles } from './renewalTroubles';
import { profileOf, type SessionProfile, type SessionRecord } from './sessionRecord';
import { transition, type Held, type SessionEvent, type SettledState } from './sessionState';
import type { StoredState } from './sessionStore';

export interface HeldSessionPorts extends RenewerPorts {
  /** The backend in force now. @throws BACKEND_REFUSED */
  backendUrl: () => string;
  /** From 0 to 1. */
  random: () => number;
  /** Called when the keyring turns out to have lost the session. */
  onSecretLost?: () => void;
}

/** One failure may be a blip; from this many in a row on, a session with a live token is shown as offline too. */
const OFFLINE_AFTER = 2;

/** The session that this window holds, and the renewal of its token. */
export class HeldSession {
  private settled: SettledState = { kind: 'signedOut' };
  /** True until the backend has confirmed a session that was taken out of the store. */
  private unconfirmed = false;
  /** When the current token is renewed is drawn once for each token. */
  private draw = { token: '', share: 0 };
  private readonly renewer: Renewer;
  private readonly troubles: RenewalTroubles;
  private readonly changes = new Emitter<SettledState>();
  readonly onDidChange = this.changes.event;

  constructor(private readonly ports: HeldSessionPorts) {
    this.renewer = new Renewer(ports);
    this.troubles = new RenewalTroubles(ports.clock, ports.random);
  }

  get state(): SettledState {
    return this.settled;
  }

  /** Undefined when nobody is signed in. */
  get held(): Held | undefined {
    return this.settled.kind === 'signedOut' ? undefined : this.settled;
  }

  /** @throws NOT_SIGNED_IN */
  require(): Held {
    const { held } = this;
    if (held === undefined) {
      throw new I99dashError('NOT_SIGNED_IN', 'You are not signed in.');
    }
    return held;
  }

  /** A sign-in that the backend has just accepted. */
  begin(record: SessionRecord): void {
    this.take(record, { confirmed: true });
  }

  end(): void {
    this.apply({ kind: 'ended' });
  }

  /** Takes over what the store holds. */
  adopt(stored: StoredState): void {
    switch (stored.kind) {
      case 'none':
        break; // what this window holds was never ended by anybody
      case 'ended':
        this.end();
        break;
      case 'session':
        this.adoptRecord(stored.record);
        break;
      case 'secretLost':
        this.adoptProfile(stored.profile);
    }
  }

  /** The key has been opened: what stood in its way is over. */
  unlocked(): void {
    this.troubles.forget();
  }

  /** A reason to try again at once: a wake from sleep, the focus, a command. */
  hurry(): void {
    this.troubles.hurry();
  }

  /** As {@link TokenSource.getToken}. */
  async getToken({
    rejected,
    signal,
  }: {
    rejected?: string;
    signal?: AbortSignal;
  }): Promise<string> {
    const { minted } = this.require();
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
    this.hurry();
    if (this.decide(current).kind === 'retryAt' && this.settled.kind === 'offline') {
      throw this.settled.failure; // the server itself asked us to wait
    }
    return (await raceSignal(this.renew(), signal)).token;
  }

  /**
   * Background work: renews a token that is due, confirms a session out of the store. Never asks anybody, never rejects.
   * @param confirm asks the backend whom the token belongs to
   * @returns when to look again at the latest, in milliseconds since the epoch; undefined when nothing will be due
   */
  async keepAlive(confirm: () => Promise<unknown>): Promise<number | undefined> {
    if (this.held === undefined) {
      return undefined;
    }
    await this.probeLock(this.held.profile);
    switch (this.decide(this.held.minted).kind) {
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
        await this.confirm(confirm);
        break;
      case 'retryAt':
    }
    return this.dueAt();
  }

  private decide(token: MintedToken | undefined): Decision {
    const { lastFailure, signer } = this.troubles;
    return decide({
      now: this.ports.clock.now(),
      token,
      share: token === undefined ? 0 : this.shareOf(token),
      signer: this.held?.profile.source === 'token' ? 'none' : signer,
      ...(lastFailure === undefined ? {} : { lastFailure }),
    });
  }

  private shareOf({ token }: MintedToken): number {
    if (this.draw.token !== token) {
      this.draw = { token, share: drawRenewalShare(this.ports.random) };
    }
    return this.draw.share;
  }

  private dueAt(): number | undefined {
    if (this.troubles.retryAt !== undefined) {
      return this.troubles.retryAt;
    }
    const { minted, profile } = this.held ?? {};
    if (minted === undefined) {
      return undefined;
    }
    return profile?.source === 'token'
      ? minted.expiresAt
      : renewalDueAt(minted, this.shareOf(minted));
  }

  private async renew(): Promise<MintedToken> {
    const { profile, minted } = this.require();
    const isCurrent = (): boolean => this.held?.profile.sessionId === profile.sessionId;
    await this.renewer.renew(
      { backendUrl: this.ports.backendUrl(), profile, current: minted },
      {
        // A late answer for a session that has ended or been replaced changes nothing.
        done: (stored) => isCurrent() && this.adopt(stored),
        failed: (error) => (isCurrent() ? this.noteFailure(profile, error) : error),
      },
    );
    const now = this.require();
    if (now.minted === undefined || now.profile.account.devId !== profile.account.devId) {
      throw new I99dashError('NOT_SIGNED_IN', 'You signed in as somebody else meanwhile.');
    }
    return now.minted;
  }

  /** A session out of the store may have been ended by the server long ago: asking early shows it before it is needed. */
  private async confirm(ask: () => Promise<unknown>): Promise<void> {
    if (!this.unconfirmed || this.troubles.isWaiting()) {
      return;
    }
    const { profile } = this.require();
    const { count } = this.troubles;
    try {
      await ask();
      this.unconfirmed = false;
      this.troubles.forget();
      this.apply({ kind: 'recovered', sessionId: profile.sessionId });
    } catch (error) {
      if (this.troubles.count === count && this.held?.profile.sessionId === profile.sessionId) {
        this.noteFailure(profile, error); // else the renewal behind the call has noted it
      }
    }
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
    const { profile, minted } = this.require();
    const { lock } = this.troubles;
    if (lock !== undefined && this.decide(minted).kind === 'locked') {
      this.apply({ kind: 'locked', sessionId: profile.sessionId, failure: lock });
    }
  }

  private showOffline(failure: I99dashError): void {
    const { profile, minted } = this.require();
    const { retryAt, count } = this.troubles;
    const spent = this.decide(minted).kind !== 'use';
    if (retryAt !== undefined && (spent || count >= OFFLINE_AFTER)) {
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
    const { sessionId } = this.require().profile;
    this.apply({ kind: 'rejected', sessionId, failure });
    return failure;
  }

  private adoptRecord(record: SessionRecord): void {
    const isSame = this.held?.profile.sessionId === record.sessionId;
    if (!isSame) {
      this.take(record, { confirmed: false });
    } else if (this.held.minted?.token !== record.token) {
      this.troubles.forget();
      this.apply({ kind: 'renewed', sessionId: record.sessionId, minted: mintedOf(record) });
    }
  }

  private adoptProfile(profile: SessionProfile): void {
    if (this.held?.profile.sessionId === profile.sessionId) {
      return; // what this window holds is better than what the keyring lost
    }
    if (profile.source === 'token') {
      this.end();
      return;
    }
    this.ports.logger.warn('The stored session could not be read; its token is minted again.');
    this.ports.onSecretLost?.();
    this.troubles.forget();
    this.apply({ kind: 'taken', profile, minted: undefined });
  }

  private take(record: SessionRecord, { confirmed }: { confirmed: boolean }): void {
    this.troubles.forget();
    this.unconfirmed = !confirmed;
    this.apply({ kind: 'taken', profile: profileOf(record), minted: mintedOf(record) });
  }

  private apply(event: SessionEvent): void {
    const next = transition(this.settled, event);
    if (next !== this.settled) {
      this.settled = next;
      this.changes.fire(next);
    }
  }
}

function mintedOf({ token, mintedAt, expiresAt }: MintedToken): MintedToken {
  return { token, mintedAt, expiresAt };
}
