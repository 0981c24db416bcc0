import * as vscode from 'vscode';
import type { I99dashError } from '../../core/errors';
import type { NextStep } from './failure';
import { runCommand } from './runCommand';

/**
 * Returns the next steps for an error about a file: show its problems, if there are any, and open
 * the file.
 */
export function problemSteps(error: I99dashError, file: string): NextStep[] {
  const { problems = [] } = error;
  return [...(problems.length > 0 ? [showProblems()] : []), openFile(error, file)];
}

/**
 * The command that opens the Problems panel. `workbench.actions.view.problems` would close it when
 * it has the focus.
 */
export const OPEN_PROBLEMS = 'workbench.panel.markers.view.focus';

/** Returns the step that opens the Problems panel. */
export function showProblems(): NextStep {
  return { label: vscode.l10n.t('Show Problems'), run: () => runCommand(OPEN_PROBLEMS) };
}

/** Opens a file at its first error, if its position is known. */
export function openFile({ problems = [] }: I99dashError, file: string): NextStep {
  const first = problems.find(
    (problem) => problem.severity === 'error' && problem.file === file && problem.range,
  );
  const label = vscode.l10n.t('Open File');
  const uri = vscode.Uri.file(file);
  if (first?.range === undefined) {
    return { label, run: () => runCommand('vscode.open', uri) };
  }
  const { start, end } = first.range;
  const selection = new vscode.Range(start.line, start.character, end.line, end.character);
  return { label, run: () => runCommand('vscode.open', uri, { selection }) };
}
