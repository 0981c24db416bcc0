import * as vscode from 'vscode';
import { dirname } from 'node:path';
import { isInside } from '../../core/platform/paths';
import {
  findProjects,
  isMiniApp,
  isStillProject,
  type FoundProject,
} from '../../core/projectFolders';
import { MINI_APP, PROJECT_KINDS } from '../../core/projectKind';
import { Emitter } from '../../core/platform/events';
import { setContextKey } from '../ui/runCommand';

/**
 * The delay before a search, in milliseconds. File events come in bursts, for example during a
 * checkout or an install, and one search handles them all.
 */
const SETTLE_MS = 300;
const PICKED_LAST = 'i99dash.pickedMiniApp';

/** The files whose changes can make a folder a project. */
const FILES = PROJECT_KINDS.flatMap(({ manifestFile, configFile }) =>
  configFile === undefined ? [manifestFile] : [manifestFile, configFile],
);

/** Finds the projects in the workspace, and sets context keys for `when` clauses. */
export class WorkspaceProjects implements vscode.Disposable {
  private projects: readonly FoundProject[] = [];
  private readonly changes = new Emitter<void>();
  private readonly subscriptions: vscode.Disposable;
  private timer: NodeJS.Timeout | undefined;

  /** @param memory the state of the workspace */
  constructor(private readonly memory: vscode.Memento) {
    const watcher = vscode.workspace.createFileSystemWatcher(`**/{${FILES.join(',')}}`);
    // Deleting a folder raises no events for the files in it.
    const removals = vscode.workspace.createFileSystemWatcher('**/*', true, true, false);
    const searchSoon = (): void => this.searchSoon();
    this.subscriptions = vscode.Disposable.from(
      watcher,
      watcher.onDidCreate(searchSoon),
      watcher.onDidChange(searchSoon),
      watcher.onDidDelete(searchSoon),
      removals,
      removals.onDidDelete(({ fsPath }) => {
        if (this.projects.some(({ folder }) => isInside(folder, fsPath))) {
          this.searchSoon();
        }
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(searchSoon),
    );
    this.searchSoon(0);
  }

  readonly onDidChange = this.changes.event;

  /** The absolute paths of the mini-apps from the last search. */
  get knownMiniApps(): readonly string[] {
    return this.projects.filter(({ kind }) => kind === MINI_APP).map(({ folder }) => folder);
  }

  /** The projects of all kinds from the last search. */
  get knownProjects(): readonly FoundProject[] {
    return this.projects;
  }

  /** The project that the user picked last; undefined if there is none. */
  get pickedLast(): string | undefined {
    return this.memory.get(PICKED_LAST);
  }

  set pickedLast(folder: string | undefined) {
    void this.memory.update(PICKED_LAST, folder);
  }

  /** Searches immediately, and returns the mini-apps. */
  async search(): Promise<readonly string[]> {
    await this.searchProjects();
    return this.knownMiniApps;
  }

  /** Searches immediately. */
  async searchProjects(): Promise<readonly FoundProject[]> {
    const roots = (vscode.workspace.workspaceFolders ?? [])
      .filter(({ uri }) => uri.scheme === 'file')
      .map(({ uri }) => uri.fsPath);
    this.projects = await this.withBroken(await findProjects(roots), roots);
    for (const kind of PROJECT_KINDS) {
      const own = this.projects.filter((project) => project.kind === kind);
      const folders = own.map(({ folder }) => folder);
      await setContextKey(kind.foldersKey, folders);
    }
    await setContextKey('i99dash.hasProject', this.projects.length > 0);
    this.changes.fire();
    return this.projects;
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.subscriptions.dispose();
  }

  /**
   * Keeps known projects whose manifest is currently invalid, for example saved during an edit.
   */
  private async withBroken(
    found: readonly FoundProject[],
    roots: readonly string[],
  ): Promise<FoundProject[]> {
    const folders = new Set(found.map(({ folder }) => folder));
    const missed = this.projects.filter(
      ({ folder }) => !folders.has(folder) && roots.some((root) => isInside(folder, root)),
    );
    const kept = await Promise.all(missed.map(isStillProject));
    return [...found, ...missed.filter((_, index) => kept[index])];
  }

  private searchSoon(delay = SETTLE_MS): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.searchProjects(), delay);
  }
}

/**
 * Returns the mini-app that contains a file or folder: the path itself or its nearest ancestor;
 * undefined if there is none.
 */
export async function findMiniApp(path: string): Promise<string | undefined> {
  for (let folder = path; ; folder = dirname(folder)) {
    if (await isMiniApp(folder)) {
      return folder;
    }
    if (folder === dirname(folder)) {
      return undefined;
    }
  }
}
