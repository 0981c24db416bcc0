import { basename } from 'node:path';
import * as vscode from 'vscode';
import { isInside } from '../../core/platform/paths';
import type { Problem } from '../../core/problem';
import { chooseProject } from './chooseProject';
import { isOurs } from '../editor/problemDiagnostic';
import type { Problems } from '../editor/problems';
import type { WorkspaceProjects } from './workspaceProjects';
import { plainText } from '../ui/plainText';
import { OPEN_PROBLEMS } from '../ui/stepButtons';
import { withDelayedProgress } from '../ui/progress';

export interface ValidateArguments {
  folder?: vscode.Uri;
}

/**
 * Finds all problems of a project that do not need a build, and shows them in the Problems panel.
 * @throws NOTHING_TO_PUBLISH if there is no project
 * @throws CancelledError
 */
export async function validateProject(
  { miniApps, problems }: { miniApps: WorkspaceProjects; problems: Problems },
  { folder }: ValidateArguments,
): Promise<Problem[]> {
  const title = vscode.l10n.t('Validate Mini-App');
  const chosen = await chooseProject(miniApps, folder, { title });
  const name = basename(chosen);
  const found = await withDelayedProgress(vscode.l10n.t('Validating {0}', name), (signal) =>
    problems.validate(chosen, signal),
  );
  if (found.length > 0) {
    // `workbench.actions.view.problems` would close the panel if it has the focus.
    await vscode.commands.executeCommand(OPEN_PROBLEMS);
  } else {
    void vscode.window.showInformationMessage(
      plainText(
        hasOtherProblems(chosen)
          ? vscode.l10n.t(
              'No problems in {0}. The Problems panel shows those of other projects.',
              name,
            )
          : vscode.l10n.t('No problems in {0}.', name),
      ),
    );
  }
  return found;
}

/** Checks whether the Problems panel shows problems of ours outside this folder. */
function hasOtherProblems(folder: string): boolean {
  return vscode.languages
    .getDiagnostics()
    .some(([{ fsPath }, found]) => !isInside(fsPath, folder) && found.some(isOurs));
}
