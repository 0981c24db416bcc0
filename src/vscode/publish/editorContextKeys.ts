import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { isInside } from '../../core/miniAppFolder';
import type { WorkspaceProjects } from './workspaceProjects';
import { setContextKey } from '../ui/runCommand';

/**
 * Sets the context key for `when` clauses that lists the folders of open editors inside mini-apps.
 * A key for only the active editor would be wrong for the other side of a split editor.
 */
export function registerEditorContextKeys(miniApps: WorkspaceProjects): vscode.Disposable {
  let told = '';
  const tell = (): void => {
    const folders = openFolders().filter((folder) =>
      miniApps.knownMiniApps.some((app) => isInside(folder, app)),
    );
    const next = folders.join('\0');
    if (next !== told) {
      told = next;
      void setContextKey('i99dash.editorFolders', folders);
    }
  };
  tell();
  return vscode.Disposable.from(
    vscode.window.tabGroups.onDidChangeTabs(tell),
    vscode.window.tabGroups.onDidChangeTabGroups(tell),
    miniApps.onDidChange(tell),
  );
}

/** Returns the folders of all files open in an editor, each once. */
function openFolders(): string[] {
  const files = vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .map(({ input }) => getFilePath(input))
    .filter((uri) => uri?.scheme === 'file')
    .map((uri) => dirname(uri?.fsPath ?? ''));
  return [...new Set(files)].sort();
}

function getFilePath(input: unknown): vscode.Uri | undefined {
  if (input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom) {
    return input.uri;
  }
  return input instanceof vscode.TabInputTextDiff ? input.modified : undefined;
}
