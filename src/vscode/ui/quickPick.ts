import * as vscode from 'vscode';
import { sshFolder } from '../../core/platform/homePath';
import { orCancel } from './ask';
import { showOpenDialog, showPicker } from './pickers';

/** A row of a picker that knows what it leads to; a separator leads nowhere. */
export interface Choice<T> extends vscode.QuickPickItem {
  choose?: () => Promise<T>;
}

/**
 * Asks for one of several ways on, and goes it.
 * @throws CancelledError, and what the way throws
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

/** A line between choices; an empty label draws the line alone. */
export function separator(label: string): Choice<never> {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

/**
 * Asks for a key file, in `~/.ssh` at first.
 * @returns its absolute path
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
