import * as vscode from 'vscode';

/** The arguments of the commands that are run on a node. */
interface NodeArguments {
  appId?: string;
  /** The folder of an app in the workspace. */
  folder?: string | undefined;
  /** ID of a registered SSH key. */
  id?: string;
  fingerprint?: string;
  /** ID of a beta tester. */
  userId?: string;
}

/** A node of one of our views. VS Code passes it to the commands that are run on it. */
export class TreeNode {
  private above: TreeNode | undefined;

  constructor(
    readonly item: vscode.TreeItem,
    readonly args: NodeArguments = {},
    readonly children: readonly TreeNode[] = [],
  ) {
    for (const child of children) {
      child.above = this;
    }
  }

  get parent(): TreeNode | undefined {
    return this.above;
  }
}

/** Provides the nodes of a view. */
export class TreeNodes implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changes.event;

  /** @param render Returns the top level nodes. */
  constructor(private readonly render: () => Promise<readonly TreeNode[]>) {}

  getTreeItem({ item }: TreeNode): vscode.TreeItem {
    return item;
  }

  getParent({ parent }: TreeNode): TreeNode | undefined {
    return parent;
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    return [...(node === undefined ? await this.render() : node.children)];
  }

  /** Renders the view again. */
  redraw(): void {
    this.changes.fire(undefined);
  }

  dispose(): void {
    this.changes.dispose();
  }
}
