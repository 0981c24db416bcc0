import * as vscode from 'vscode';
import type { Session } from '../core/auth/session';
import type { Clock } from '../core/ports';
import { identityView } from './identityView';
import { settings } from './settings';

/** The hover tells how long the token lives; it is drawn anew this often, in milliseconds. */
const REDRAW_MS = 60_000;

/** Keeps the identity item true. */
export class IdentityStatusBar implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;
  private readonly subscriptions: vscode.Disposable;

  constructor(
    private readonly session: Session,
    /** Where it is, or why it is refused: the hover explains both. */
    private readonly backend: () => string,
    private readonly clock: Clock,
    private readonly hasMiniApps: () => boolean,
  ) {
    this.item = vscode.window.createStatusBarItem(
      'i99dash.identity',
      vscode.StatusBarAlignment.Left,
      50,
    );
    this.item.name = 'i99dash';
    const timer = setInterval(() => this.update(), REDRAW_MS);
    this.subscriptions = vscode.Disposable.from(
      this.item,
      { dispose: () => clearInterval(timer) },
      session.onDidChange(() => this.update()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('i99dash')) {
          this.update();
        }
      }),
    );
    this.update();
  }

  update(): void {
    const { state } = this.session;
    const view = identityView(state, this.backend(), this.clock.now());
    this.item.text = view.text;
    this.item.tooltip = view.tooltip;
    this.item.command = view.command;
    this.item.accessibilityInformation = { label: view.accessibilityLabel, role: 'button' };
    this.item.backgroundColor = view.isError
      ? new vscode.ThemeColor('statusBarItem.errorBackground')
      : undefined;
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
