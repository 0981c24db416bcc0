import * as vscode from 'vscode';

/**
 * How long a walkthrough may take the focus after the key that started a command, in milliseconds.
 * Enter closes the palette when it is pressed, so the walkthrough's step gets the release of the
 * key, takes it for a click, and focuses itself after an animation of 350 ms.
 */
const FOCUS_SETTLED_MS = 600;

/** Asks for one of several rows. @returns undefined when the user cancels */
export async function showPicker<T extends vscode.QuickPickItem>(
  items: readonly T[],
  options: vscode.QuickPickOptions,
): Promise<T | undefined> {
  await focusSettled();
  return vscode.window.showQuickPick(items, options);
}

/** Asks for a text. @returns undefined when the user cancels */
export async function showInput(options: vscode.InputBoxOptions): Promise<string | undefined> {
  await focusSettled();
  return vscode.window.showInputBox(options);
}

/**
 * Asks for a file. Without a desktop, VS Code does that with a picker.
 * @returns undefined when the user cancels
 */
export async function showOpenDialog(
  options: vscode.OpenDialogOptions,
): Promise<vscode.Uri[] | undefined> {
  await focusSettled();
  return vscode.window.showOpenDialog(options);
}

/**
 * Waits while an editor that may be a walkthrough is active: extensions are not told what kind of
 * editor it is.
 */
async function focusSettled(): Promise<void> {
  const { activeTab } = vscode.window.tabGroups.activeTabGroup;
  if (activeTab !== undefined && activeTab.input === undefined) {
    await new Promise((resolve) => setTimeout(resolve, FOCUS_SETTLED_MS));
  }
}
