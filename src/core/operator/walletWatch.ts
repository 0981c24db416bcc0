import { ApiClient } from '../api/client';
import type { Session } from '../session/session';
import { I99dashError } from '../errors';
import { Emitter } from '../platform/events';
import { t } from '../text/l10n';
import type { Clock, Disposable, Logger, TokenSource, Transport } from '../platform/interfaces';
import { fetchBalance, type Balance } from './wallet';

/** Minimum interval of background requests, in milliseconds. */
const PERIOD_MS = 5 * 60_000;

export interface WalletWatchDeps {
  session: Session;
  transport: Transport;
  clock: Clock;
  logger: Logger;
  /** @throws BACKEND_REFUSED */
  backendUrl: () => string;
}

/** Keeps the balance of the signed-in operator up to date. */
export class WalletWatch implements Disposable {
  private balance: Balance | undefined;
  /** The session that the balance belongs to. */
  private owner: string | undefined;
  private wasSignedIn = false;
  private askedAt = -Infinity;
  /** Number of the latest request that was answered. Responses may arrive out of order. */
  private answered = 0;
  private asked = 0;
  private readonly changes = new Emitter<Balance | undefined>();
  private readonly subscription: Disposable;
  readonly onDidChange = this.changes.event;

  constructor(private readonly deps: WalletWatchDeps) {
    this.subscription = deps.session.onDidChange(() => this.follow());
    this.follow();
  }

  /** The last known balance of this session, if any. */
  get known(): Balance | undefined {
    return this.balance;
  }

  /**
   * Fetches the balance for a command.
   * @param tokens May prompt the user.
   * @throws NOT_SIGNED_IN and the errors of `fetchBalance`
   */
  async fetch(tokens: TokenSource, signal?: AbortSignal): Promise<Balance> {
    const { session, transport, clock, backendUrl } = this.deps;
    const owner = getOwner(session);
    this.askedAt = clock.now();
    const question = ++this.asked;
    const balance = await fetchBalance(new ApiClient(backendUrl(), transport, tokens), signal);
    if (getOwner(session) !== owner) {
      throw new I99dashError('NOT_SIGNED_IN', t('You signed in with another account meanwhile.'));
    }
    if (question > this.answered) {
      this.answered = question;
      this.learn(balance);
    }
    return balance;
  }

  /**
   * Fetches the balance in the background when the last request is old enough. Never prompts the
   * user, never rejects.
   */
  async refresh(): Promise<void> {
    const { session, clock, logger } = this.deps;
    const age = clock.now() - this.askedAt;
    const isDue = age >= PERIOD_MS || age < 0; // the clock was set back
    if (session.state.kind !== 'signedIn' || !isDue) {
      return;
    }
    await this.fetch(session).catch((error: unknown) =>
      logger.warn(`The balance is not known: ${error instanceof Error ? error.message : ''}`),
    );
  }

  dispose(): void {
    this.subscription.dispose();
  }

  /**
   * Fetches the balance immediately for a new session, and for one that recovered without a known
   * balance.
   */
  private follow(): void {
    const { session } = this.deps;
    const owner = getOwner(session);
    if (owner !== this.owner) {
      this.owner = owner;
      this.askedAt = -Infinity;
      this.learn(undefined);
    }
    const isSignedIn = session.state.kind === 'signedIn';
    if (isSignedIn && !this.wasSignedIn && this.balance === undefined) {
      this.askedAt = -Infinity;
    }
    this.wasSignedIn = isSignedIn;
    void this.refresh();
  }

  private learn(balance: Balance | undefined): void {
    const before = this.balance;
    if (before?.balance !== balance?.balance || before?.currency !== balance?.currency) {
      this.balance = balance;
      this.changes.fire(balance);
    }
  }
}

function getOwner({ ownSession }: Session): string | undefined {
  return ownSession?.profile.sessionId;
}
