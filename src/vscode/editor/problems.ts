import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { describeError, I99dashError } from '../../core/errors';
import {
  isInside,
  isMiniApp,
  isStillMiniApp,
  isUnwritten,
  MANIFEST_FILE,
} from '../../core/miniAppFolder';
import type { Problem } from '../../core/problem';
import type { MiniApps } from '../publish/miniApps';
import { isJsonFile, MiniAppProblems, type ProblemDeps } from './miniAppProblems';

/** The delay after the first search, in milliseconds, so that the editor can start first. */
const TYPING_PAUSE_MS = 2_000;

/**
 * Keeps the Problems panel up to date for the mini-apps in the workspace, and for mini-apps
 * elsewhere that have an open document or were validated. Checks open mini-apps first. The others
 * are checked one after the other, once VS Code has started. Ignores the `manifest.json` files of
 * other projects.
 */
export class Problems implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('i99dash');
  private readonly apps = new Map<string, MiniAppProblems>();
  private readonly watchers = new Map<string, vscode.Disposable>();
  /** The folders that were validated, inside or outside the workspace. */
  private readonly validated = new Set<string>();
  private readonly subscriptions: vscode.Disposable;
  private hasSearched = false;
  private quiet: NodeJS.Timeout | undefined;
  private warm: Promise<unknown> | undefined;

  constructor(
    private readonly miniApps: MiniApps,
    private readonly deps: ProblemDeps,
    /**
     * Called once, after the user has opened a mini-app and it was checked, to load what is needed
     * next.
     */
    private readonly warmUp: () => Promise<unknown>,
  ) {
    const { workspace } = vscode;
    this.subscriptions = vscode.Disposable.from(
      this.collection,
      workspace.onDidOpenTextDocument((document) => void this.opened(document)),
      // This event is also raised without a text change, when changes are reverted.
      workspace.onDidChangeTextDocument(({ document }) => this.textChanged(document)),
      workspace.onDidSaveTextDocument(({ uri }) => this.saved(uri)),
      workspace.onDidCloseTextDocument((document) => {
        this.textChanged(document);
        void this.forgetOthers();
      }),
      miniApps.onDidChange(() => this.miniAppsChanged()),
    );
    this.openedAll();
  }

  /**
   * Checks a mini-app immediately, and shows the result in the panel.
   * @throws NOTHING_TO_PUBLISH if the folder is not a mini-app
   * @throws CancelledError
   */
  async validate(folder: string, signal: AbortSignal): Promise<Problem[]> {
    if (!(await isStillMiniApp(folder))) {
      throw new I99dashError(
        'NOTHING_TO_PUBLISH',
        vscode.l10n.t('{0} is no mini-app: it has no {1} of one.', folder, MANIFEST_FILE),
      );
    }
    this.validated.add(folder);
    return this.take(folder).validate(signal);
  }

  /** Shows the problems that the backend reported for a manifest, and replaces its earlier ones. */
  async showRefused(folder: string, problems: readonly Problem[]): Promise<void> {
    if (problems.length > 0 || this.apps.has(folder)) {
      await this.take(folder).showRefused(problems);
    }
  }

  /**
   * Shows the problems in the output folder of a build, until the configuration changes or another
   * build reports different ones.
   */
  showBuilt(folder: string, found: readonly Problem[]): void {
    const app = found.length === 0 ? this.apps.get(folder) : this.take(folder);
    app?.showBuilt(found);
  }

  dispose(): void {
    clearTimeout(this.quiet);
    for (const disposable of [...this.apps.values(), ...this.watchers.values()]) {
      disposable.dispose();
    }
    this.watchers.clear();
    this.subscriptions.dispose();
  }

  private openedAll(): void {
    for (const document of vscode.workspace.textDocuments) {
      void this.opened(document);
    }
  }

  private async opened({ uri }: vscode.TextDocument): Promise<void> {
    const folder = uri.scheme === 'file' ? await this.findFolder(uri.fsPath) : undefined;
    if (folder !== undefined) {
      await this.take(folder).firstCheck;
      this.warm ??= this.warmUp().catch((error: unknown) => {
        this.deps.logger.warn(`Loading ahead failed: ${describeError(error)}`);
      });
    }
  }

  private textChanged({ uri }: vscode.TextDocument): void {
    const name = basename(uri.path);
    if (uri.scheme === 'file' && isJsonFile(name)) {
      this.apps.get(dirname(uri.fsPath))?.textChanged(name);
    }
  }

  /**
   * Checks after a save. Files outside the workspace are not watched, but their saves raise events.
   */
  private saved({ scheme, fsPath }: vscode.Uri): void {
    for (const [folder, app] of this.apps) {
      if (scheme === 'file' && isInside(fsPath, folder)) {
        app.fileChanged(fsPath);
      }
    }
  }

  private miniAppsChanged(): void {
    for (const folder of this.miniApps.known) {
      const isNew = !this.watchers.has(folder);
      if (isNew) {
        this.watchers.set(folder, this.watch(folder));
      }
      if (isNew && this.hasSearched) {
        this.take(folder);
      }
    }
    if (!this.hasSearched) {
      this.hasSearched = true;
      this.quiet = setTimeout(() => void this.checkOthers(), TYPING_PAUSE_MS);
    }
    this.openedAll();
    void this.forgetOthers();
  }

  /** Checks the remaining mini-apps found at the start, one after the other. */
  private async checkOthers(): Promise<void> {
    for (const folder of this.miniApps.known) {
      if (this.watchers.has(folder)) {
        await this.take(folder).firstCheck;
      }
    }
  }

  private watch(folder: string): vscode.Disposable {
    const pattern = new vscode.RelativePattern(vscode.Uri.file(folder), '**/*');
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    const changed = ({ fsPath }: vscode.Uri): void => {
      if (!isUnwritten(fsPath, folder)) {
        this.take(folder).fileChanged(fsPath);
      }
    };
    watcher.onDidCreate(changed);
    watcher.onDidChange(changed);
    watcher.onDidDelete(changed);
    return watcher;
  }

  /** Stops watching a folder that was removed from the workspace, and forgets its validation. */
  private unwatch(folder: string): void {
    this.watchers.get(folder)?.dispose();
    if (this.watchers.delete(folder)) {
      this.validated.delete(folder);
    }
  }

  /**
   * Returns the mini-app of a file, even if the search has not found it, for example because it is
   * outside the workspace or deeply nested.
   */
  private async findFolder(file: string): Promise<string | undefined> {
    const folder = dirname(file);
    const known = this.miniApps.known.find((app) => isInside(file, app));
    return known ?? (isJsonFile(basename(file)) && (await isMiniApp(folder)) ? folder : undefined);
  }

  private take(folder: string): MiniAppProblems {
    const app = this.apps.get(folder) ?? new MiniAppProblems(folder, this.collection, this.deps);
    this.apps.set(folder, app);
    return app;
  }

  /**
   * Forgets folders that are no longer mini-apps, and those outside the workspace that are neither
   * open nor validated.
   */
  private async forgetOthers(): Promise<void> {
    for (const folder of new Set([...this.apps.keys(), ...this.watchers.keys()])) {
      if (!this.miniApps.known.includes(folder)) {
        this.unwatch(folder);
        const isWanted = this.validated.has(folder) || hasOpenDocument(folder);
        if (!isWanted || !(await isStillMiniApp(folder))) {
          this.apps.get(folder)?.dispose();
          this.apps.delete(folder);
          this.validated.delete(folder);
        }
      }
    }
  }
}

function hasOpenDocument(folder: string): boolean {
  return vscode.workspace.textDocuments.some(
    ({ uri }) => uri.scheme === 'file' && isInside(uri.fsPath, folder),
  );
}
