import * as vscode from 'vscode';
import { Click } from '../ui/consent';
import { plainText } from '../ui/plainText';
import { runCommand } from '../ui/runCommand';
import { commandStep, type NextStep } from '../ui/stepButtons';

/** Creates the step that checks and packs a new project. */
export function dryRunStep(folder: string): NextStep {
  const click = new Click({ folder: vscode.Uri.file(folder) });
  return commandStep(vscode.l10n.t('Dry Run'), 'i99dash.dryRun', click);
}

/** Creates the step that opens a new project. */
export function openFolderStep(folder: string): NextStep {
  return { label: vscode.l10n.t('Open Folder'), run: () => openFolder(folder) };
}

/** Opens a folder: in this window if it is empty, otherwise in a new one. */
export function openFolder(folder: string): Promise<unknown> {
  const forceNewWindow = vscode.workspace.workspaceFolders !== undefined;
  return runCommand('vscode.openFolder', vscode.Uri.file(folder), { forceNewWindow });
}

/** Shows a message about a new project, with the next steps as buttons. */
export async function showProject(
  show: typeof vscode.window.showInformationMessage,
  message: string,
  steps: readonly NextStep[],
): Promise<void> {
  const picked = await show(plainText(message), ...steps.map(({ label }) => label));
  steps.find(({ label }) => label === picked)?.run();
}
