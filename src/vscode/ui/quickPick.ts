import * as vscode from 'vscode';
import { sshFolder } from '../../core/platform/homePath';
import { orCancel } from './ask';
import { showOpenDialog, showPicker } from './pickers';

/** A picker item with an action. A separator has none. */
export interface Choice<T> extends vscode.QuickPickItem {
  choose?: () => Promise<T>;
}

/**
 * Asks the user to pick an item and runs its action.
 * @throws CancelledError and the errors of the action
 */
export async function pickChoice<T>(
  items: Choice<T>[],
  texts: { title: string; placeHolder: string },
): Promise<T> {
  const picked = await showPicker(items, {
    ...texts,
    matchOnDescription: true,
    matchOnDetail: true,
    ignoreFocusOut: true,
  });
  return orCancel(picked?.choose)();
}

/** Creates a separator. With an empty label, it is only a line. */
export function separator(label: string): Choice<never> {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

/**
 * Asks the user for a key file. The dialog opens in `~/.ssh`.
 * @returns Absolute path.
 * @throws CancelledError
 */
export async function browseForKeyFile(texts: {
  title: string;
  openLabel: string;
}): Promise<string> {
  const defaultUri = vscode.Uri.file(sshFolder());
  const [file] = (await showOpenDialog({ ...texts, defaultUri })) ?? [];
  return orCancel(file).fsPath;
}
