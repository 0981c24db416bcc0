import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { isMiniApp } from '../core/miniAppFolder';

/** What can be done with a mini-app, above the first line of its manifest.json. Other manifests get nothing. */
export async function manifestLenses({ uri }: vscode.TextDocument): Promise<vscode.CodeLens[]> {
  if (!(await isMiniApp(dirname(uri.fsPath)))) {
    return [];
  }
  const top = new vscode.Range(0, 0, 0, 0);
  // The argument is the file, as from a menu: a command that fails then shows one message, its own.
  return [
    {
      title: vscode.l10n.t('Publish'),
      tooltip: vscode.l10n.t('Publish this mini-app to its usual track'),
      command: 'i99dash.publish',
    },
    {
      title: vscode.l10n.t('Dry Run'),
      tooltip: vscode.l10n.t('Do all that publishing does, and send nothing'),
      command: 'i99dash.dryRun',
    },
    {
      title: vscode.l10n.t('Validate'),
      tooltip: vscode.l10n.t('Look for problems without a build'),
      command: 'i99dash.validate',
    },
  ].map((command) => new vscode.CodeLens(top, { ...command, arguments: [uri] }));
}
