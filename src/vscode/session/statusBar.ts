import * as vscode from 'vscode';
import type { Session } from '../../core/session/session';
import type { Clock } from '../../core/platform/interfaces';
import { withReachability, type Reachability } from '../../core/http/reachability';
import type { Badge } from './identityHover';
import { statusBarView, type StatusBarView } from './statusBarView';
import { realmLabels, type RealmLabels } from './realmLabels';
import { settings } from '../settings';

/** Interval between updates of the remaining token lifetime in the hover, in milliseconds. */
const REDRAW_MS = 60_000;

export interface StatusBarDeps {
  session: Session;
  clock: Clock;
  /** Returns the backend URL, or the reason why it is rejected. The hover shows it. */
  backend: () => string;
  /** Checks whether to show the item. */
  isWanted: () => boolean;
  /** Reachability of the backend. */
  reachability?: Pick<Reachability, 'failure' | 'retryAt' | 'onDidChange'>;
  /** Returns what to show instead of the account name. */
  badge?: () => Badge | undefined;
}

/** Keeps the identity item of a realm up to date. */
export class IdentityStatusBar implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;
  private readonly subscriptions: vscode.Disposable;
  private readonly ui: RealmLabels;
  private drawing: NodeJS.Immediate | undefined;

  constructor(private readonly parts: StatusBarDeps) {
    const { session } = parts;
    this.ui = realmLabels(session.realm);
    const { Left } = vscode.StatusBarAlignment;
    this.item = vscode.window.createStatusBarItem(this.ui.itemId, Left, this.ui.priority);
    this.item.name = this.ui.label;
    const timer = setInterval(() => this.update(), REDRAW_MS);
    this.subscriptions = vscode.Disposable.from(
      this.item,
      { dispose: () => clearInterval(timer) },
      { dispose: () => clearImmediate(this.drawing) },
      session.onDidChange(() => this.update()),
      parts.reachability?.onDidChange(() => this.update()) ?? { dispose: () => undefined },
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(session.realm.id)) {
          this.update();
        }
      }),
    );
    this.update();
  }

  /**
   * Schedules one redraw for all changes in the same turn of the event loop. VS Code would not show
   * them earlier.
   */
  update(): void {
    this.drawing ??= setImmediate(() => {
      this.drawing = undefined;
      this.draw();
    });
  }

  private draw(): void {
    if (!this.parts.isWanted()) {
      this.item.hide();
      return;
    }
    const { session, backend, clock, badge, reachability } = this.parts;
    const view = statusBarView(withReachability(session.state, reachability), {
      ...{ ui: this.ui, backend: backend(), now: clock.now() },
      badge: badge?.(),
    });
    this.item.text = view.text;
    this.item.tooltip = view.tooltip;
    this.item.command = view.command;
    this.item.accessibilityInformation = { label: view.accessibilityLabel, role: 'button' };
    this.item.backgroundColor = chooseBackground(view);
    this.item.show();
  }

  dispose(): void {
    this.subscriptions.dispose();
  }
}

function chooseBackground({ isError, isWarning }: StatusBarView): vscode.ThemeColor | undefined {
  if (isError) {
    return new vscode.ThemeColor('statusBarItem.errorBackground');
  }
  return isWarning ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
}

/**
 * Checks in the settings whether to show the developer's status bar item.
 * @param has Whether the workspace has a mini-app, and whether the user has ever signed in.
 */
export function isIdentityWanted(
  session: Session,
  has: { miniApps: boolean; signedIn: boolean },
): boolean {
  switch (settings.statusBarVisible()) {
    case 'always':
      return true;
    case 'never':
      return false;
    case 'auto':
      return session.state.kind !== 'signedOut' || has.miniApps || !has.signedIn;
  }
}
