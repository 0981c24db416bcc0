import * as vscode from 'vscode';
import { toIdentity, type Session, type SessionState } from '../core/auth/session';
import type { SessionRecord } from '../core/auth/sessionRecord';
import { abbreviateHome } from '../core/homePath';
import { accountLabel } from '../core/identity';
import type { Clock } from '../core/ports';
import { settings } from './settings';

/** What a status bar item shows. */
export interface StatusBarView {
  text: string;
  tooltip: vscode.MarkdownString;
  accessibilityLabel: string;
  command: 'i99dash.signIn' | 'i99dash.showAccountMenu';
}

const MENU_HINT = 'i99dash';

/** The identity item for a session state. Pure: the same input gives the same view. */
export function identityView(state: SessionState, backendUrl: string, now: number): StatusBarView {
  switch (state.kind) {
    case 'signedOut':
      return {
        text: `$(sign-in) ${vscode.l10n.t('i99dash: Sign In')}`,
        tooltip: new vscode.MarkdownString(
          vscode.l10n.t('Sign in to i99dash with your SSH key to publish mini-apps.'),
        ),
        accessibilityLabel: vscode.l10n.t('i99dash: signed out. Sign in.'),
        command: 'i99dash.signIn',
      };
    case 'signingIn':
      return {
        text: `$(sync~spin) ${vscode.l10n.t('i99dash: Signing In…')}`,
        tooltip: new vscode.MarkdownString(vscode.l10n.t('Signing in to i99dash.')),
        accessibilityLabel: vscode.l10n.t('i99dash: signing in'),
        command: 'i99dash.showAccountMenu',
      };
    case 'signedIn': {
      const who = accountLabel(state.record.account);
      return {
        text: `$(account) ${escapeIcons(who)}`,
        tooltip: explain(state.record, backendUrl, now),
        accessibilityLabel: vscode.l10n.t('i99dash: signed in as {0}', who),
        command: 'i99dash.showAccountMenu',
      };
    }
  }
}

/** Keeps the identity item true. */
export class IdentityStatusBar implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;
  private readonly subscriptions: vscode.Disposable;

  constructor(
    private readonly session: Session,
    private readonly backendUrl: () => string,
    private readonly clock: Clock,
    private readonly hasMiniApps: () => boolean,
  ) {
    this.item = vscode.window.createStatusBarItem(
      'i99dash.identity',
      vscode.StatusBarAlignment.Left,
      50,
    );
    this.item.name = 'i99dash';
    this.subscriptions = vscode.Disposable.from(
      this.item,
      session.onDidChange(() => this.update()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('i99dash.statusBar.visible')) {
          this.update();
        }
      }),
    );
    this.update();
  }

  update(): void {
    const view = identityView(this.session.state, this.backendUrl(), this.clock.now());
    this.item.text = view.text;
    this.item.tooltip = view.tooltip;
    this.item.command = view.command;
    this.item.accessibilityInformation = { label: view.accessibilityLabel, role: 'button' };
    if (this.isWanted()) {
      this.item.show();
    } else {
      this.item.hide();
    }
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  private isWanted(): boolean {
    switch (settings.statusBarVisible()) {
      case 'always':
        return true;
      case 'never':
        return false;
      case 'auto':
        return this.session.state.kind !== 'signedOut' || this.hasMiniApps();
    }
  }
}

function explain(record: SessionRecord, backendUrl: string, now: number): vscode.MarkdownString {
  const identity = toIdentity(record, backendUrl);
  const rows: [string, string | undefined][] = [
    [vscode.l10n.t('Backend'), identity.backendUrl],
    [vscode.l10n.t('Developer id'), identity.devId],
    [vscode.l10n.t('Signed in with'), signedInWith(record)],
    [vscode.l10n.t('Fingerprint'), record.fingerprint],
    [vscode.l10n.t('Token renewed'), new Date(record.mintedAt).toLocaleTimeString()],
    [vscode.l10n.t('Token expires'), expiry(record, now)],
  ];
  const hover = new vscode.MarkdownString();
  hover.appendMarkdown(`**${MENU_HINT}** — `);
  hover.appendText(identity.displayName ?? accountLabel(identity));
  hover.appendMarkdown('\n\n');
  for (const [name, value] of rows) {
    if (value !== undefined) {
      hover.appendText(`${name}: ${value}`);
      hover.appendMarkdown('  \n');
    }
  }
  return hover;
}

function signedInWith(record: SessionRecord): string {
  return record.keyPath === undefined
    ? vscode.l10n.t('a pasted access token')
    : vscode.l10n.t('the SSH key {0}', abbreviateHome(record.keyPath));
}

function expiry(record: SessionRecord, now: number): string {
  const time = new Date(record.expiresAt).toLocaleTimeString();
  if (record.expiresAt <= now) {
    return vscode.l10n.t('at {0}, renewed on next use', time);
  }
  return vscode.l10n.t('in {0} min, at {1}', Math.ceil((record.expiresAt - now) / 60_000), time);
}

/** An account's name is data: `$(name)` in it must not become an icon. */
function escapeIcons(text: string): string {
  return text.replaceAll('$(', '$\u200B(');
}
