import { I99dashError } from '../errors';
import { canRefresh, type Account } from '../identity';
import { t } from '../text/l10n';
import type { ActiveSession } from './activeSession';
import { isTokenRejection, isWaiting, toRefreshError } from './refreshPolicy';
import type { SessionProfile } from './sessionRecord';
import type { TokenRefresher, TokenRefresherDeps } from './tokenRefresher';

/** Checks in the background whether the session still works, and keeps its token fresh. */
export class SessionCheck {
  constructor(
    private readonly deps: TokenRefresherDeps,
    private readonly active: ActiveSession,
    private readonly refresher: TokenRefresher,
  ) {}

  /**
   * Refreshes a token that is due, and verifies a session that is in doubt, in the background.
   * Never prompts, never rejects.
   * @param fetchIdentity Fetches the account of the token.
   * @returns When to run again at the latest, in milliseconds since the epoch; undefined when
   * nothing is due.
   */
  async run(fetchIdentity: () => Promise<unknown>): Promise<number | undefined> {
    await this.recheckKey();
    if (this.active.current === undefined) {
      return undefined;
    }
    const action = this.active.nextAction();
    if (action === 'refresh') {
      await this.refresher.refresh().catch(() => undefined);
    } else if (action === 'rejected') {
      this.active.reject();
    }
    await this.verify(fetchIdentity);
    this.active.refreshState();
    return this.nextCheckAt();
  }

  /**
   * Runs a call for the account of the token. Only this call shows whether the backend accepts a
   * new token, and whether the key still belongs to the same account.
   * @throws KEY_REJECTED and the errors of `ask`
   */
  async identify(ask: () => Promise<Account>): Promise<Account> {
    const { profile } = this.active.current ?? {};
    try {
      const account = await ask();
      if (profile !== undefined && this.active.has(profile)) {
        this.assertSameAccount(profile, account);
        this.active.confirm();
      }
      return account;
    } catch (error) {
      throw profile !== undefined && isTokenRejection(error)
        ? this.active.fail(profile, error)
        : error;
    }
  }

  /**
   * Rejects the session when its key now belongs to another account, so that nothing is done on
   * that account's behalf.
   * @throws KEY_REJECTED
   */
  private assertSameAccount(profile: SessionProfile, { devId }: Account): void {
    if (devId === profile.account.devId || !canRefresh(profile.source)) {
      return;
    }
    const { minted } = this.active.require();
    if (minted !== undefined) {
      this.active.markRejected(minted.token);
    }
    const message = t('The key you signed in with belongs to another account now. Sign in again.');
    throw this.active.fail(profile, new I99dashError('KEY_REJECTED', message));
  }

  /** Returns when the next check is due. Undefined if it is overdue: any wake-up may run it. */
  private nextCheckAt(): number | undefined {
    const { minted, profile, failure } = this.active.current ?? {};
    const now = this.deps.clock.now();
    const tokenDue =
      profile !== undefined && canRefresh(profile.source) ? minted?.refreshAt : minted?.expiresAt;
    const due = isWaiting(failure, now) ? failure.retryAt : tokenDue;
    return due !== undefined && due > now ? due : undefined;
  }

  /**
   * Verifies a session that is in doubt, because the server may have ended it, or because the last
   * call failed.
   */
  private async verify(fetchIdentity: () => Promise<unknown>): Promise<void> {
    const { current, usableToken } = this.active;
    if (current === undefined || usableToken === undefined) {
      return;
    }
    const { profile, failure, needsVerification } = current;
    const isDoubtful = needsVerification || failure?.kind === 'transient';
    if (!isDoubtful || failure?.kind === 'rejected' || isWaiting(failure, this.deps.clock.now())) {
      return;
    }
    try {
      await fetchIdentity();
    } catch (error) {
      // Otherwise the failing call has recorded it.
      if (this.active.current?.failure === failure) {
        this.active.fail(profile, error);
      }
      return;
    }
    if (this.active.has(profile)) {
      this.active.recover();
    }
  }

  /**
   * Checks whether a locked key has become usable: unlocked in this window, added to an agent, or
   * restored. An agent that lists the key may still refuse to sign: only a pause ends its refusal.
   */
  private async recheckKey(): Promise<void> {
    const { profile, failure } = this.active.current ?? {};
    if (profile === undefined || failure?.kind !== 'locked') {
      return;
    }
    const { signers, signatures } = this.deps;
    const error = await signers
      .open(profile)
      .then(({ mayPromptUser, fingerprint }) =>
        mayPromptUser === true ? signatures.standingRefusal(fingerprint) : undefined,
      )
      .catch(toRefreshError);
    if (this.active.current?.failure === failure && error?.code !== failure.error.code) {
      this.active.setFailure(error && { kind: 'locked', error });
    }
  }
}
