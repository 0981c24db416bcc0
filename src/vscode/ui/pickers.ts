import * as vscode from 'vscode';

/**
 * How long to wait before each turn of the window, and how many turns, until an editor has taken
 * the keyboard focus. Enter closes the Command Palette on key down, so a step of a walkthrough
 * receives the key up, handles it as a click, and focuses itself after an animation of 350 ms. A
 * webview that gets the focus back from a prompt focuses its document a little later. On a busy
 * computer, the answer of the window shows that it has come so far.
 */
const TURN_MS = 200;
const TURNS = 3;

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
 * later, and keeps it open even without the focus.
 */
async function withFocus<T>(show: (focus: { ignoreFocusOut?: true }) => Thenable<T>): Promise<T> {
  if (!mayEditorTakeFocus()) {
    return show({});
  }
  for (let turn = 1; turn <= TURNS; turn++) {
    await new Promise((resolve) => setTimeout(resolve, TURN_MS));
    await vscode.commands.executeCommand('setContext', 'i99dash.isAsking', true);
  }
  return show({ ignoreFocusOut: true });
}

/** Extensions cannot query the kind of an editor such as a walkthrough. */
function mayEditorTakeFocus(): boolean {
  const { activeTab } = vscode.window.tabGroups.activeTabGroup;
  return (
    activeTab !== undefined &&
    (activeTab.input === undefined || activeTab.input instanceof vscode.TabInputWebview)
  );
}
