import * as vscode from 'vscode';
import { orCancel } from '../ui/ask';
import { showOpenDialog } from '../ui/pickers';
import { assertAllowed } from './publishCommand';

/**
 * Lets the user pick a folder with the output of a build.
 * @throws UNTRUSTED_WORKSPACE, CancelledError
 */
export async function chooseBuiltFolder(): Promise<vscode.Uri> {
  assertAllowed({});
  const [root] = vscode.workspace.workspaceFolders ?? [];
  const [picked] =
    (await showOpenDialog({
      ...{ canSelectFiles: false, canSelectFolders: true },
      title: vscode.l10n.t('Publish a Built Folder'),
      openLabel: vscode.l10n.t('Publish'),
      ...(root === undefined ? {} : { defaultUri: root.uri }),
    })) ?? [];
  return orCancel(picked);
}
