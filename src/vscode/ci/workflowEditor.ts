import { join } from 'node:path';
import * as vscode from 'vscode';
import { freeWorkflowPath } from '../../core/ci/workflowPath';
import type { CiService } from '../../core/ci/gitRemote';

/**
 * Chooses a path for a workflow that no file and no unsaved editor uses.
 * @returns a path relative to the root, with slashes
 */
export function chooseWorkflowPath(root: string, service: CiService): Promise<string> {
  return freeWorkflowPath(service, async (path) => {
    const isOpen = vscode.workspace.textDocuments.some(
      ({ uri, isClosed }) => !isClosed && uri.toString() === untitled(root, path).toString(),
    );
    return isOpen || (await uriExists(vscode.Uri.file(join(root, path))));
  });
}

/** Opens a workflow for review. It is not written to disk until the user saves it. */
export async function openForReview(root: string, path: string, text: string): Promise<vscode.Uri> {
  const uri = untitled(root, path);
  const document = await vscode.workspace.openTextDocument(uri);
  const edit = new vscode.WorkspaceEdit();
  edit.insert(uri, new vscode.Position(0, 0), text);
  await vscode.workspace.applyEdit(edit);
  await vscode.window.showTextDocument(document, { preview: false });
  return uri;
}

function untitled(root: string, path: string): vscode.Uri {
  return vscode.Uri.file(join(root, path)).with({ scheme: 'untitled' });
}

async function uriExists(uri: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}
