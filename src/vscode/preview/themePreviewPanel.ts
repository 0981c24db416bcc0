import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { isSamePath } from '../../core/platform/paths';
import { THEME } from '../../core/projectKind';
import { readTextFile } from '../../core/platform/readTextFile';
import { TextPositions } from '../../core/publish/json/textPositions';
import { nodeAt, readTree } from '../../core/publish/json/jsonTree';
import { readThemePreview, type ThemePreview } from '../../core/publish/preview/themePreview';
import { sanitizeLine } from '../../core/text/sanitizeLine';
import { previewHtml } from './previewHtml';

/** What the page is told: the theme with addresses of its pictures, or that it cannot be read. */
type Message = { theme: ThemePreview } | { isBroken: true };

const NOWHERE = { offset: 0, length: 0 };

/** Draws a theme, and draws it again while it is edited. There is one panel for each theme. */
export class ThemePreviewPanel {
  private static readonly open = new Map<string, ThemePreviewPanel>();
  private readonly file: string;
  private readonly subscriptions: vscode.Disposable;
  /** Counts the updates, so that a slow one does not replace a newer one. */
  private updates = 0;

  /** Shows the panel of a theme, or brings it to the front. */
  static async show(folder: string, media: vscode.Uri): Promise<void> {
    const known = this.open.get(folder);
    if (known !== undefined) {
      known.panel.reveal(undefined, true);
      return;
    }
    const title = vscode.l10n.t('Preview: {0}', sanitizeLine(basename(folder)));
    const panel = vscode.window.createWebviewPanel(
      'i99dash.themePreview',
      title,
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: false },
      { enableScripts: true, localResourceRoots: [media, vscode.Uri.file(folder)] },
    );
    const preview = new ThemePreviewPanel(folder, panel);
    this.open.set(folder, preview);
    await preview.start(media);
  }

  private constructor(
    private readonly folder: string,
    private readonly panel: vscode.WebviewPanel,
  ) {
    this.file = join(folder, THEME.manifestFile);
    const pattern = new vscode.RelativePattern(
      vscode.Uri.file(folder),
      `{${THEME.manifestFile},**/*.{png,jpg,jpeg,webp,svg}}`,
    );
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    const update = (): void => void this.update();
    const updateFor = ({ uri }: vscode.TextDocument): void => {
      if (uri.scheme === 'file' && isSamePath(uri.fsPath, this.file)) {
        update();
      }
    };
    this.subscriptions = vscode.Disposable.from(
      watcher,
      watcher.onDidChange(update),
      watcher.onDidCreate(update),
      watcher.onDidDelete(update),
      vscode.workspace.onDidChangeTextDocument(({ document }) => updateFor(document)),
      vscode.workspace.onDidCloseTextDocument(updateFor),
    );
  }

  private async start(media: vscode.Uri): Promise<void> {
    const { webview } = this.panel;
    this.panel.onDidDispose(() => {
      this.subscriptions.dispose();
      ThemePreviewPanel.open.delete(this.folder);
    });
    // The page asks when it has loaded, which happens again whenever its tab comes to the front.
    webview.onDidReceiveMessage(({ token }: { token?: unknown }) => {
      void (typeof token === 'string' ? this.reveal(token) : this.update());
    });
    webview.html = await previewHtml(webview, media);
  }

  private async update(): Promise<void> {
    const update = ++this.updates;
    const text = await this.readText();
    const theme = readThemePreview(text, vscode.env.language.slice(0, 2));
    const message: Message =
      theme === undefined ? { isBroken: true } : { theme: await this.withAddresses(theme) };
    if (update === this.updates) {
      await this.panel.webview.postMessage(message);
    }
  }

  /** Returns the text in the editor, or else on disk; '' if there is none. */
  private async readText(): Promise<string> {
    const open = vscode.workspace.textDocuments.find(
      ({ uri, isClosed }) =>
        !isClosed && uri.scheme === 'file' && isSamePath(uri.fsPath, this.file),
    );
    return open?.getText() ?? readTextFile(this.file).catch(() => '');
  }

  /** Replaces the paths of pictures with addresses that change when the picture does. */
  private async withAddresses(theme: ThemePreview): Promise<ThemePreview> {
    const pictures = await Promise.all(
      Object.entries(theme.wallpapers).map(async ([field, path]) => {
        const file = join(this.folder, path);
        const stats = await stat(file).catch(() => undefined);
        const uri = vscode.Uri.file(file).with({ query: String(stats?.mtimeMs ?? '') });
        return [field, stats && this.panel.webview.asWebviewUri(uri).toString()] as const;
      }),
    );
    const found = pictures.filter(([, address]) => address !== undefined);
    return { ...theme, wallpapers: Object.fromEntries(found) };
  }

  /** Selects a color in the editor of the theme; the colors, if it is not there. */
  private async reveal(token: string): Promise<void> {
    const document = await vscode.workspace.openTextDocument(this.file);
    const text = document.getText();
    const tree = readTree(text);
    const color = nodeAt(tree, ['spec', 'colors', token]);
    const { offset, length } = color ?? nodeAt(tree, ['spec', 'colors']) ?? NOWHERE;
    // Without the quotes, so that what is typed or pasted replaces the color alone.
    const quote = color?.type === 'string' ? 1 : 0;
    const { start, end } = new TextPositions(text).range(offset + quote, offset + length - quote);
    const selection = new vscode.Range(start.line, start.character, end.line, end.character);
    const shown = vscode.window.visibleTextEditors.find((each) => each.document === document);
    const viewColumn = shown?.viewColumn ?? vscode.ViewColumn.One;
    await vscode.window.showTextDocument(document, { selection, viewColumn });
  }
}
