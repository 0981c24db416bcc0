import * as vscode from 'vscode';
import type { Session } from '../core/auth/session';
import type { Clock } from '../core/ports';
import type { Badge } from './identityHover';
import { identityView, type StatusBarView } from './identityView';
import { uiOf, type RealmUi } from './realmUi';
import { settings } from './settings';

/** The hover tells how long the token lives; it is drawn anew this often, in milliseconds. */
const REDRAW_MS = 60_000;

export interface StatusBarParts {
  session: Session;
  clock: Clock;
  /** Where the backend is, or why it is refused: the hover explains both. */
  backend: () => string;
  /** Whether the item is there at all. */
  isWanted: () => boolean;
  /** What is shown in place of the name. */
  badge?: () => Badge | undefined;
}

/** Keeps the identity item of a realm true. */
export class IdentityStatusBar implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;
  private readonly subscriptions: vscode.Disposable;
  private readonly ui: RealmUi;

  constructor(private readonly parts: StatusBarParts) {
    const { session } = parts;
    this.ui = uiOf(session.realm);
    const { Left } = vscode.StatusBarAlignment;
    this.item = vscode.window.createStatusBarItem(this.ui.itemId, Left, this.ui.priority);
    this.item.name = this.ui.label;
    const timer = setInterval(() => this.update(), REDRAW_MS);
    this.subscriptions = vscode.Disposable.from(
      this.item,
      { dispose: () => clearInterval(timer) },
      session.onDidChange(() => this.update()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(session.realm.id)) {
          this.update();
        }
      }),
    );
    this.update();
  }

  update(): void {
    const { session, backend, clock, badge, isWanted } = this.parts;
    const view = identityView(session.state, {
      ...{ ui: this.ui, backend: backend(), now: clock.now() },
      badge: badge?.(),
    });
    this.item.text = view.text;
    this.item.tooltip = view.tooltip;
    this.item.command = view.command;
    this.item.accessibilityInformation = { label: view.accessibilityLabel, role: 'button' };
    this.item.backgroundColor = backgroundOf(view);
    if (isWanted()) {
      this.item.show();
    } else {
      this.item.hide();
    }
  }

  dispose(): void {
    this.subscriptions.dispose();
  }
}

function backgroundOf({ isError, isWarning }: StatusBarView): vscode.ThemeColor | undefined {
  if (isError) {
    return new vscode.ThemeColor('statusBarItem.errorBackground');
  }
  return isWarning ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
}

/** Whether the developer's item is there, by the settings. */
export function isIdentityWanted(session: Session, hasMiniApps: boolean): boolean {
  switch (settings.statusBarVisible()) {
    case 'always':
      return true;
    case 'never':
      return false;
    case 'auto':
      return session.state.kind !== 'signedOut' || hasMiniApps;
  }
}
