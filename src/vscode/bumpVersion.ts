import { join } from 'node:path';
import * as vscode from 'vscode';
import { I99dashError } from '../core/errors';
import { MANIFEST_FILE } from '../core/miniAppFolder';
import { versionEdits } from '../core/publish/bumpVersion';

/** Whether somebody is in the middle of editing a mini-app's manifest: what they have not saved is not ours to save. */
export function isManifestUnsaved(folder: string): boolean {
  const file = join(folder, MANIFEST_FILE);
  return vscode.workspace.textDocuments.some(
    ({ isDirty, uri }) => isDirty && uri.scheme === 'file' && uri.fsPath === file,
  );
}

/**
 * Writes another version into a mini-app's manifest.json, as an edit that can be undone, and saves it. Everything else stays as it is.
 * @throws VALIDATION_FAILED (the file cannot be written)
 */
export async function bumpVersion(folder: string, version: string): Promise<void> {
  const uri = vscode.Uri.file(join(folder, MANIFEST_FILE));
  const document = await vscode.workspace.openTextDocument(uri);
  const edit = new vscode.WorkspaceEdit();
  for (const { offset, length, content } of versionEdits(document.getText(), version)) {
    const range = new vscode.Range(
      document.positionAt(offset),
      document.positionAt(offset + length),
    );
    edit.replace(uri, range, content);
  }
  if (!(await vscode.workspace.applyEdit(edit)) || !(await document.save())) {
    throw new I99dashError(
      'VALIDATION_FAILED',
      vscode.l10n.t('{0} could not be saved.', MANIFEST_FILE),
      { file: uri.fsPath },
    );
  }
}
