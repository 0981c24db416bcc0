import * as vscode from 'vscode';

/** The maximum output to buffer until the terminal opens, in UTF-16 units. Only the end is kept. */
const MAX_WAITING = 1024 * 1024;

/**
 * Shows the output of all builds in one terminal. Reveals it when a build fails, without taking the
 * focus.
 */
export class BuildTerminal implements vscode.Disposable {
  private readonly output = new vscode.EventEmitter<string>();
  private terminal: vscode.Terminal | undefined;
  private isOpen = false;
  /** The output from before the terminal opened. */
  private waiting = '';

  write(text: string): void {
    const lines = text.replaceAll(/\r?\n/gu, '\r\n');
    this.ensureTerminal();
    if (this.isOpen) {
      this.output.fire(lines);
    } else {
      this.waiting = (this.waiting + lines).slice(-MAX_WAITING);
    }
  }

  reveal(): void {
    this.terminal?.show(true);
  }

  dispose(): void {
    this.terminal?.dispose();
    this.output.dispose();
  }

  private ensureTerminal(): void {
    this.terminal ??= vscode.window.createTerminal({
      name: vscode.l10n.t('i99dash build'),
      iconPath: new vscode.ThemeIcon('package'),
      isTransient: true,
      pty: {
        onDidWrite: this.output.event,
        open: () => {
          this.isOpen = true;
          this.output.fire(this.waiting);
          this.waiting = '';
        },
        close: () => {
          this.isOpen = false;
          this.terminal = undefined;
        },
      },
    });
  }
}
