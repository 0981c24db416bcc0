import { I99dashError } from '../errors';
import { Emitter } from '../events';
import { isRenewable } from '../identity';
import { t } from '../l10n';
import type { Clock, Logger } from '../ports';
import { isSameSubject } from './accessToken';
import type { MintedToken } from './mint';
import { supersedes } from './renewalPolicy';
import type { RenewalTroubles } from './renewalTroubles';
import type { StoredState } from './sessionNotes';
import { profileOf, type SessionProfile, type SessionRecord } from './sessionRecord';
import { transition, type Held, type SessionEvent, type SettledState } from './sessionState';

/** A token that was refused before so many others is in nobody's hands any more. */
const MOST_REFUSALS = 16;

export interface HeldSessionPorts {
  clock: Clock;
  logger: Logger;
  /** Called when the keyring turns out to have lost the session. */
  onSecretLost?: () => void;
}

/** The session that this window holds. */
export class HeldSession {
  /**
   * True until the backend has confirmed a session that was taken out of the store, of which it has refused several tokens in a row, or whose
   * new token names another subject than the one before.
   */
  unconfirmed = false;
  private settled: SettledState = { kind: 'signedOut' };
  private backend = '';
  /** The tokens that the backend has refused, and when that was first heard, in milliseconds since the epoch. */
  private readonly refusals = new Map<string, number>();
  private readonly changes = new Emitter<SettledState>();
  readonly onDidChange = this.changes.event;

  /** @param troubles what has gone wrong with this session; forgotten when another begins */
  constructor(
    private readonly ports: HeldSessionPorts,
    private readonly troubles: RenewalTroubles,
  ) {}

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
      throw new I99dashError('NOT_SIGNED_IN', t('You are not signed in.'));
    }
    return held;
  }

  /** Whether this session is in hand, and its key on this machine is still the same. */
  isHeld({ sessionId, fingerprint, keyPath }: SessionProfile): boolean {
    const profile = this.held?.profile;
    return (
      profile?.sessionId === sessionId &&
      profile.fingerprint === fingerprint &&
      profile.keyPath === keyPath
    );
  }

  /** The token, unless it is lost or refused. */
  get usable(): MintedToken | undefined {
    const minted = this.held?.minted;
    return minted === undefined || this.refusals.has(minted.token) ? undefined : minted;
  }

  /** The backend that the session belongs to; '' before the first. */
  get backendUrl(): string {
    return this.backend;
  }

  /** Turns to a backend. What is in hand for another one is let go. */
  turnTo(backendUrl: string): void {
    if (this.backend !== backendUrl) {
      this.backend = backendUrl;
      this.end();
    }
  }

  /** A sign-in that the backend has just accepted. */
  begin(backendUrl: string, record: SessionRecord): void {
    this.backend = backendUrl;
    this.refusals.clear();
    this.take(record, { confirmed: true });
  }

  end(): void {
    this.apply({ kind: 'ended' });
  }

  /** The backend does not accept this token: it is not used again. */
  refuse(token: string): void {
    if (this.refusals.has(token)) {
      return;
    }
    this.refusals.set(token, this.ports.clock.now());
    const [oldest] = this.refusals.keys();
    if (oldest !== undefined && this.refusals.size > MOST_REFUSALS) {
      this.refusals.delete(oldest);
    }
  }

  /** Whether the usable token is this one, and was asked for when the backend had refused another one already. */
  isMintedSince(token: string, refused: string): boolean {
    const { usable } = this;
    const refusedAt = this.refusals.get(refused) ?? Infinity;
    return usable?.token === token && usable.mintedAt >= refusedAt;
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
        this.adoptProfile(stored.profile, stored.isSilent);
    }
  }

  /** Something has happened to the session. */
  apply(event: SessionEvent): void {
    const next = transition(this.settled, event);
    if (next !== this.settled) {
      this.settled = next;
      this.changes.fire(next);
    }
  }

  private adoptRecord(record: SessionRecord): void {
    if (!this.isHeld(record)) {
      const isSame = this.held?.profile.sessionId === record.sessionId;
      const known = isSame && !this.isBetter(record) ? this.usable : undefined;
      this.take({ ...record, ...known }, { confirmed: false });
    } else if (this.isBetter(record)) {
      const kind = this.troubles.refused ? 'replaced' : 'renewed';
      this.troubles.renewed();
      this.unconfirmed ||= !isSameSubject(record.token, this.held?.minted?.token ?? '');
      this.apply({ kind, sessionId: record.sessionId, minted: mintedOf(record) });
    }
  }

  /** A keyring that did not take a renewed token still has the one before. */
  private isBetter(found: MintedToken): boolean {
    const { usable } = this;
    return (
      !this.refusals.has(found.token) &&
      found.token !== usable?.token &&
      (usable === undefined || supersedes(found, usable, this.ports.clock.now()))
    );
  }

  private adoptProfile(profile: SessionProfile, isSilent = false): void {
    if (this.isHeld(profile)) {
      return; // what this window holds is better than what the keyring lost
    }
    if (this.held?.profile.sessionId === profile.sessionId) {
      this.troubles.forget();
      this.apply({ kind: 'taken', profile, minted: this.usable }); // another key on this machine
      return;
    }
    if (!isRenewable(profile.source)) {
      this.end();
      return;
    }
    this.ports.logger.warn('The stored session could not be read; its token is minted again.');
    if (!isSilent) {
      this.ports.onSecretLost?.();
    }
    this.troubles.forget();
    this.apply({ kind: 'taken', profile, minted: undefined });
  }

  private take(record: SessionRecord, { confirmed }: { confirmed: boolean }): void {
    this.troubles.forget();
    this.unconfirmed = !confirmed;
    this.apply({ kind: 'taken', profile: profileOf(record), minted: mintedOf(record) });
  }
}

function mintedOf({ token, mintedAt, expiresAt }: MintedToken): MintedToken {
  return { token, mintedAt, expiresAt };
}
