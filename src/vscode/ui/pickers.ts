import * as vscode from 'vscode';

/**
 * Time in which a walkthrough may take the focus after the key press that started a command, in
 * milliseconds. Enter closes the Command Palette on key down, so the walkthrough step receives the
 * key up, handles it as a click, and focuses itself after an animation of 350 ms.
 */
const FOCUS_SETTLED_MS = 600;

/**
 * Asks the user to pick an item.
 * @returns Undefined if the user cancels.
 */
export async function showPicker<T extends vscode.QuickPickItem>(
  items: readonly T[],
  options: vscode.QuickPickOptions,
): Promise<T | undefined> {
  await focusSettled();
  return vscode.window.showQuickPick(items, options);
}

/**
 * Asks the user for text.
 * @returns Undefined if the user cancels.
 */
export async function showInput(options: vscode.InputBoxOptions): Promise<string | undefined> {
  await focusSettled();
  return vscode.window.showInputBox(options);
}

/**
 * Asks the user for a file. Without a desktop, VS Code shows a picker for it.
 * @returns Undefined if the user cancels.
 */
export async function showOpenDialog(
  options: vscode.OpenDialogOptions,
): Promise<vscode.Uri[] | undefined> {
  await focusSettled();
  return vscode.window.showOpenDialog(options);
}

/** Waits if the active editor may be a walkthrough. Extensions cannot query the kind of editor. */
async function focusSettled(): Promise<void> {
  const { activeTab } = vscode.window.tabGroups.activeTabGroup;
  if (activeTab !== undefined && activeTab.input === undefined) {
    await new Promise((resolve) => setTimeout(resolve, FOCUS_SETTLED_MS));
  }
}
