import { CancelledError, I99dashError, type ErrorCode } from '../errors';
import { Emitter } from '../platform/events';
import { canRefresh } from '../identity';
import { t } from '../text/l10n';
import type { Clock, Logger } from '../platform/interfaces';
import { isSameSubject } from '../signIn/accessToken';
import type { AccessToken } from '../signIn/requestToken';
import {
  isTokenRejection,
  nextRefreshAction,
  pickRefreshTime,
  supersedes,
  toRefreshFailure,
  withoutBackoff,
  type RefreshAction,
  type RefreshFailure,
  type TimedToken,
} from './refreshPolicy';
import { isSameKey, type SessionProfile, type StoredState } from './sessionRecord';
import {
  isSameState,
  toSettledState,
  usableToken,
  type CurrentSession,
  type SettledState,
} from './sessionState';

export interface ActiveSessionDeps {
  clock: Clock;
  logger: Logger;
  /** From 0 to 1. */
  random: () => number;
  /** Called when the keyring has lost the session. */
  onSecretLost?: () => void;
}

/** The active session of this window, and the state that is shown for it. */
export class ActiveSession {
  private session: CurrentSession | undefined;
  private shown: SettledState = { kind: 'signedOut' };
  private backend = '';
  private readonly changes = new Emitter<SettledState>();
  readonly onDidChange = this.changes.event;

  constructor(private readonly deps: ActiveSessionDeps) {}

  get state(): SettledState {
    return this.shown;
  }

  /** Undefined when there is no session. */
  get current(): CurrentSession | undefined {
    return this.session;
  }

  /** The token, unless it is missing, rejected or expired. */
  get usableToken(): TimedToken | undefined {
    return this.session && usableToken(this.session, this.deps.clock.now());
  }

  /** The backend of the session; '' initially. */
  get backendUrl(): string {
    return this.backend;
  }

  /**
   * Returns the session.
   * @throws NOT_SIGNED_IN
   */
  require(): CurrentSession {
    if (this.session === undefined) {
      throw new I99dashError('NOT_SIGNED_IN', t('You are not signed in.'));
    }
    return this.session;
  }

  /** Checks whether the session is still the one with this profile. */
  has(profile: SessionProfile): boolean {
    return this.session?.profile === profile;
  }

  /** Returns what to do about the token. */
  nextAction(): RefreshAction {
    const { profile, minted, isTokenRejected, failure } = this.require();
    return nextRefreshAction({
      now: this.deps.clock.now(),
      token: isTokenRejected ? undefined : minted,
      isRenewable: canRefresh(profile.source),
      failure,
    });
  }

  /** Switches to a backend. Ends the session of any other backend. */
  switchBackend(backendUrl: string): void {
    if (this.backend !== backendUrl) {
      this.backend = backendUrl;
      this.end();
    }
  }

  /** Starts a session after a sign-in that the backend accepted. */
  begin(backendUrl: string, profile: SessionProfile, minted: AccessToken): void {
    this.backend = backendUrl;
    this.replace(profile, minted, { needsVerification: false });
  }

  end(): void {
    this.session = undefined;
    this.refreshState();
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
        if (this.session?.profile.sessionId === stored.profile.sessionId) {
          this.mergeSame(this.session, stored.profile, stored.minted);
        } else {
          this.mergeOther(stored);
        }
    }
  }

  /** Marks a token as rejected, so that it is not used again. */
  markRejected(token: string): void {
    if (this.session?.minted?.token === token) {
      this.session = { ...this.session, isTokenRejected: true, needsVerification: true };
    }
  }

  /**
   * Records why a session got no token or was not confirmed. Ignores a late error of another
   * session.
   * @returns The error to throw.
   */
  fail(profile: SessionProfile, error: unknown): unknown {
    if (this.session?.profile !== profile || error instanceof CancelledError) {
      return error;
    }
    const { clock, logger, random } = this.deps;
    const failure = toRefreshFailure(error, this.session.failure, { now: clock.now(), random });
    const { code, message } = failure.error;
    const isRejection = isTokenRejection(failure.error);
    logger.warn(
      isRejection
        ? `A token that was just minted is not accepted: [${code}] ${message}`
        : `Renewal failed: [${code}] ${message}`,
    );
    const { failure: before, needsVerification } = this.session;
    const isSameLock = failure.kind === 'locked' && isLockedBy(before, code);
    this.session = {
      ...this.session,
      failure: isSameLock ? before : failure,
      needsVerification: needsVerification || isRejection,
    };
    this.refreshState();
    return failure.error;
  }

  /** Rejects a session whose credential has expired or was rejected and cannot be refreshed. */
  reject(): I99dashError {
    const session = this.require();
    if (session.failure?.kind === 'rejected') {
      return session.failure.error;
    }
    const error = new I99dashError('NOT_SIGNED_IN', expiredMessage(session));
    this.session = { ...session, failure: { kind: 'rejected', error } };
    this.refreshState();
    return error;
  }

  /** Records that the backend has confirmed the session. */
  confirm(): void {
    if (this.session !== undefined) {
      const { failure } = this.session;
      const isOver = failure?.kind === 'transient' && failure.cause === 'token';
      this.session = { ...this.session, needsVerification: false, ...(isOver && NO_FAILURE) };
      this.refreshState();
    }
  }

  /** Records that the backend can be reached again and accepts the token. */
  recover(): void {
    if (this.session?.failure?.kind === 'transient') {
      this.session = { ...this.session, ...NO_FAILURE };
    }
    this.confirm();
  }

  /**
   * Replaces the failure after the key was looked at again. The state that is shown changes with
   * the refresh that follows.
   */
  setFailure(failure: RefreshFailure | undefined): void {
    if (this.session !== undefined) {
      this.session = { ...this.session, failure };
    }
  }

  /** Ends the backoff: see {@link withoutBackoff}. */
  resetBackoff(reason: { userInitiated?: boolean } = {}): void {
    this.setFailure(withoutBackoff(this.session?.failure, reason));
  }

  /** Fires when the state to show has changed, which also happens when the token expires. */
  refreshState(): void {
    const next = toSettledState(this.session, this.deps.clock.now());
    if (!isSameState(this.shown, next)) {
      this.shown = next;
      this.changes.fire(next);
    }
  }

  private mergeSame(
    session: CurrentSession,
    profile: SessionProfile,
    found: AccessToken | undefined,
  ): void {
    // A keyring that failed to store a refreshed token still has the previous one.
    const isNewer = found !== undefined && supersedes(found, session.minted, this.deps.clock.now());
    if (!isSameKey(profile, session.profile)) {
      const token = isNewer ? { minted: this.withRefreshTime(found), isTokenRejected: false } : {};
      this.session = { ...session, profile, ...token, needsVerification: true, ...NO_FAILURE };
    } else if (isNewer) {
      const { failure, minted: before } = session;
      const isDoubtful = failure?.kind === 'transient' && failure.cause === 'token';
      const isSame = isSameSubject(found.token, before?.token ?? '');
      this.session = {
        profile: session.profile,
        ...{ minted: this.withRefreshTime(found), isTokenRejected: false },
        needsVerification: session.needsVerification || !isSame,
        failure: isDoubtful ? failure : undefined,
      };
    }
    this.refreshState();
  }

  private mergeOther({ profile, minted, isUnreadable }: StoredState & { kind: 'session' }): void {
    if (minted === undefined) {
      if (!canRefresh(profile.source)) {
        this.end();
        return;
      }
      this.deps.logger.warn('The stored session could not be read; its token is minted again.');
      if (isUnreadable !== true) {
        this.deps.onSecretLost?.();
      }
    }
    this.replace(profile, minted, { needsVerification: true });
  }

  private replace(
    profile: SessionProfile,
    minted: AccessToken | undefined,
    { needsVerification }: { needsVerification: boolean },
  ): void {
    this.session = {
      ...{ profile, needsVerification, ...NO_FAILURE },
      ...{ minted: minted && this.withRefreshTime(minted), isTokenRejected: false },
    };
    this.refreshState();
  }

  private withRefreshTime({ token, mintedAt, expiresAt }: AccessToken): TimedToken {
    const times = { mintedAt, expiresAt };
    return { token, ...times, refreshAt: pickRefreshTime(times, this.deps.random) };
  }
}

function isLockedBy(failure: RefreshFailure | undefined, code: ErrorCode): boolean {
  return failure?.kind === 'locked' && failure.error.code === code;
}

const NO_FAILURE = { failure: undefined };

function expiredMessage({ profile, isTokenRejected }: CurrentSession): string {
  if (profile.source === 'deviceCode') {
    return isTokenRejected
      ? t(
          'The backend no longer accepts your API key: it was rotated elsewhere, by a sign-in that made a new one. Sign in again.',
        )
      : t('The API key you signed in with has expired. Sign in again.');
  }
  return isTokenRejected
    ? t('The backend no longer accepts the access token you signed in with. Sign in again.')
    : t('The access token you signed in with has expired. Sign in again.');
}
