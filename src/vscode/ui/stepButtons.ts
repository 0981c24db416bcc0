import * as vscode from 'vscode';
import type { ErrorCode, I99dashError } from '../../core/errors';
import { settings } from '../settings';
import { runCommand } from './runCommand';

/** A button of a message that runs the next step. */
export interface NextStep {
  label: string;
  run: () => unknown;
}

/**
 * The command that opens the Problems panel. `workbench.actions.view.problems` would close it when
 * it has the focus.
 */
export const OPEN_PROBLEMS = 'workbench.panel.markers.view.focus';

/** Creates the step that runs a command. */
export function commandStep(label: string, id: string, ...args: unknown[]): NextStep {
  return { label, run: () => runCommand(id, ...args) };
}

/** Creates the step that opens the Problems panel. */
export function showProblems(): NextStep {
  return commandStep(vscode.l10n.t('Show Problems'), OPEN_PROBLEMS);
}

/** Creates the step that opens a file at its first error, if its position is known. */
export function openFile({ problems = [] }: I99dashError, file: string): NextStep {
  const range = problems.find(
    (problem) => problem.severity === 'error' && problem.file === file && problem.range,
  )?.range;
  const label = vscode.l10n.t('Open File');
  const uri = vscode.Uri.file(file);
  if (range === undefined) {
    return commandStep(label, 'vscode.open', uri);
  }
  const { start, end } = range;
  const selection = new vscode.Range(start.line, start.character, end.line, end.character);
  return commandStep(label, 'vscode.open', uri, { selection });
}

/**
 * Creates the step that shows what became of a submission.
 * @param isListed whether the backend tells the state of such a project
 */
export function showOutcome(appId: string, isListed: boolean): NextStep {
  return isListed
    ? commandStep(vscode.l10n.t('Show Status'), 'i99dash.status', { appId })
    : {
        label: vscode.l10n.t('Open in Web Console'),
        run: () => vscode.env.openExternal(vscode.Uri.parse(settings.webConsoleUrl())),
      };
}

/** Creates the step that shows the log. */
export function showLog(): NextStep {
  return commandStep(vscode.l10n.t('Show Log'), 'i99dash.showLog');
}

/**
 * Creates the step that opens the section about an error code in the troubleshooting, which is a
 * part of the extension and readable without a network.
 */
export function moreStep(code: ErrorCode): NextStep {
  return {
    label: vscode.l10n.t('More'),
    run: async () => {
      const extension = vscode.extensions.getExtension('i99dash.i99dash');
      if (extension === undefined) {
        return;
      }
      const page = vscode.Uri.joinPath(extension.extensionUri, 'docs', 'troubleshooting.md');
      const section = page.with({ fragment: code.toLowerCase() });
      try {
        await vscode.commands.executeCommand('markdown.showPreview', section);
      } catch {
        await runCommand('vscode.open', page); // VS Code's Markdown support is disabled
      }
    },
  };
}
