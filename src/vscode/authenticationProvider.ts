import * as vscode from 'vscode';
import type { Session } from '../core/auth/session';
import type { SessionRecord } from '../core/auth/sessionRecord';
import { accountLabel } from '../core/identity';
import type { Realm } from '../core/realm';

/** Shows the session in VS Code's Accounts menu and hands it to extensions that the user allows. */
export class SessionAuthenticationProvider
  implements vscode.AuthenticationProvider, vscode.Disposable
{
  private readonly changes =
    new vscode.EventEmitter<vscode.AuthenticationProviderAuthenticationSessionsChangeEvent>();
  private readonly subscriptions: vscode.Disposable;
  private known: SessionRecord | undefined;
  readonly onDidChangeSessions = this.changes.event;

  constructor(
    realm: Realm,
    private readonly session: Session,
    /** Asks the user; undefined when they cancel. */
    private readonly signIn: () => Thenable<unknown>,
    /** Resolves once the stored session has been read. */
    private readonly restored: Promise<void>,
  ) {
    this.known = session.record;
    this.subscriptions = vscode.Disposable.from(
      this.changes,
      session.onDidChange(() => this.tellChange()),
      vscode.authentication.registerAuthenticationProvider(realm.id, realm.label, this, {
        supportsMultipleAccounts: false,
      }),
    );
  }

  /** No UI and no network: a session stays listed whatever state its token is in. */
  async getSessions(): Promise<vscode.AuthenticationSession[]> {
    await this.restored;
    const { record } = this.session;
    return record === undefined ? [] : [toAuthenticationSession(record)];
  }

  async createSession(): Promise<vscode.AuthenticationSession> {
    const identity = await this.signIn();
    const { record } = this.session;
    if (identity === undefined || record === undefined) {
      throw new vscode.CancellationError();
    }
    return toAuthenticationSession(record);
  }

  async removeSession(sessionId: string): Promise<void> {
    if (this.session.record?.sessionId === sessionId) {
      await this.session.signOut();
    }
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  private tellChange(): void {
    const before = this.known;
    const now = this.session.record;
    this.known = now;
    if (before?.sessionId !== now?.sessionId) {
      this.changes.fire({
        added: now === undefined ? [] : [toAuthenticationSession(now)],
        removed: before === undefined ? [] : [toAuthenticationSession(before)],
        changed: [],
      });
    } else if (now !== undefined && before?.token !== now.token) {
      this.changes.fire({ added: [], removed: [], changed: [toAuthenticationSession(now)] });
    }
  }
}

function toAuthenticationSession(record: SessionRecord): vscode.AuthenticationSession {
  return {
    id: record.sessionId,
    accessToken: record.token,
    // VS Code keys the user's consent by the label: it never changes while the account is the same.
    account: { id: record.account.devId, label: accountLabel(record.account) },
    scopes: [],
  };
}
