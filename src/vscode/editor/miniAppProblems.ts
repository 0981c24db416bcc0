import * as vscode from 'vscode';
import type { ProblemFinder } from '../../core/publish/problemFinder';
import { CONFIG_FILE, MANIFEST_FILE } from '../../core/miniAppFolder';
import { diagnosticOf } from './problemDiagnostic';

/** Milliseconds without an edit after which a text is checked. */
const TYPING_MS = 150;

/** The two files whose problems are told as they are typed. */
export type JsonFile = typeof MANIFEST_FILE | typeof CONFIG_FILE;

export function isJsonFile(name: string): name is JsonFile {
  return name === MANIFEST_FILE || name === CONFIG_FILE;
}

/** Keeps the diagnostics of one mini-app up to date. */
export class MiniAppProblems implements vscode.Disposable {
  private readonly loading: Promise<ProblemFinder>;
  /** Files with diagnostics. */
  private shown = new Set<string>();
  private readonly timers = new Map<JsonFile, NodeJS.Timeout>();
  /** Counts the changes of a text: what is read from disk meanwhile is late. */
  private readonly changes = new Map<JsonFile, number>();
  private disposed = false;

  /** @param folder absolute path */
  constructor(
    readonly folder: string,
    private readonly collection: vscode.DiagnosticCollection,
  ) {
    this.loading = import('../../core/publish/problemFinder').then(
      ({ ProblemFinder }) => new ProblemFinder(folder),
    );
    void this.checkTexts();
  }

  /** A text was edited, or its document was closed and the disk counts again. */
  textChanged(name: JsonFile): void {
    clearTimeout(this.timers.get(name));
    this.timers.set(
      name,
      setTimeout(() => void this.checkText(name), TYPING_MS),
    );
  }

  dispose(): void {
    this.disposed = true;
    for (const timer of this.timers.values()) {
      clearTimeout(timer);
    }
    for (const file of this.shown) {
      this.collection.delete(vscode.Uri.file(file));
    }
    this.shown.clear();
  }

  private async checkTexts(): Promise<void> {
    await Promise.all([this.checkText(MANIFEST_FILE), this.checkText(CONFIG_FILE)]);
  }

  /** The text of an open document counts, saved or not, else that on disk. */
  private async checkText(name: JsonFile): Promise<void> {
    const change = (this.changes.get(name) ?? 0) + 1;
    this.changes.set(name, change);
    const finder = await this.loading;
    const file = name === MANIFEST_FILE ? finder.manifestFile : finder.configFile;
    const text = openText(file) ?? (await finder.readText(file));
    if (this.disposed || this.changes.get(name) !== change) {
      return;
    }
    if (name === MANIFEST_FILE) {
      finder.setManifest(text);
    } else {
      finder.setConfig(text);
    }
    this.show(finder, [file]);
  }

  /** Shows the problems of these files. */
  private show({ problems }: ProblemFinder, files: readonly string[]): void {
    this.collection.set(
      files.map((file) => {
        const diagnostics = problems.filter((problem) => problem.file === file).map(diagnosticOf);
        this.shown[diagnostics.length === 0 ? 'delete' : 'add'](file);
        return [vscode.Uri.file(file), diagnostics];
      }),
    );
  }
}

function openText(file: string): string | undefined {
  const document = vscode.workspace.textDocuments.find(
    ({ uri }) => uri.scheme === 'file' && uri.fsPath === file,
  );
  return document?.getText();
}
