import { raceSignal } from '../platform/abort';
import { CancelledError, I99dashError, throwIfCancelled } from '../errors';
import { isRenewable, type Account } from '../identity';
import { t } from '../text/l10n';
import type { TokenRequest } from '../platform/interfaces';
import type { ActiveSession } from './activeSession';
import type { AccessToken } from '../signIn/requestToken';
import { TokenRefresher, type RefreshCaller, type RenewerDeps } from './tokenRefresher';
import {
  nextRefreshAction,
  drawRefreshFraction,
  getRefreshTime,
  type RefreshAction,
  type KeyAvailability,
} from './refreshPolicy';
import { toRefreshFailure, isTokenRejection, type RefreshFailures } from './refreshFailures';
import { lacksKey, type SessionProfile } from './sessionRecord';
import { missingKey } from './keyRing';

export interface SessionRenewalDeps extends RenewerDeps {
  /** From 0 to 1. */
  random: () => number;
}

/** Messages for an expired or rejected credential that cannot be refreshed. */
const EXPIRED_MESSAGES = {
  token: {
    refused: () =>
      t('The backend no longer accepts the access token you signed in with. Sign in again.'),
    expired: () => t('The access token you signed in with has expired. Sign in again.'),
  },
  apiKey: {
    refused: () =>
      t(
        'The backend no longer accepts your API key: it was rotated elsewhere, by a sign-in that made a new one. Sign in again.',
      ),
    expired: () => t('The API key you signed in with has expired. Sign in again.'),
  },
};

/** Keeps the token of the active session fresh, on demand and in the background. */
export class SessionRefresh {
  /** When to refresh is picked at random once per token. */
  private currentFraction = { token: '', share: 0 };
  private readonly refresher: TokenRefresher;

  /**
   * Creates the service.
   * @param failures Shared with the active session.
   */
  constructor(
    private readonly deps: SessionRenewalDeps,
    private readonly activeSession: ActiveSession,
    private readonly failures: RefreshFailures,
  ) {
    this.refresher = new TokenRefresher(deps);
  }

  /** Implements `TokenSource.getToken`. */
  async getToken(request: TokenRequest): Promise<string> {
    const { rejected, signal } = request;
    throwIfCancelled(signal);
    this.activeSession.require();
    if (rejected !== undefined) {
      this.activeSession.markRejected(rejected);
    }
    const { usableToken } = this.activeSession;
    const decision = this.nextAction();
    if (usableToken !== undefined && (decision.kind === 'use' || decision.kind === 'useAndRenew')) {
      if (decision.kind === 'useAndRenew') {
        void this.refresh().catch(() => undefined);
      }
      return usableToken.token;
    }
    if (decision.kind === 'rejected') {
      throw this.reject();
    }
    this.failures.resetBackoff();
    const { backoff } = this.failures;
    if (backoff !== undefined && this.nextAction().kind === 'retryAt') {
      this.showOffline();
      throw backoff.failure; // the server requested this delay
    }
    return raceSignal(this.refresh(request), signal);
  }

  /**
   * Refreshes a token that is due, and verifies a session loaded from the store, in the background.
   * Never prompts, never rejects.
   * @param verifyStored Fetches the account of the token.
   * @returns When to run again at the latest, in milliseconds since the epoch; undefined when
   * nothing is due.
   */
  async keepAlive(verifyStored: () => Promise<unknown>): Promise<number | undefined> {
    await this.recheckLock();
    await this.recheckAgentRefusal();
    if (this.activeSession.signedIn === undefined) {
      return undefined;
    }
    switch (this.nextAction().kind) {
      case 'useAndRenew':
      case 'renewAndWait':
        await this.refresh().catch(() => undefined);
        break;
      case 'locked':
        this.showLocked();
        break;
      case 'rejected':
        this.reject();
        break;
      case 'use':
        await this.verifyStored(verifyStored);
        break;
      case 'retryAt':
        this.showOffline();
    }
    return this.nextCheckAt();
  }

  /**
   * Fetches the account of the token: the only call that shows whether the backend accepts a new
   * token, and whether the key still belongs to the same account.
   * @throws KEY_REJECTED and the errors of `ask`
   */
  async identify(ask: () => Promise<Account>): Promise<Account> {
    const profile = this.activeSession.signedIn?.profile;
    try {
      const account = await ask();
      if (profile !== undefined && this.activeSession.isCurrent(profile)) {
        this.checkOwner(profile, account);
        if (this.failures.refused) {
          this.recover(profile);
        }
      }
      return account;
    } catch (error) {
      if (
        profile !== undefined &&
        isTokenRejection(error) &&
        this.activeSession.isCurrent(profile)
      ) {
        this.recordFailure(profile, error);
      }
      throw error;
    }
  }

  /**
   * Rejects the session when its key now belongs to another account, so that nothing is done on
   * that account's behalf.
   * @throws KEY_REJECTED
   */
  private checkOwner(profile: SessionProfile, { devId }: Account): void {
    if (devId === profile.account.devId || !isRenewable(profile.source)) {
      return;
    }
    const { minted } = this.activeSession.require();
    if (minted !== undefined) {
      this.activeSession.markRejected(minted.token);
    }
    const message = t('The key you signed in with belongs to another account now. Sign in again.');
    throw this.recordFailure(profile, new I99dashError('KEY_REJECTED', message));
  }

  private nextAction(): RefreshAction {
    const { lastFailure, refusal } = this.failures;
    const { signedIn, usableToken } = this.activeSession;
    return nextRefreshAction({
      now: this.deps.clock.now(),
      token: usableToken,
      refreshFraction: usableToken === undefined ? 0 : this.getRefreshFraction(usableToken),
      signer: this.getKeyAvailability(signedIn?.profile),
      ...(lastFailure === undefined ? {} : { lastFailure }),
      ...(refusal === undefined ? {} : { refusal: refusal.refusal }),
    });
  }

  private getKeyAvailability(profile: SessionProfile | undefined): KeyAvailability {
    if (profile === undefined) {
      return this.failures.keyAvailability;
    }
    if (!isRenewable(profile.source)) {
      return 'none';
    }
    return lacksKey(profile) ? 'locked' : this.failures.keyAvailability;
  }

  private getRefreshFraction({ token }: AccessToken): number {
    if (this.currentFraction.token !== token) {
      this.currentFraction = { token, share: drawRefreshFraction(this.deps.random) };
    }
    return this.currentFraction.share;
  }

  /** Returns when the next refresh is due. Undefined if it is overdue: any wake-up may run it. */
  private nextCheckAt(): number | undefined {
    const { minted, profile } = this.activeSession.signedIn ?? {};
    const renewal = minted && getRefreshTime(minted, this.getRefreshFraction(minted));
    const isRenewed = profile !== undefined && isRenewable(profile.source);
    const due = this.failures.retryAt ?? (isRenewed ? renewal : minted?.expiresAt);
    return due !== undefined && due > this.deps.clock.now() ? due : undefined;
  }

  private async refresh(caller: RefreshCaller = {}): Promise<string> {
    const { activeSession } = this;
    const { profile, minted } = activeSession.require();
    await this.refresher.refresh(
      { backendUrl: activeSession.backendUrl, profile, current: minted },
      {
        // A late response for a session that ended or was replaced is ignored.
        done: (stored) => activeSession.isCurrent(profile) && activeSession.mergeStored(stored),
        failed: (error) =>
          activeSession.isCurrent(profile) && !(error instanceof CancelledError)
            ? this.recordFailure(profile, error)
            : error,
      },
      caller,
    );
    const now = activeSession.require();
    if (now.profile.account.devId !== profile.account.devId) {
      throw new I99dashError('NOT_SIGNED_IN', t('You signed in with another account meanwhile.'));
    }
    // The token of the new session may be expired too.
    return activeSession.isCurrent(profile) && now.minted !== undefined
      ? now.minted.token
      : this.getToken({ interactive: caller.interactive === true });
  }

  /**
   * Verifies a session loaded from the store early, because the server may have ended it long ago.
   * Also clears an error state when the token is valid again, for example after the clock was
   * wrong.
   */
  private async verifyStored(ask: () => Promise<unknown>): Promise<void> {
    const { state, needsVerification } = this.activeSession;
    const looksBad = state.kind === 'offline' || state.kind === 'locked';
    const isDoubtful = looksBad || (needsVerification && state.kind === 'signedIn');
    if (!isDoubtful || this.failures.isWaiting()) {
      return;
    }
    const { profile } = this.activeSession.require();
    const { failureCount } = this.failures;
    const failure = await ask().then(() => undefined, toRefreshFailure);
    if (!this.activeSession.isCurrent(profile)) {
      return;
    }
    if (failure === undefined) {
      this.recover(profile);
    } else if (this.failures.failureCount === failureCount) {
      this.recordFailure(profile, failure); // otherwise the failing call has recorded it
    }
  }

  private recover({ sessionId }: SessionProfile): void {
    this.activeSession.needsVerification = false;
    this.failures.clear();
    this.activeSession.apply({ kind: 'recovered', sessionId });
  }

  /**
   * Checks whether a locked key has become usable: unlocked in this window, added to an agent, or
   * restored.
   */
  private async recheckLock(): Promise<void> {
    const { signedIn } = this.activeSession;
    if (this.failures.lock === undefined || signedIn === undefined) {
      return;
    }
    const failure = await this.deps.signers
      .open(signedIn.profile)
      .then(() => undefined, toRefreshFailure);
    if (this.activeSession.isCurrent(signedIn.profile)) {
      this.failures.lock = undefined;
      if (failure !== undefined) {
        this.failures.recordFailure(failure);
      }
    }
  }

  /**
   * Checks whether the agent's refusal is still in effect. A key that signs without a prompt,
   * unlocked or restored in the meantime, ends it. The agent listing the key does not.
   */
  private async recheckAgentRefusal(): Promise<void> {
    const { signedIn } = this.activeSession;
    const known = this.failures.refusal;
    if (known === undefined || signedIn?.profile.fingerprint === undefined) {
      return;
    }
    const { signers, signatures } = this.deps;
    const getKeyAvailability = await signers.open(signedIn.profile).catch(() => undefined);
    const asks = getKeyAvailability === undefined || getKeyAvailability.asksPerson === true;
    const refusal = asks
      ? await signatures.standingRefusal(signedIn.profile.fingerprint)
      : undefined;
    if (this.failures.refusal === known) {
      this.failures.refusal = refusal && { failure: known.failure, refusal };
    }
  }

  /** Records a failure and shows it in the state. */
  private recordFailure({ sessionId }: SessionProfile, error: unknown): I99dashError {
    const failure = this.failures.classify(toRefreshFailure(error));
    const { code, message } = failure;
    const { logger } = this.deps;
    if (isTokenRejection(failure)) {
      logger.warn(`A token that was just minted is not accepted: [${code}] ${message}`);
    } else {
      logger.warn(`Renewal failed: [${code}] ${message}`);
    }
    switch (this.failures.recordFailure(failure)) {
      case 'locked':
        this.showLocked();
        break;
      case 'final':
        this.activeSession.apply({ kind: 'rejected', sessionId, failure });
        break;
      case 'passing':
        this.showOffline();
    }
    return failure;
  }

  private showLocked(): void {
    const { state } = this.activeSession;
    const failure = this.lockFailure();
    const isShown = state.kind === 'locked' && state.failure.code === failure?.code;
    if (failure !== undefined && !isShown && this.nextAction().kind === 'locked') {
      const { sessionId } = this.activeSession.require().profile;
      this.activeSession.apply({ kind: 'locked', sessionId, failure });
    }
  }

  private lockFailure(): I99dashError | undefined {
    const { profile } = this.activeSession.signedIn ?? {};
    return profile !== undefined && lacksKey(profile)
      ? missingKey()
      : (this.failures.lock ?? this.failures.refusal?.failure);
  }

  private showOffline(): void {
    const { state } = this.activeSession;
    const { backoff, shouldShow } = this.failures;
    const isShown = state.kind === 'offline' && state.failure === backoff?.failure;
    const isSpent = this.nextAction().kind !== 'use';
    if (backoff !== undefined && !isShown && (isSpent || shouldShow)) {
      const { sessionId } = this.activeSession.require().profile;
      this.activeSession.apply({ kind: 'failed', sessionId, ...backoff });
    }
  }

  /**
   * Rejects the session: its token expired and cannot be refreshed, or its key was rejected before.
   */
  private reject(): I99dashError {
    const { state, usableToken } = this.activeSession;
    if (state.kind === 'rejected') {
      return state.failure;
    }
    const { sessionId, source } = this.activeSession.require().profile;
    const words = EXPIRED_MESSAGES[source === 'deviceCode' ? 'apiKey' : 'token'];
    const failure = new I99dashError(
      'NOT_SIGNED_IN',
      usableToken === undefined ? words.refused() : words.expired(),
    );
    this.activeSession.apply({ kind: 'rejected', sessionId, failure });
    return failure;
  }
}
