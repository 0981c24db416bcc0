import * as vscode from 'vscode';

/**
 * Time in which an editor may take the keyboard focus from a prompt, in milliseconds. Enter closes
 * the Command Palette on key down, so a step of a walkthrough receives the key up, handles it as a
 * click, and focuses itself after an animation of 350 ms. A webview that gets the focus back from a
 * prompt focuses its document a little later.
 */
const FOCUS_SETTLED_MS = 600;

/**
 * Asks the user to pick an item.
 * @returns Undefined if the user cancels.
 */
export function showPicker<T extends vscode.QuickPickItem>(
  items: readonly T[],
  options: vscode.QuickPickOptions,
): Promise<T | undefined> {
  return withFocus((focus) => vscode.window.showQuickPick(items, { ...options, ...focus }));
}

/**
 * Asks the user for text.
 * @returns Undefined if the user cancels.
 */
export function showInput(options: vscode.InputBoxOptions): Promise<string | undefined> {
  return withFocus((focus) => vscode.window.showInputBox({ ...options, ...focus }));
}

/**
 * Asks the user for a file. Without a desktop, VS Code shows a picker for it.
 * @returns Undefined if the user cancels.
 */
export function showOpenDialog(
  options: vscode.OpenDialogOptions,
): Promise<vscode.Uri[] | undefined> {
  return withFocus(() => vscode.window.showOpenDialog(options));
}

/**
 * Shows a prompt that has the keyboard focus. If an editor may still take the focus, shows it
 * later, keeps it open without the focus and gives it the focus again.
 */
async function withFocus<T>(show: (focus: { ignoreFocusOut?: true }) => Thenable<T>): Promise<T> {
  if (!mayEditorTakeFocus()) {
    return show({});
  }
  await new Promise((resolve) => setTimeout(resolve, FOCUS_SETTLED_MS));
  const refocus = setTimeout(
    () => void vscode.commands.executeCommand('workbench.action.focusQuickOpen'),
    FOCUS_SETTLED_MS,
  );
  try {
    return await show({ ignoreFocusOut: true });
  } finally {
    clearTimeout(refocus);
  }
}

/** Extensions cannot query the kind of an editor such as a walkthrough. */
function mayEditorTakeFocus(): boolean {
  const { activeTab } = vscode.window.tabGroups.activeTabGroup;
  return (
    activeTab !== undefined &&
    (activeTab.input === undefined || activeTab.input instanceof vscode.TabInputWebview)
  );
}
