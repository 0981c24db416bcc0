import type * as vscode from 'vscode';

/** A tree node of one of our views. VS Code passes it to the commands that are run on it. */
export abstract class ViewElement {
  readonly parent: ViewElement | undefined;
  readonly children: readonly ViewElement[] = [];

  abstract toTreeItem(): vscode.TreeItem;
}
