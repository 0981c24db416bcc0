import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { isMiniApp, isStillMiniApp } from '../../core/miniAppFolder';
import { isInside, type MiniApps } from '../miniApps';
import { isJsonFile, MiniAppProblems } from './miniAppProblems';

/**
 * Keeps the Problems panel true for the mini-apps that somebody works on: those with an open document. Other people's `manifest.json`
 * files have no problems of ours.
 */
export class Problems implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('i99dash');
  private readonly apps = new Map<string, MiniAppProblems>();
  private readonly subscriptions: vscode.Disposable;

  constructor(private readonly miniApps: MiniApps) {
    const { workspace } = vscode;
    this.subscriptions = vscode.Disposable.from(
      this.collection,
      workspace.onDidOpenTextDocument((document) => void this.opened(document)),
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) {
          this.textChanged(document);
        }
      }),
      workspace.onDidCloseTextDocument((document) => {
        this.textChanged(document);
        void this.forgetOthers();
      }),
      miniApps.onDidChange(() => this.miniAppsChanged()),
    );
    this.openedAll();
  }

  dispose(): void {
    for (const app of this.apps.values()) {
      app.dispose();
    }
    this.subscriptions.dispose();
  }

  private openedAll(): void {
    for (const document of vscode.workspace.textDocuments) {
      void this.opened(document);
    }
  }

  private miniAppsChanged(): void {
    this.openedAll();
    void this.forgetOthers();
  }

  private async opened({ uri }: vscode.TextDocument): Promise<void> {
    const folder = uri.scheme === 'file' ? await this.folderOf(uri.fsPath) : undefined;
    if (folder !== undefined) {
      this.take(folder);
    }
  }

  private textChanged({ uri }: vscode.TextDocument): void {
    const name = basename(uri.path);
    if (uri.scheme === 'file' && isJsonFile(name)) {
      this.apps.get(dirname(uri.fsPath))?.textChanged(name);
    }
  }

  /** Also of a mini-app that the search has not found, or not yet: one that is outside the workspace, or deep in it. */
  private async folderOf(file: string): Promise<string | undefined> {
    const folder = dirname(file);
    const known = this.miniApps.known.find((app) => isInside(file, app));
    return known ?? (isJsonFile(basename(file)) && (await isMiniApp(folder)) ? folder : undefined);
  }

  private take(folder: string): MiniAppProblems {
    const app = this.apps.get(folder) ?? new MiniAppProblems(folder, this.collection);
    this.apps.set(folder, app);
    return app;
  }

  /** Forgets the folders that are mini-apps no longer, and those outside the workspace that nobody looks at any more. */
  private async forgetOthers(): Promise<void> {
    for (const [folder, app] of [...this.apps]) {
      const known = this.miniApps.known.includes(folder);
      if (!known && !(hasOpenDocument(folder) && (await isStillMiniApp(folder)))) {
        app.dispose();
        this.apps.delete(folder);
      }
    }
  }
}

function hasOpenDocument(folder: string): boolean {
  return vscode.workspace.textDocuments.some(
    ({ uri }) => uri.scheme === 'file' && isInside(uri.fsPath, folder),
  );
}
