import { I99dashError } from '../errors';
import { Emitter } from '../platform/events';
import { isRenewable } from '../identity';
import { t } from '../text/l10n';
import type { Clock, Logger } from '../platform/interfaces';
import { isSameSubject } from '../signIn/accessToken';
import type { MintedToken } from '../signIn/requestToken';
import { supersedes } from './refreshPolicy';
import type { RenewalTroubles } from './refreshFailures';
import type { StoredState } from './sessionMetadata';
import { profileOf, type SessionProfile, type SessionRecord } from './sessionRecord';
import { transition, type Held, type SessionEvent, type SettledState } from './sessionState';

/** Limit for remembered rejected tokens. Older ones are no longer in use. */
const MOST_REFUSALS = 16;

export interface HeldSessionPorts {
  clock: Clock;
  logger: Logger;
  /** Called when the keyring has lost the session. */
  onSecretLost?: () => void;
}

/** The active session of this window. */
export class HeldSession {
  /**
   * Whether the session still needs verification by the backend: because it was read from the
   * store, several of its tokens in a row were rejected, or its new token has a different subject
   * than the previous one.
   */
  unconfirmed = false;
  private settled: SettledState = { kind: 'signedOut' };
  private backend = '';
  /**
   * Tokens that the backend rejected, with the time of the first rejection in milliseconds since
   * the epoch.
   */
  private readonly refusals = new Map<string, number>();
  private readonly changes = new Emitter<SettledState>();
  readonly onDidChange = this.changes.event;

  /**
   * Creates the holder.
   * @param troubles Failures of this session. Cleared when another session begins.
   */
  constructor(
    private readonly ports: HeldSessionPorts,
    private readonly troubles: RenewalTroubles,
  ) {}

  get state(): SettledState {
    return this.settled;
  }

  /** Undefined when there is no session. */
  get held(): Held | undefined {
    return this.settled.kind === 'signedOut' ? undefined : this.settled;
  }

  /**
   * Returns the session.
   * @throws NOT_SIGNED_IN
   */
  require(): Held {
    const { held } = this;
    if (held === undefined) {
      throw new I99dashError('NOT_SIGNED_IN', t('You are not signed in.'));
    }
    return held;
  }

  /** Checks whether this session is active and its key on this machine is unchanged. */
  isHeld({ sessionId, fingerprint, keyPath }: SessionProfile): boolean {
    const profile = this.held?.profile;
    return (
      profile?.sessionId === sessionId &&
      profile.fingerprint === fingerprint &&
      profile.keyPath === keyPath
    );
  }

  /** The token, unless it is missing or rejected. */
  get usable(): MintedToken | undefined {
    const minted = this.held?.minted;
    return minted === undefined || this.refusals.has(minted.token) ? undefined : minted;
  }

  /** The backend of the session; '' initially. */
  get backendUrl(): string {
    return this.backend;
  }

  /** Switches to a backend. Ends the session of any other backend. */
  turnTo(backendUrl: string): void {
    if (this.backend !== backendUrl) {
      this.backend = backendUrl;
      this.end();
    }
  }

  /** Starts a session after a sign-in that the backend accepted. */
  begin(backendUrl: string, record: SessionRecord): void {
    this.backend = backendUrl;
    this.refusals.clear();
    this.take(record, { confirmed: true });
  }

  end(): void {
    this.apply({ kind: 'ended' });
  }

  /** Marks a token as rejected, so that it is not used again. */
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

  /**
   * Checks whether the given token is the usable one and was requested after the backend had
   * rejected another.
   */
  isMintedSince(token: string, refused: string): boolean {
    const { usable } = this;
    const refusedAt = this.refusals.get(refused) ?? Infinity;
    return usable?.token === token && usable.mintedAt >= refusedAt;
  }

  /** Merges the stored state. */
  adopt(stored: StoredState): void {
    switch (stored.kind) {
      case 'none':
        break; // an empty store does not end the session of this window
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

  /** Applies an event to the state. */
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

  /** A keyring that failed to store a refreshed token still has the previous one. */
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
      return; // the token in memory is better than the lost one
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
