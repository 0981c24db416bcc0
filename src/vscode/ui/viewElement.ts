import type * as vscode from 'vscode';

/** A row of one of our views. VS Code passes it to the commands that are started from the row. */
export abstract class ViewElement {
  readonly parent: ViewElement | undefined;
  readonly children: readonly ViewElement[] = [];

  abstract toTreeItem(): vscode.TreeItem;
}
