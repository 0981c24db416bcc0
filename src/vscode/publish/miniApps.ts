import * as vscode from 'vscode';
import { dirname } from 'node:path';
import {
  CONFIG_FILE,
  findMiniApps,
  isInside,
  isMiniApp,
  isStillMiniApp,
  MANIFEST_FILE,
} from '../../core/miniAppFolder';
import { Emitter } from '../../core/platform/events';
import { setContextKey } from '../ui/runCommand';

/**
 * The delay before a search, in milliseconds. File events come in bursts, for example during a
 * checkout or an install, and one search handles them all.
 */
const SETTLE_MS = 300;
const PICKED_LAST = 'i99dash.pickedMiniApp';

/** Finds the mini-apps in the workspace, and sets a context key for `when` clauses. */
export class MiniApps implements vscode.Disposable {
  private folders: readonly string[] = [];
  private readonly changes = new Emitter<void>();
  private readonly subscriptions: vscode.Disposable;
  private timer: NodeJS.Timeout | undefined;

  /** @param memory the state of the workspace */
  constructor(private readonly memory: vscode.Memento) {
    const watcher = vscode.workspace.createFileSystemWatcher(
      `**/{${MANIFEST_FILE},${CONFIG_FILE}}`,
    );
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
        if (this.folders.some((folder) => isInside(folder, fsPath))) {
          this.searchSoon();
        }
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(searchSoon),
    );
    this.searchSoon(0);
  }

  readonly onDidChange = this.changes.event;

  /** The absolute paths of the folders from the last search. */
  get known(): readonly string[] {
    return this.folders;
  }

  /** The mini-app that the user picked last; undefined if there is none. */
  get pickedLast(): string | undefined {
    return this.memory.get(PICKED_LAST);
  }

  set pickedLast(folder: string | undefined) {
    void this.memory.update(PICKED_LAST, folder);
  }

  /** Searches immediately. */
  async search(): Promise<readonly string[]> {
    const roots = (vscode.workspace.workspaceFolders ?? [])
      .filter(({ uri }) => uri.scheme === 'file')
      .map(({ uri }) => uri.fsPath);
    this.folders = await this.withBroken(await findMiniApps(roots), roots);
    await setContextKey('i99dash.miniAppFolders', this.folders);
    const hasMiniApp = this.folders.length > 0;
    await setContextKey('i99dash.hasMiniApp', hasMiniApp);
    this.changes.fire();
    return this.folders;
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.subscriptions.dispose();
  }

  /**
   * Keeps known mini-apps whose manifest is currently invalid, for example saved during an edit.
   */
  private async withBroken(found: string[], roots: readonly string[]): Promise<string[]> {
    const missed = this.folders.filter(
      (folder) => !found.includes(folder) && roots.some((root) => isInside(folder, root)),
    );
    const kept = await Promise.all(missed.map(isStillMiniApp));
    return [...found, ...missed.filter((_, index) => kept[index])];
  }

  private searchSoon(delay = SETTLE_MS): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.search(), delay);
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
