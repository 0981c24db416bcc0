import * as vscode from 'vscode';
import type { AppsModel } from '../../core/apps/appsModel';
import type { Session } from '../../core/session/session';
import { describeError } from '../../core/errors';
import { plural } from '../../core/text/l10n';
import type { Logger, StateStore } from '../../core/platform/interfaces';
import { countProblems, decorateProblems, onDidChangeProblems } from './appProblems';
import { isUnreachable, type Reachability } from '../../core/http/reachability';
import type { RenderedApps } from './appsTree';
import type { MiniApps } from '../publish/miniApps';
import type { ViewElement } from '../ui/viewElement';

const APPS_VIEW = 'i99dash.apps';
/**
 * Asked for again when the view is shown, or the window gets the focus, after this many
 * milliseconds.
 */
const SHOWN_AGAIN_MS = 15_000;
const FOCUSED_AGAIN_MS = 60_000;
const FILTER = 'i99dash.appsFilter';
const UNSEEN = 'i99dash.unseenDecisions';

export interface AppsViewDeps {
  logger: Logger;
  model: AppsModel;
  session: Session;
  miniApps: MiniApps;
  state: StateStore;
  /** Resolves once the stored session has been read: nobody is told to sign in before. */
  restored: Promise<void>;
  /** Whether the backend can be reached. */
  reachability: Pick<Reachability, 'failure' | 'onDidChange'>;
  /** The backend in force; why there is none where the client refuses it. */
  backend: () => string;
}

/** The view *Apps*. Asks the backend only while it is visible. */
export class AppsView implements vscode.TreeDataProvider<ViewElement>, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<undefined>();
  private readonly view: vscode.TreeView<ViewElement>;
  private readonly subscriptions: vscode.Disposable;
  private account: string | undefined;
  private wasUsable = false;

  constructor(private readonly deps: AppsViewDeps) {
    const { model, session, miniApps } = deps;
    this.account = this.currentAccount();
    this.view = vscode.window.createTreeView(APPS_VIEW, { treeDataProvider: this });
    this.subscriptions = vscode.Disposable.from(
      this.changes,
      this.view,
      model.onDidChange(() => this.redraw()),
      miniApps.onDidChange(() => this.redraw()),
      decorateProblems(),
      onDidChangeProblems(
        () => miniApps.known,
        () => this.redraw(),
      ),
      session.onDidChange(() => this.followAccount()),
      deps.reachability.onDidChange(() => this.followBackend()),
      this.view.onDidChangeVisibility(() => this.show(SHOWN_AGAIN_MS)),
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) {
          this.show(FOCUSED_AGAIN_MS);
        }
      }),
      vscode.workspace.onDidChangeConfiguration(() => this.followAccount()),
    );
    void setContext('i99dash.appsFilter', this.isFiltered ? 'workspace' : 'all');
    this.count();
  }

  readonly onDidChangeTreeData = this.changes.event;

  get visible(): boolean {
    return this.view.visible;
  }

  getTreeItem(element: ViewElement): vscode.TreeItem {
    return element.toTreeItem();
  }

  getParent(element: ViewElement): ViewElement | undefined {
    return element.parent;
  }

  async getChildren(element?: ViewElement): Promise<ViewElement[]> {
    return element === undefined ? (await this.draw()).elements : [...element.children];
  }

  /** Asks the backend now when the view is visible, and when it is shown next otherwise. */
  async refresh(): Promise<void> {
    this.deps.model.expire();
    if (this.visible) {
      await this.progress(this.deps.model.refresh());
    }
  }

  /** Shows the view, and in it an app. */
  async reveal(appId?: string): Promise<void> {
    await vscode.commands.executeCommand(`${APPS_VIEW}.focus`);
    await this.deps.model.refresh();
    let found = await this.find(appId);
    if (found === undefined && appId !== undefined && this.isFiltered) {
      await this.filter('all');
      found = await this.find(appId);
    }
    if (found !== undefined) {
      await this.select(found);
    }
  }

  /**
   * VS Code refuses a row that it has drawn anew meanwhile: the app is in the view all the same,
   * and nothing has failed for whoever asked.
   */
  private async select(row: ViewElement): Promise<void> {
    try {
      await this.view.reveal(row, { select: true, focus: true, expand: true });
    } catch (error) {
      this.deps.logger.debug(`Apps: a row could not be selected: ${describeError(error)}`);
    }
  }

  /** Shows the workspace's apps alone, or all. */
  async filter(only: 'workspace' | 'all'): Promise<void> {
    await this.deps.state.update(FILTER, only);
    await setContext('i99dash.appsFilter', only);
    this.redraw();
  }

  /** Counts a decision on the badge until the view is looked at. */
  async announce(appId: string): Promise<void> {
    if (!this.visible) {
      await this.deps.state.update(UNSEEN, [...new Set([...this.unseen, appId])]);
      this.count();
    }
    await this.refresh();
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  private async draw(): Promise<RenderedApps> {
    const { model, session, miniApps, restored, reachability } = this.deps;
    await restored;
    const isSignedIn = (): boolean => this.currentAccount() !== undefined;
    if (isSignedIn() && model.snapshot === undefined && model.failure === undefined) {
      await setContext('i99dash.appsView', ''); // no welcome while they are on their way
      await model.refreshIfOlder(0);
    }
    const { renderApps } = await import('./appsTree');
    const drawn = await renderApps({
      snapshot: model.snapshot,
      failure:
        session.state.kind === 'signingIn' ? undefined : (model.failure ?? reachability.failure),
      isSignedIn: isSignedIn(),
      isFiltered: this.isFiltered,
      folders: miniApps.known,
      problems: countProblems(miniApps.known),
      now: Date.now(),
    });
    this.view.message = drawn.message;
    this.view.description = this.isFiltered ? vscode.l10n.t('This Workspace') : '';
    await setContext('i99dash.appsView', drawn.welcomeState ?? '');
    await setContext('i99dash.deliveryFailed', drawn.hasDeliveryFailure);
    return drawn;
  }

  private async find(appId: string | undefined): Promise<ViewElement | undefined> {
    const { elements } = await this.draw();
    const { AppNode } = await import('./appElements');
    return elements
      .flatMap((element) => [element, ...element.children])
      .find((element) => element instanceof AppNode && element.row.appId === appId);
  }

  private redraw(): void {
    this.changes.fire(undefined);
  }

  private show(freshMs: number): void {
    if (this.visible) {
      void this.deps.state.update(UNSEEN, undefined).then(() => this.count());
      if (this.currentAccount() !== undefined) {
        void this.progress(this.deps.model.refreshIfOlder(freshMs));
      }
    }
  }

  private async progress(task: Promise<void>): Promise<void> {
    await vscode.window.withProgress({ location: { viewId: APPS_VIEW } }, () => task);
  }

  /** Another account has other apps; one that can be used again is asked again. */
  private followAccount(): void {
    const { model, session } = this.deps;
    const account = this.currentAccount();
    const isUsable = session.state.kind === 'signedIn';
    const isBack = isUsable && !this.wasUsable && model.failure !== undefined;
    this.wasUsable = isUsable;
    if (account !== this.account) {
      this.account = account;
      model.forget();
    } else if (isBack) {
      void this.refresh();
    }
  }

  /** What could not be read while the backend was out of reach is read once it is back. */
  private followBackend(): void {
    const { model, reachability } = this.deps;
    if (reachability.failure === undefined && isUnreachable(model.failure)) {
      void this.refresh();
    }
    this.redraw();
  }

  /** Undefined when nobody is signed in. */
  private currentAccount(): string | undefined {
    const { session, backend } = this.deps;
    const state = session.state.kind === 'signingIn' ? session.state.settled : session.state;
    if (state.kind === 'signedOut') {
      return undefined;
    }
    const who = state.kind === 'environment' ? state.variable : state.profile.sessionId;
    return `${backend()} ${who}`;
  }

  private get isFiltered(): boolean {
    return this.deps.state.get(FILTER) === 'workspace';
  }

  private get unseen(): unknown[] {
    const stored = this.deps.state.get(UNSEEN);
    return Array.isArray(stored) ? (stored as unknown[]) : [];
  }

  private count(): void {
    const value = this.unseen.length;
    this.view.badge =
      value === 0
        ? undefined
        : {
            value,
            tooltip: plural(value, {
              one: '{0} review decided',
              other: '{0} reviews decided',
            }),
          };
  }
}

function setContext(key: string, value: unknown): Thenable<unknown> {
  return vscode.commands.executeCommand('setContext', key, value);
}
