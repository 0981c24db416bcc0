import { join } from 'node:path';
import * as vscode from 'vscode';
import { isSamePath } from '../../core/platform/paths';
import { I99dashError } from '../../core/errors';
import { declaredVersions, type VersionBump } from '../../core/publish/checks/appVersion';
import { versionEdit } from '../../core/publish/editing/valueFixes';
import type { PublishableProject } from '../../core/publish/project/project';

/**
 * Finds the changes that a version bump makes.
 * @returns undefined if the manifest has unsaved edits, which the bump must not save
 */
export async function planBump(
  project: PublishableProject,
  version: string,
): Promise<VersionBump | undefined> {
  const { kind, folder, manifest } = project;
  if (isUnsaved(join(folder, kind.manifestFile))) {
    return undefined;
  }
  const pages = await declaredVersions(project, (old) => old === manifest.version);
  return { version, pages: pages.filter(({ file }) => !isUnsaved(file)) };
}

/**
 * Writes a new version into a project's manifest and into the pages that declare the old one,
 * as an edit that can be undone, and saves them. Leaves everything else unchanged.
 * @throws VALIDATION_FAILED if a file cannot be written
 */
export async function bumpVersion(
  { kind, folder }: Pick<PublishableProject, 'kind' | 'folder'>,
  { version, pages }: VersionBump,
): Promise<void> {
  const uri = vscode.Uri.file(join(folder, kind.manifestFile));
  const document = await vscode.workspace.openTextDocument(uri);
  const edit = new vscode.WorkspaceEdit();
  const change = versionEdit(document.getText(), version);
  if (change !== undefined) {
    const { start, end, text } = change;
    const place = new vscode.Range(document.positionAt(start), document.positionAt(end));
    edit.replace(uri, place, text);
  }
  for (const { file, range, version: old } of pages) {
    const { start, end } = range;
    const place = new vscode.Range(start.line, start.character, end.line, end.character);
    const page = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
    // A build may have changed the page since the bump was planned.
    if (page.getText(place) === old) {
      edit.replace(page.uri, place, version);
    }
  }
  const applied = await vscode.workspace.applyEdit(edit);
  for (const [changed] of edit.entries()) {
    const saved = applied && (await (await vscode.workspace.openTextDocument(changed)).save());
    if (!saved) {
      const message = vscode.l10n.t('{0} could not be saved.', changed.fsPath);
      throw new I99dashError('VALIDATION_FAILED', message, { file: changed.fsPath });
    }
  }
}

function isUnsaved(file: string): boolean {
  return vscode.workspace.textDocuments.some(
    ({ isDirty, uri }) => isDirty && uri.scheme === 'file' && isSamePath(uri.fsPath, file),
  );
}
