import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { isJsonObject, parseJson } from '../../core/platform/json';
import { isMiniApp } from '../../core/miniAppFolder';
import { sanitizeLine } from '../../core/text/sanitizeLine';

/**
 * Provides the actions for a mini-app above the first line of its manifest.json; none for the
 * manifests of other projects.
 */
export async function manifestLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
  const { uri } = document;
  if (!(await isMiniApp(dirname(uri.fsPath)))) {
    return [];
  }
  const app = formatAppName(document);
  const top = new vscode.Range(0, 0, 0, 0);
  // The argument is the file, as from a menu, so that a failing command shows a single message.
  return [
    {
      title: vscode.l10n.t('Publish'),
      tooltip: vscode.l10n.t('Publish {0} to its usual track', app),
      command: 'i99dash.publish',
    },
    {
      title: vscode.l10n.t('Dry Run'),
      tooltip: vscode.l10n.t('Build and check {0} without uploading', app),
      command: 'i99dash.dryRun',
    },
    {
      title: vscode.l10n.t('Validate'),
      tooltip: vscode.l10n.t('Look for problems of {0} without a build', app),
      command: 'i99dash.validate',
    },
  ].map((command) => new vscode.CodeLens(top, { ...command, arguments: [uri] }));
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
