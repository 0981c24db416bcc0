import * as vscode from 'vscode';

/** The maximum output to buffer until the terminal opens, in UTF-16 units. Only the end is kept. */
const MAX_WAITING = 1024 * 1024;

interface OutputTerminalOptions {
  name: string;
  /** A product icon of VS Code. */
  icon: string;
  /** Called when the terminal is closed, by the user or by {@link OutputTerminal.dispose}. */
  onClosed?: () => void;
}

/** A terminal with the output of programs. It opens with the first output, without the focus. */
export class OutputTerminal implements vscode.Disposable {
  private readonly output = new vscode.EventEmitter<string>();
  private terminal: vscode.Terminal | undefined;
  private isOpen = false;
  /** The output from before the terminal opened. */
  private waiting = '';

  constructor(private readonly options: OutputTerminalOptions) {}

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
    const { name, icon, onClosed } = this.options;
    this.terminal ??= vscode.window.createTerminal({
      name,
      iconPath: new vscode.ThemeIcon(icon),
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
          onClosed?.();
        },
      },
    });
  }
}
