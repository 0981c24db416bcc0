import { I99dashError } from '../errors';
import { Emitter } from '../platform/events';
import { isRenewable } from '../identity';
import { t } from '../text/l10n';
import type { Clock, Logger } from '../platform/interfaces';
import { isSameSubject } from '../signIn/accessToken';
import type { AccessToken } from '../signIn/requestToken';
import { supersedes } from './refreshPolicy';
import type { RefreshFailures } from './refreshFailures';
import type { StoredState } from './sessionMetadata';
import { toProfile, type SessionProfile, type SessionRecord } from './sessionRecord';
import {
  transition,
  type SignedInSession,
  type SessionEvent,
  type SettledState,
} from './sessionState';

/** Limit for remembered rejected tokens. Older ones are no longer in use. */
const MAX_REJECTED_TOKENS = 16;

export interface HeldSessionDeps {
  clock: Clock;
  logger: Logger;
  /** Called when the keyring has lost the session. */
  onSecretLost?: () => void;
}

/** The active session of this window. */
export class ActiveSession {
  /**
   * Whether the session still needs verification by the backend: because it was read from the
   * store, its token was rejected, or its new token has a different subject than the previous one.
   */
  needsVerification = false;
  private settled: SettledState = { kind: 'signedOut' };
  private backend = '';
  /** Tokens that the backend rejected. */
  private readonly rejectedTokens = new Set<string>();
  private readonly changes = new Emitter<SettledState>();
  readonly onDidChange = this.changes.event;

  /**
   * Creates the holder.
   * @param failures Failures of this session. Cleared when another session begins.
   */
  constructor(
    private readonly deps: HeldSessionDeps,
    private readonly failures: RefreshFailures,
  ) {}

  get state(): SettledState {
    return this.settled;
  }

  /** Undefined when there is no session. */
  get signedIn(): SignedInSession | undefined {
    return this.settled.kind === 'signedOut' ? undefined : this.settled;
  }

  /**
   * Returns the session.
   * @throws NOT_SIGNED_IN
   */
  require(): SignedInSession {
    const { signedIn } = this;
    if (signedIn === undefined) {
      throw new I99dashError('NOT_SIGNED_IN', t('You are not signed in.'));
    }
    return signedIn;
  }

  /** Checks whether this session is active and its key on this machine is unchanged. */
  isCurrent({ sessionId, fingerprint, keyPath }: SessionProfile): boolean {
    const profile = this.signedIn?.profile;
    return (
      profile?.sessionId === sessionId &&
      profile.fingerprint === fingerprint &&
      profile.keyPath === keyPath
    );
  }

  /** The token, unless it is missing or rejected. */
  get usableToken(): AccessToken | undefined {
    const minted = this.signedIn?.minted;
    return minted === undefined || this.rejectedTokens.has(minted.token) ? undefined : minted;
  }

  /** The backend of the session; '' initially. */
  get backendUrl(): string {
    return this.backend;
  }

  /** Switches to a backend. Ends the session of any other backend. */
  switchBackend(backendUrl: string): void {
    if (this.backend !== backendUrl) {
      this.backend = backendUrl;
      this.end();
    }
  }

  /** Starts a session after a sign-in that the backend accepted. */
  begin(backendUrl: string, record: SessionRecord): void {
    this.backend = backendUrl;
    this.rejectedTokens.clear();
    this.replace(record, { confirmed: true });
  }

  end(): void {
    this.apply({ kind: 'ended' });
  }

  /** Marks a token as rejected, so that it is not used again. */
  markRejected(token: string): void {
    this.needsVerification = true;
    this.rejectedTokens.add(token);
    const [oldest] = this.rejectedTokens;
    if (oldest !== undefined && this.rejectedTokens.size > MAX_REJECTED_TOKENS) {
      this.rejectedTokens.delete(oldest);
    }
  }

  /** Merges the stored state. */
  mergeStored(stored: StoredState): void {
    switch (stored.kind) {
      case 'none':
        break; // an empty store does not end the session of this window
      case 'ended':
        this.end();
        break;
      case 'session':
        this.mergeRecord(stored.record);
        break;
      case 'secretLost':
        this.mergeProfile(stored.profile, stored.isSilent);
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

  private mergeRecord(record: SessionRecord): void {
    if (!this.isCurrent(record)) {
      const isSame = this.signedIn?.profile.sessionId === record.sessionId;
      const known = isSame && !this.isNewer(record) ? this.usableToken : undefined;
      this.replace({ ...record, ...known }, { confirmed: false });
    } else if (this.isNewer(record)) {
      const kind = this.failures.refused ? 'replaced' : 'renewed';
      this.failures.renewed();
      this.needsVerification ||= !isSameSubject(record.token, this.signedIn?.minted?.token ?? '');
      this.apply({ kind, sessionId: record.sessionId, minted: pickToken(record) });
    }
  }

  /** A keyring that failed to store a refreshed token still has the previous one. */
  private isNewer(found: AccessToken): boolean {
    const { usableToken } = this;
    return (
      !this.rejectedTokens.has(found.token) &&
      found.token !== usableToken?.token &&
      (usableToken === undefined || supersedes(found, usableToken, this.deps.clock.now()))
    );
  }

  private mergeProfile(profile: SessionProfile, isSilent = false): void {
    if (this.isCurrent(profile)) {
      return; // the token in memory is better than the lost one
    }
    if (this.signedIn?.profile.sessionId === profile.sessionId) {
      this.failures.clear();
      this.apply({ kind: 'taken', profile, minted: this.usableToken }); // another key on this machine
      return;
    }
    if (!isRenewable(profile.source)) {
      this.end();
      return;
    }
    this.deps.logger.warn('The stored session could not be read; its token is minted again.');
    if (!isSilent) {
      this.deps.onSecretLost?.();
    }
    this.failures.clear();
    this.apply({ kind: 'taken', profile, minted: undefined });
  }

  private replace(record: SessionRecord, { confirmed }: { confirmed: boolean }): void {
    this.failures.clear();
    this.needsVerification = !confirmed;
    this.apply({ kind: 'taken', profile: toProfile(record), minted: pickToken(record) });
  }
}

function pickToken({ token, mintedAt, expiresAt }: AccessToken): AccessToken {
  return { token, mintedAt, expiresAt };
}
