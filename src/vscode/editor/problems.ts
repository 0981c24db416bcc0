import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { describeError, I99dashError } from '../../core/errors';
import { isUnwritten } from '../../core/miniAppFolder';
import { isInside } from '../../core/platform/paths';
import {
  findKind,
  findStillKind,
  isStillProject,
  type FoundProject,
} from '../../core/projectFolders';
import type { Problem } from '../../core/problem';
import { listManifestFiles, MINI_APP, PROJECT_KINDS } from '../../core/projectKind';
import type { WorkspaceProjects } from '../publish/workspaceProjects';
import { isJsonFile, ProjectProblems, type ProblemDeps } from './projectProblems';

/** The delay after the first search, in milliseconds, so that the editor can start first. */
const STARTUP_PAUSE_MS = 500;
/** How many projects are checked at once, so that a large one does not hold up the others. */
const AT_ONCE = 2;

/**
 * Keeps the Problems panel up to date for the projects in the workspace, and for projects
 * elsewhere that have an open document or were validated. Checks open projects first, and the
 * others once VS Code has started, two at a time. Ignores the `manifest.json` files of other tools.
 */
export class Problems implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('i99dash');
  private readonly checkers = new Map<string, ProjectProblems>();
  private readonly watchers = new Map<string, vscode.Disposable>();
  /** The folders that were validated, inside or outside the workspace. */
  private readonly validated = new Set<string>();
  private readonly subscriptions: vscode.Disposable;
  private hasSearched = false;
  private quiet: NodeJS.Timeout | undefined;
  private warm: Promise<unknown> | undefined;

  constructor(
    private readonly miniApps: WorkspaceProjects,
    private readonly deps: ProblemDeps,
    /**
     * Called once, after the user has opened a project and it was checked, to load what is needed
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
   * Checks a project immediately, and shows the result in the panel.
   * @throws NOTHING_TO_PUBLISH if the folder is not a project
   * @throws CancelledError
   */
  async validate(folder: string, signal: AbortSignal): Promise<Problem[]> {
    const kind = await findStillKind(folder);
    if (kind === undefined) {
      const files = listManifestFiles(PROJECT_KINDS);
      throw new I99dashError(
        'NOTHING_TO_PUBLISH',
        vscode.l10n.t('{0} is no project of i99dash: it has no {1} of one.', folder, files),
      );
    }
    this.validated.add(folder);
    return this.take({ folder, kind }).validate(signal);
  }

  /** Shows the problems that the backend reported for a manifest, and replaces its earlier ones. */
  async showRefused(folder: string, problems: readonly Problem[]): Promise<void> {
    const kind = await findStillKind(folder);
    if (kind !== undefined && (problems.length > 0 || this.checkers.has(folder))) {
      await this.take({ folder, kind }).showRefused(problems);
    }
  }

  /**
   * Shows the problems in the output folder of a build, until the configuration changes or another
   * build reports different ones.
   */
  showBuilt(folder: string, found: readonly Problem[]): void {
    const checker = this.checkers.get(folder);
    if (checker !== undefined || found.length > 0) {
      (checker ?? this.take({ folder, kind: MINI_APP })).showBuilt(found);
    }
  }

  dispose(): void {
    clearTimeout(this.quiet);
    for (const disposable of [...this.checkers.values(), ...this.watchers.values()]) {
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
    const project = uri.scheme === 'file' ? await this.findProject(uri.fsPath) : undefined;
    if (project !== undefined) {
      await this.take(project).firstCheck;
      this.warm ??= this.warmUp().catch((error: unknown) => {
        this.deps.logger.warn(`Loading ahead failed: ${describeError(error)}`);
      });
    }
  }

  private textChanged({ uri }: vscode.TextDocument): void {
    const name = basename(uri.path);
    if (uri.scheme === 'file' && isJsonFile(name)) {
      this.checkers.get(dirname(uri.fsPath))?.textChanged(name);
    }
  }

  /**
   * Checks after a save. Files outside the workspace are not watched, but their saves raise events.
   */
  private saved({ scheme, fsPath }: vscode.Uri): void {
    for (const [folder, checker] of this.checkers) {
      if (scheme === 'file' && isInside(fsPath, folder)) {
        checker.fileChanged(fsPath);
      }
    }
  }

  private miniAppsChanged(): void {
    for (const project of this.miniApps.knownProjects) {
      const isNew = !this.watchers.has(project.folder);
      if (isNew) {
        this.watchers.set(project.folder, this.watch(project));
      }
      if (isNew && this.hasSearched) {
        const opened = this.checkers.get(project.folder);
        this.take(project);
        // Files may have changed since it was opened and before it was watched.
        opened?.fileChanged(join(project.folder, project.kind.manifestFile));
      }
    }
    if (!this.hasSearched) {
      this.hasSearched = true;
      this.quiet = setTimeout(() => void this.checkOthers(), STARTUP_PAUSE_MS);
    }
    this.openedAll();
    void this.forgetOthers();
  }

  /** Checks the remaining projects found at the start. */
  private async checkOthers(): Promise<void> {
    const projects = this.miniApps.knownProjects.values();
    const checkNext = async (): Promise<void> => {
      for (const project of projects) {
        if (this.watchers.has(project.folder)) {
          await this.take(project).firstCheck;
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, checkNext));
  }

  private watch(project: FoundProject): vscode.Disposable {
    const { folder } = project;
    const pattern = new vscode.RelativePattern(vscode.Uri.file(folder), '**/*');
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    const changed = ({ fsPath }: vscode.Uri): void => {
      if (!isUnwritten(fsPath, folder)) {
        this.take(project).fileChanged(fsPath);
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
   * Returns the project of a file, even if the search has not found it, for example because it is
   * outside the workspace or deeply nested.
   */
  private async findProject(file: string): Promise<FoundProject | undefined> {
    const known = this.miniApps.knownProjects.find(({ folder }) => isInside(file, folder));
    if (known !== undefined || !isJsonFile(basename(file))) {
      return known;
    }
    const folder = dirname(file);
    const kind = await findKind(folder);
    return kind === undefined ? undefined : { folder, kind };
  }

  /** Returns the checker of a project. Replaces that of a folder which was of another kind. */
  private take(project: FoundProject): ProjectProblems {
    const { folder, kind } = project;
    const known = this.checkers.get(folder);
    if (known?.kind === kind) {
      return known;
    }
    known?.dispose();
    const checker = new ProjectProblems(project, this.collection, this.deps);
    this.checkers.set(folder, checker);
    return checker;
  }

  /**
   * Forgets folders that are no longer projects, and those outside the workspace that are neither
   * open nor validated.
   */
  private async forgetOthers(): Promise<void> {
    for (const folder of new Set([...this.checkers.keys(), ...this.watchers.keys()])) {
      if (!this.miniApps.knownProjects.some((project) => project.folder === folder)) {
        this.unwatch(folder);
        const isWanted = this.validated.has(folder) || hasOpenDocument(folder);
        const checker = this.checkers.get(folder);
        const isStill = checker !== undefined && (await isStillProject(checker));
        if (!isWanted || !isStill) {
          checker?.dispose();
          this.checkers.delete(folder);
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
