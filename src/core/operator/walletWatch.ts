import { ApiClient } from '../api/client';
import type { Session } from '../auth/session';
import { I99dashError } from '../errors';
import { Emitter } from '../events';
import { t } from '../l10n';
import type { Clock, Disposable, Logger, TokenSource, Transport } from '../ports';
import { fetchBalance, type Balance } from './wallet';

/** In the background the balance is asked for no more often, in milliseconds. */
const PERIOD_MS = 5 * 60_000;

export interface WalletWatchPorts {
  session: Session;
  transport: Transport;
  clock: Clock;
  logger: Logger;
  /** @throws BACKEND_REFUSED */
  backendUrl: () => string;
}

/** Knows the balance of whoever is signed in. */
export class WalletWatch implements Disposable {
  private balance: Balance | undefined;
  /** Whose balance it is. */
  private owner: string | undefined;
  private wasSignedIn = false;
  private askedAt = -Infinity;
  /** The question whose answer is known, of all that were asked in turn: answers may overtake each other. */
  private answered = 0;
  private asked = 0;
  private readonly changes = new Emitter<Balance | undefined>();
  private readonly subscription: Disposable;
  readonly onDidChange = this.changes.event;

  constructor(private readonly ports: WalletWatchPorts) {
    this.subscription = ports.session.onDidChange(() => this.follow());
    this.follow();
  }

  /** The balance as last told; undefined before that, and for somebody else's. */
  get known(): Balance | undefined {
    return this.balance;
  }

  /**
   * Asks now, for a command.
   * @param tokens may ask the user
   * @throws NOT_SIGNED_IN, and as `fetchBalance`
   */
  async fetch(tokens: TokenSource, signal?: AbortSignal): Promise<Balance> {
    const { session, transport, clock, backendUrl } = this.ports;
    const owner = ownerOf(session);
    this.askedAt = clock.now();
    const question = ++this.asked;
    const balance = await fetchBalance(new ApiClient(backendUrl(), transport, tokens), signal);
    if (ownerOf(session) !== owner) {
      throw new I99dashError('NOT_SIGNED_IN', t('You signed in as somebody else meanwhile.'));
    }
    if (question > this.answered) {
      this.answered = question;
      this.learn(balance);
    }
    return balance;
  }

  /** Background work: asks when the last time was long enough ago. Never asks the user, never rejects. */
  async refresh(): Promise<void> {
    const { session, clock, logger } = this.ports;
    const age = clock.now() - this.askedAt;
    const isDue = age >= PERIOD_MS || age < 0; // a clock that was set back
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

  /** A session that begins, or is itself again without a balance, is asked for at once. */
  private follow(): void {
    const { session } = this.ports;
    const owner = ownerOf(session);
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

function ownerOf({ stored }: Session): string | undefined {
  return stored?.profile.sessionId;
}
