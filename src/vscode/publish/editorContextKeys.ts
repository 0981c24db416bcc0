import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { isInside } from '../../core/platform/paths';
import { PROJECT_KINDS } from '../../core/projectKind';
import type { WorkspaceProjects } from './workspaceProjects';
import { setContextKey } from '../ui/runCommand';

/**
 * Sets the context keys for `when` clauses that list the folders of open editors inside projects of
 * each kind. A key for only the active editor would be wrong for the other side of a split editor.
 */
export function registerEditorContextKeys(miniApps: WorkspaceProjects): vscode.Disposable {
  const told = new Map<string, string>();
  const tell = (): void => {
    const open = openFolders();
    for (const kind of PROJECT_KINDS) {
      const projects = miniApps.knownProjects.filter((project) => project.kind === kind);
      const folders = open.filter((path) => projects.some(({ folder }) => isInside(path, folder)));
      const next = folders.join('\0');
      if (next !== (told.get(kind.id) ?? '')) {
        told.set(kind.id, next);
        void setContextKey(kind.editorFoldersKey, folders);
      }
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
