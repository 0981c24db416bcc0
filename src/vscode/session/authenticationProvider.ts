import * as vscode from 'vscode';
import type { Session } from '../../core/session/session';
import type { SignedInSession } from '../../core/session/sessionState';
import { accountLabel } from '../../core/identity';
import { sanitizeLine } from '../../core/text/sanitizeLine';
import type { Realm } from '../../core/realm';

/**
 * Shows the session in VS Code's Accounts menu and shares it with extensions that the user allows.
 */
export class SessionProvider implements vscode.AuthenticationProvider, vscode.Disposable {
  private readonly changes =
    new vscode.EventEmitter<vscode.AuthenticationProviderAuthenticationSessionsChangeEvent>();
  private readonly subscriptions: vscode.Disposable;
  private known: SignedInSession | undefined;
  readonly onDidChangeSessions = this.changes.event;

  constructor(
    realm: Realm,
    private readonly session: Session,
    /** Asks the user to sign in. Resolves to undefined if they cancel. */
    private readonly signIn: () => Thenable<unknown>,
    /** Resolves once the stored session has been read. */
    private readonly restored: Promise<void>,
  ) {
    this.known = session.ownSession;
    this.subscriptions = vscode.Disposable.from(
      this.changes,
      session.onDidChange(() => this.tellChange()),
      vscode.authentication.registerAuthenticationProvider(realm.id, realm.label, this, {
        supportsMultipleAccounts: false,
      }),
    );
  }

  /**
   * Returns the stored session, without UI and network access. The session stays listed whatever
   * the state of its token.
   */
  async getSessions(): Promise<vscode.AuthenticationSession[]> {
    await this.restored;
    const { ownSession } = this.session;
    return ownSession === undefined ? [] : [toAuthenticationSession(ownSession)];
  }

  async createSession(): Promise<vscode.AuthenticationSession> {
    const identity = await this.signIn();
    const { ownSession } = this.session;
    if (identity === undefined || ownSession === undefined) {
      throw new vscode.CancellationError();
    }
    return toAuthenticationSession(ownSession);
  }

  async removeSession(sessionId: string): Promise<void> {
    if (this.session.ownSession?.profile.sessionId === sessionId) {
      await this.session.signOut();
    }
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  private tellChange(): void {
    const before = this.known;
    const now = this.session.ownSession;
    this.known = now;
    if (before?.profile.sessionId !== now?.profile.sessionId) {
      this.changes.fire({
        added: now === undefined ? [] : [toAuthenticationSession(now)],
        removed: before === undefined ? [] : [toAuthenticationSession(before)],
        changed: [],
      });
    } else if (now !== undefined && before?.minted?.token !== now.minted?.token) {
      this.changes.fire({ added: [], removed: [], changed: [toAuthenticationSession(now)] });
    }
  }
}

/**
 * Converts the session for VS Code. A missing token becomes an empty string: extensions get the
 * next token through the change event.
 */
function toAuthenticationSession({
  profile,
  minted,
}: SignedInSession): vscode.AuthenticationSession {
  return {
    id: profile.sessionId,
    accessToken: minted?.token ?? '',
    // VS Code stores the user's consent by label, so the label must not change for the same
    // account.
    account: { id: profile.account.devId, label: sanitizeLine(accountLabel(profile.account)) },
    scopes: [],
  };
}
