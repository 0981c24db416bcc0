import type { Session } from '../../core/session/session';
import { SignatureRefused } from '../../core/session/signatureRequests';
import { isI99dashError } from '../../core/errors';
import type { TokenRequest, TokenSource } from '../../core/platform/interfaces';

/**
 * The tokens for commands that a user has started: a locked session asks for the passphrase, once
 * for however many commands wait, and an agent that refused to sign is asked again. Background work
 * uses the session itself, which never asks.
 */
export class InteractiveTokens implements TokenSource {
  private unlocking: Promise<void> | undefined;

  constructor(
    private readonly session: Session,
    private readonly askToUnlock: () => Promise<void>,
  ) {}

  async getToken(request?: TokenRequest): Promise<string> {
    this.session.resetBackoff({ userInitiated: true });
    const interactive = { ...request, interactive: true };
    try {
      return await this.session.getToken(interactive);
    } catch (error) {
      if (!this.isForPassphrase(error)) {
        throw error;
      }
    }
    await this.unlock();
    return this.session.getToken(interactive);
  }

  /** A key file whose agent does not sign can still be opened. */
  private isForPassphrase(error: unknown): boolean {
    const hasFile = this.session.stored?.profile.keyPath !== undefined;
    return isI99dashError(error, 'KEY_ENCRYPTED') || (hasFile && error instanceof SignatureRefused);
  }

  /**
   * Asks for the passphrase, or joins who asks already.
   * @throws as {@link askToUnlock}
   */
  private unlock(): Promise<void> {
    this.unlocking ??= this.askToUnlock().finally(() => {
      this.unlocking = undefined;
    });
    return this.unlocking;
  }
}
