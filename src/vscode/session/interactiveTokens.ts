import type { Session } from '../../core/session/session';
import { SignatureRefused } from '../../core/session/signatureRequests';
import { isI99dashError } from '../../core/errors';
import type { TokenRequest, TokenSource } from '../../core/platform/interfaces';

/**
 * Token source for commands that the user started. If the session is locked, it asks for the
 * passphrase, once for all waiting commands. If the SSH agent refused to sign, it asks the agent
 * again. Background work uses the session itself, which never prompts.
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

  /**
   * Checks whether a passphrase can resolve the error. If the agent does not sign, the key file can
   * still be opened.
   */
  private isForPassphrase(error: unknown): boolean {
    const hasFile = this.session.ownSession?.profile.keyPath !== undefined;
    return isI99dashError(error, 'KEY_ENCRYPTED') || (hasFile && error instanceof SignatureRefused);
  }

  /**
   * Asks for the passphrase, or joins a prompt that is already open.
   * @throws The errors of {@link askToUnlock}.
   */
  private unlock(): Promise<void> {
    this.unlocking ??= this.askToUnlock().finally(() => {
      this.unlocking = undefined;
    });
    return this.unlocking;
  }
}
