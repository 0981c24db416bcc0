import { raceSignal } from '../platform/abort';
import { CancelledError, I99dashError, throwIfCancelled } from '../errors';
import { isRenewable, type Account } from '../identity';
import { t } from '../text/l10n';
import type { TokenRequest } from '../platform/interfaces';
import type { HeldSession } from './activeSession';
import type { MintedToken } from '../signIn/requestToken';
import { Renewer, type RenewalCaller, type RenewerPorts } from './tokenRefresher';
import {
  decide,
  drawRenewalShare,
  renewalDueAt,
  type Decision,
  type SignerReadiness,
} from './refreshPolicy';
import { asRenewalFailure, isRefusal, type RenewalTroubles } from './refreshFailures';
import { lacksKey, type SessionProfile } from './sessionRecord';
import { missingKey } from './keyRing';

export interface SessionRenewalPorts extends RenewerPorts {
  /** From 0 to 1. */
  random: () => number;
}

/** Messages for an expired or rejected credential that cannot be refreshed. */
const DEAD = {
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
export class SessionRenewal {
  /** When to refresh is picked at random once per token. */
  private draw = { token: '', share: 0 };
  private readonly renewer: Renewer;

  /**
   * Creates the service.
   * @param troubles Shared with the active session.
   */
  constructor(
    private readonly ports: SessionRenewalPorts,
    private readonly inHand: HeldSession,
    private readonly troubles: RenewalTroubles,
  ) {
    this.renewer = new Renewer(ports);
  }

  /** Implements `TokenSource.getToken`. */
  async getToken(request: TokenRequest): Promise<string> {
    const { rejected = [], signal } = request;
    throwIfCancelled(signal);
    this.inHand.require();
    const vain = this.refuse(rejected);
    if (vain !== undefined) {
      return vain;
    }
    const { usable } = this.inHand;
    const decision = this.decide();
    if (usable !== undefined && (decision.kind === 'use' || decision.kind === 'useAndRenew')) {
      if (decision.kind === 'useAndRenew') {
        void this.renew().catch(() => undefined);
      }
      return usable.token;
    }
    if (decision.kind === 'rejected') {
      throw this.reject();
    }
    this.troubles.hurry();
    const { pause } = this.troubles;
    if (pause !== undefined && this.decide().kind === 'retryAt') {
      this.showOffline();
      throw pause.failure; // the server requested this delay
    }
    return raceSignal(this.renew(request), signal);
  }

  /**
   * Refreshes a token that is due, and verifies a session loaded from the store, in the background.
   * Never prompts, never rejects.
   * @param confirm Fetches the account of the token.
   * @returns When to run again at the latest, in milliseconds since the epoch; undefined when
   * nothing is due.
   */
  async keepAlive(confirm: () => Promise<unknown>): Promise<number | undefined> {
    await this.probeLock();
    await this.probeRefusal();
    if (this.inHand.held === undefined) {
      return undefined;
    }
    switch (this.decide().kind) {
      case 'useAndRenew':
      case 'renewAndWait':
        await this.renew().catch(() => undefined);
        break;
      case 'locked':
        this.showLocked();
        break;
      case 'rejected':
        this.reject();
        break;
      case 'use':
        await this.confirm(confirm);
        break;
      case 'retryAt':
        this.showOffline();
    }
    return this.dueAt();
  }

  /**
   * Marks tokens as rejected. A new token is worth a try unless the last one was issued after the
   * first had been rejected: a refresh started before that may have returned a token that is
   * invalid for the same reason.
   * @returns The rejected token to use again, or undefined when a new one is worth a try.
   */
  private refuse([first, ...later]: readonly string[]): string | undefined {
    if (first === undefined) {
      return undefined;
    }
    this.inHand.refuse(first);
    const last = later.at(-1);
    if (last !== undefined && this.inHand.isMintedSince(last, first)) {
      this.inHand.unconfirmed = true; // either this call is forbidden or the session has ended
      return last;
    }
    this.inHand.refuse(last ?? first);
    return undefined;
  }

  /**
   * Fetches the account of the token: the only call that shows whether the backend accepts a new
   * token, and whether the key still belongs to the same account.
   * @throws KEY_REJECTED and the errors of `ask`
   */
  async identify(ask: () => Promise<Account>): Promise<Account> {
    const profile = this.inHand.held?.profile;
    try {
      const account = await ask();
      if (profile !== undefined && this.inHand.isHeld(profile)) {
        this.checkOwner(profile, account);
        if (this.troubles.refused) {
          this.recover(profile);
        }
      }
      return account;
    } catch (error) {
      if (profile !== undefined && isRefusal(error) && this.inHand.isHeld(profile)) {
        this.noteFailure(profile, error);
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
    const { minted } = this.inHand.require();
    if (minted !== undefined) {
      this.inHand.refuse(minted.token);
    }
    const message = t('The key you signed in with belongs to another account now. Sign in again.');
    throw this.noteFailure(profile, new I99dashError('KEY_REJECTED', message));
  }

  private decide(): Decision {
    const { lastFailure, refusal } = this.troubles;
    const { held, usable } = this.inHand;
    return decide({
      now: this.ports.clock.now(),
      token: usable,
      share: usable === undefined ? 0 : this.shareOf(usable),
      signer: this.signer(held?.profile),
      ...(lastFailure === undefined ? {} : { lastFailure }),
      ...(refusal === undefined ? {} : { refusal: refusal.refusal }),
    });
  }

  private signer(profile: SessionProfile | undefined): SignerReadiness {
    if (profile === undefined) {
      return this.troubles.signer;
    }
    if (!isRenewable(profile.source)) {
      return 'none';
    }
    return lacksKey(profile) ? 'locked' : this.troubles.signer;
  }

  private shareOf({ token }: MintedToken): number {
    if (this.draw.token !== token) {
      this.draw = { token, share: drawRenewalShare(this.ports.random) };
    }
    return this.draw.share;
  }

  /** Returns when the next refresh is due. Undefined if it is overdue: any wake-up may run it. */
  private dueAt(): number | undefined {
    const { minted, profile } = this.inHand.held ?? {};
    const renewal = minted && renewalDueAt(minted, this.shareOf(minted));
    const isRenewed = profile !== undefined && isRenewable(profile.source);
    const due = this.troubles.retryAt ?? (isRenewed ? renewal : minted?.expiresAt);
    return due !== undefined && due > this.ports.clock.now() ? due : undefined;
  }

  private async renew(caller: RenewalCaller = {}): Promise<string> {
    const { inHand } = this;
    const { profile, minted } = inHand.require();
    await this.renewer.renew(
      { backendUrl: inHand.backendUrl, profile, current: minted },
      {
        // A late response for a session that ended or was replaced is ignored.
        done: (stored) => inHand.isHeld(profile) && inHand.adopt(stored),
        failed: (error) =>
          inHand.isHeld(profile) && !(error instanceof CancelledError)
            ? this.noteFailure(profile, error)
            : error,
      },
      caller,
    );
    const now = inHand.require();
    if (now.profile.account.devId !== profile.account.devId) {
      throw new I99dashError('NOT_SIGNED_IN', t('You signed in as somebody else meanwhile.'));
    }
    // The token of the new session may be expired too.
    return inHand.isHeld(profile) && now.minted !== undefined
      ? now.minted.token
      : this.getToken({ interactive: caller.interactive === true });
  }

  /**
   * Verifies a session loaded from the store early, because the server may have ended it long ago.
   * Also clears an error state when the token is valid again, for example after the clock was
   * wrong.
   */
  private async confirm(ask: () => Promise<unknown>): Promise<void> {
    const { state, unconfirmed } = this.inHand;
    const looksBad = state.kind === 'offline' || state.kind === 'locked';
    const isDoubtful = looksBad || (unconfirmed && state.kind === 'signedIn');
    if (!isDoubtful || this.troubles.isWaiting()) {
      return;
    }
    const { profile } = this.inHand.require();
    const { noted } = this.troubles;
    const failure = await ask().then(() => undefined, asRenewalFailure);
    if (!this.inHand.isHeld(profile)) {
      return;
    }
    if (failure === undefined) {
      this.recover(profile);
    } else if (this.troubles.noted === noted) {
      this.noteFailure(profile, failure); // otherwise the failing call has recorded it
    }
  }

  private recover({ sessionId }: SessionProfile): void {
    this.inHand.unconfirmed = false;
    this.troubles.forget();
    this.inHand.apply({ kind: 'recovered', sessionId });
  }

  /**
   * Checks whether a locked key has become usable: unlocked in this window, added to an agent, or
   * restored.
   */
  private async probeLock(): Promise<void> {
    const { held } = this.inHand;
    if (this.troubles.lock === undefined || held === undefined) {
      return;
    }
    const failure = await this.ports.signers
      .open(held.profile)
      .then(() => undefined, asRenewalFailure);
    if (this.inHand.isHeld(held.profile)) {
      this.troubles.lock = undefined;
      if (failure !== undefined) {
        this.troubles.note(failure);
      }
    }
  }

  /**
   * Checks whether the agent's refusal is still in effect. A key that signs without a prompt,
   * unlocked or restored in the meantime, ends it. The agent listing the key does not.
   */
  private async probeRefusal(): Promise<void> {
    const { held } = this.inHand;
    const known = this.troubles.refusal;
    if (known === undefined || held?.profile.fingerprint === undefined) {
      return;
    }
    const { signers, signatures } = this.ports;
    const signer = await signers.open(held.profile).catch(() => undefined);
    const asks = signer === undefined || signer.asksPerson === true;
    const refusal = asks ? await signatures.standingRefusal(held.profile.fingerprint) : undefined;
    if (this.troubles.refusal === known) {
      this.troubles.refusal = refusal && { failure: known.failure, refusal };
    }
  }

  /** Records a failure and shows it in the state. */
  private noteFailure({ sessionId }: SessionProfile, error: unknown): I99dashError {
    const failure = this.troubles.weigh(asRenewalFailure(error));
    const { code, message } = failure;
    const { logger } = this.ports;
    if (isRefusal(failure)) {
      logger.warn(`A token that was just minted is not accepted: [${code}] ${message}`);
    } else {
      logger.warn(`Renewal failed: [${code}] ${message}`);
    }
    switch (this.troubles.note(failure)) {
      case 'locked':
        this.showLocked();
        break;
      case 'final':
        this.inHand.apply({ kind: 'rejected', sessionId, failure });
        break;
      case 'passing':
        this.showOffline();
    }
    return failure;
  }

  private showLocked(): void {
    const { state } = this.inHand;
    const failure = this.lockFailure();
    const isShown = state.kind === 'locked' && state.failure.code === failure?.code;
    if (failure !== undefined && !isShown && this.decide().kind === 'locked') {
      const { sessionId } = this.inHand.require().profile;
      this.inHand.apply({ kind: 'locked', sessionId, failure });
    }
  }

  private lockFailure(): I99dashError | undefined {
    const { profile } = this.inHand.held ?? {};
    return profile !== undefined && lacksKey(profile)
      ? missingKey()
      : (this.troubles.lock ?? this.troubles.refusal?.failure);
  }

  private showOffline(): void {
    const { state } = this.inHand;
    const { pause, isSerious } = this.troubles;
    const isShown = state.kind === 'offline' && state.failure === pause?.failure;
    const isSpent = this.decide().kind !== 'use';
    if (pause !== undefined && !isShown && (isSpent || isSerious)) {
      const { sessionId } = this.inHand.require().profile;
      this.inHand.apply({ kind: 'failed', sessionId, ...pause });
    }
  }

  /**
   * Rejects the session: its token expired and cannot be refreshed, or its key was rejected before.
   */
  private reject(): I99dashError {
    const { state, usable } = this.inHand;
    if (state.kind === 'rejected') {
      return state.failure;
    }
    const { sessionId, source } = this.inHand.require().profile;
    const words = DEAD[source === 'deviceCode' ? 'apiKey' : 'token'];
    const failure = new I99dashError(
      'NOT_SIGNED_IN',
      usable === undefined ? words.refused() : words.expired(),
    );
    this.inHand.apply({ kind: 'rejected', sessionId, failure });
    return failure;
  }
}
