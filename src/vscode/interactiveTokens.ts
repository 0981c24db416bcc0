import type { Session } from '../core/auth/session';
import { isI99dashError } from '../core/errors';
import type { TokenRequest, TokenSource } from '../core/ports';

/**
 * The tokens for commands that a user has started: a locked session asks for the passphrase, once for however many commands wait.
 * Background work uses the session itself, which never asks.
 */
export class InteractiveTokens implements TokenSource {
  private unlocking: Promise<void> | undefined;

  constructor(
    private readonly session: Session,
    private readonly askToUnlock: () => Promise<void>,
  ) {}

  async getToken(request?: TokenRequest): Promise<string> {
    this.session.hurry({ byPerson: true });
    try {
      return await this.session.getToken(request);
    } catch (error) {
      if (!isI99dashError(error, 'KEY_ENCRYPTED')) {
        throw error;
      }
    }
    await this.unlock();
    return this.session.getToken(request);
  }

  /** Asks for the passphrase, or joins who asks already. @throws as {@link askToUnlock} */
  unlock(): Promise<void> {
    this.unlocking ??= this.askToUnlock().finally(() => {
      this.unlocking = undefined;
    });
    return this.unlocking;
  }
}
