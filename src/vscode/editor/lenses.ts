import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { isJsonObject, parseJson } from '../../core/platform/json';
import { findKind } from '../../core/projectFolders';
import type { ProjectKind } from '../../core/projectKind';
import { sanitizeLine } from '../../core/text/sanitizeLine';

type LensCommand = ProjectKind['lenses'][number];

/**
 * Provides the actions for a project above the first line of its manifest; none for files of that
 * name in other folders.
 */
export async function projectLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
  const { uri } = document;
  const kind = await findKind(dirname(uri.fsPath));
  if (kind?.manifestFile !== basename(uri.fsPath)) {
    return [];
  }
  const app = formatAppName(document);
  const top = new vscode.Range(0, 0, 0, 0);
  // The argument is the file, as from a menu, so that a failing command shows a single message.
  return kind.lenses.map(
    (command) =>
      new vscode.CodeLens(top, { ...describeLens(command, app), command, arguments: [uri] }),
  );
}

function describeLens(command: LensCommand, app: string): { title: string; tooltip: string } {
  switch (command) {
    case 'i99dash.publish':
      return {
        title: vscode.l10n.t('Publish'),
        tooltip: vscode.l10n.t('Publish {0} to its usual track', app),
      };
    case 'i99dash.dryRun':
      return {
        title: vscode.l10n.t('Dry Run'),
        tooltip: vscode.l10n.t('Build and check {0} without uploading', app),
      };
    case 'i99dash.validate':
      return {
        title: vscode.l10n.t('Validate'),
        tooltip: vscode.l10n.t('Look for problems of {0} without a build', app),
      };
    case 'i99dash.previewTheme':
      return {
        title: vscode.l10n.t('Preview Theme'),
        tooltip: vscode.l10n.t('Show a dashboard in the colors of {0}', app),
      };
  }
}

/**
 * Returns the ID and version in the document, as far as they exist; otherwise the folder's name.
 */
function formatAppName(document: vscode.TextDocument): string {
  const manifest = parseJson(document.getText())?.value;
  const { id, version } = isJsonObject(manifest) ? manifest : {};
  const name = typeof id === 'string' ? id : basename(dirname(document.uri.fsPath));
  return sanitizeLine(typeof version === 'string' ? `${name} ${version}` : name);
}
