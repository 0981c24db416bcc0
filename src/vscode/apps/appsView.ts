import * as vscode from 'vscode';
import type { AppsModel } from '../../core/apps/appsModel';
import type { Session } from '../../core/session/session';
import { describeError } from '../../core/errors';
import { plural } from '../../core/text/l10n';
import type { Logger, StateStore } from '../../core/platform/interfaces';
import { countDiagnostics, decorateProblems, onDidChangeProblems } from './appProblems';
import { isUnreachable, type Reachability } from '../../core/http/reachability';
import type { RenderedApps } from './appsTree';
import type { WorkspaceProjects } from '../publish/workspaceProjects';
import { setContextKey } from '../ui/runCommand';
import { TreeNodes, type TreeNode } from '../ui/treeNode';

const APPS_VIEW = 'i99dash.apps';
/**
 * The age, in milliseconds, after which the apps are requested again when the view is shown or the
 * window gets the focus.
 */
const SHOWN_AGAIN_MS = 15_000;
const FOCUSED_AGAIN_MS = 60_000;
const FILTER = 'i99dash.appsFilter';
const UNSEEN = 'i99dash.unseenDecisions';

export interface AppsViewDeps {
  logger: Logger;
  model: AppsModel;
  session: Session;
  miniApps: WorkspaceProjects;
  /** The file with the history of publishing from this computer. */
  publishersFile: string;
  state: StateStore;
  /**
   * Resolves once the stored session has been read. Until then, the view does not ask to sign in.
   */
  restored: Promise<void>;
  /** Knows whether the backend is reachable. */
  reachability: Pick<Reachability, 'failure' | 'onDidChange'>;
  /** Returns the current backend, or the reason if it is refused. */
  backend: () => string;
}

function listFolders({ knownProjects }: WorkspaceProjects): string[] {
  return knownProjects.map(({ folder }) => folder);
}

/** The *Apps* view. Sends requests only while it is visible. */
export class AppsView implements vscode.Disposable {
  private readonly nodes = new TreeNodes(async () => (await this.draw()).nodes);
  private readonly view: vscode.TreeView<TreeNode>;
  private readonly subscriptions: vscode.Disposable;
  private account: string | undefined;
  private wasUsable = false;

  constructor(private readonly deps: AppsViewDeps) {
    const { model, session, miniApps } = deps;
    this.account = this.currentAccount();
    this.view = vscode.window.createTreeView(APPS_VIEW, { treeDataProvider: this.nodes });
    this.subscriptions = vscode.Disposable.from(
      this.nodes,
      this.view,
      model.onDidChange(() => this.nodes.redraw()),
      miniApps.onDidChange(() => this.nodes.redraw()),
      decorateProblems(),
      onDidChangeProblems(
        () => listFolders(miniApps),
        () => this.nodes.redraw(),
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
    void setContextKey('i99dash.appsFilter', this.isFiltered ? 'workspace' : 'all');
    this.count();
  }

  get visible(): boolean {
    return this.view.visible;
  }

  /** Requests the apps now if the view is visible, otherwise when it is next shown. */
  async refresh(): Promise<void> {
    this.deps.model.expire();
    if (this.visible) {
      await this.progress(this.deps.model.refresh());
    }
  }

  /** Shows the view, and selects an app in it. */
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
   * Selects a row. VS Code rejects a row that was rendered again in the meantime. That is not a
   * failure of the command, because the app is in the view anyway.
   */
  private async select(row: TreeNode): Promise<void> {
    try {
      await this.view.reveal(row, { select: true, focus: true, expand: true });
    } catch (error) {
      this.deps.logger.debug(`Apps: a row could not be selected: ${describeError(error)}`);
    }
  }

  /** Shows only the workspace's apps, or all of them. */
  async filter(only: 'workspace' | 'all'): Promise<void> {
    await this.deps.state.update(FILTER, only);
    await setContextKey('i99dash.appsFilter', only);
    this.nodes.redraw();
  }

  /** Counts a decision on the badge until the user opens the view. */
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
      await setContextKey('i99dash.appsView', ''); // no welcome content while the apps are loading
      await model.refreshIfOlder(0);
    }
    const [{ renderApps }, { PublishHistory }] = await Promise.all([
      import('./appsTree'),
      import('../../core/publish/publishHistory'),
    ]);
    const drawn = await renderApps({
      snapshot: model.snapshot,
      failure:
        session.state.kind === 'signingIn' ? undefined : (model.failure ?? reachability.failure),
      session: session.state,
      isSignedIn: isSignedIn(),
      isFiltered: this.isFiltered,
      projects: miniApps.knownProjects,
      history: new PublishHistory(this.deps.publishersFile),
      backendUrl: this.deps.backend(),
      problems: countDiagnostics(listFolders(miniApps)),
      now: Date.now(),
    });
    this.view.message = drawn.message;
    this.view.description = this.isFiltered ? vscode.l10n.t('This Workspace') : '';
    await setContextKey('i99dash.appsView', drawn.welcomeState ?? '');
    await setContextKey('i99dash.deliveryFailed', drawn.hasDeliveryFailure);
    return drawn;
  }

  private async find(appId: string | undefined): Promise<TreeNode | undefined> {
    const { nodes } = await this.draw();
    return nodes
      .flatMap((node) => [node, ...node.children])
      .find(({ args }) => args.appId !== undefined && args.appId === appId);
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

  /** Drops the apps if the account has changed. Reloads them if a failed session works again. */
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

  /** Retries a failed request once the backend is reachable again. */
  private followBackend(): void {
    const { model, reachability } = this.deps;
    if (reachability.failure === undefined && isUnreachable(model.failure)) {
      void this.refresh();
    }
    this.nodes.redraw();
  }

  /** Returns a key of the current backend and account; undefined if there is no session. */
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
