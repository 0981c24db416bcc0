import { join } from 'node:path';
import * as vscode from 'vscode';
import { isSamePath } from '../../core/platform/paths';
import { CancelledError, describeError, throwIfCancelled } from '../../core/errors';
import type { FoundProject } from '../../core/projectFolders';
import { PROJECT_KINDS, type ProjectKind } from '../../core/projectKind';
import type { Logger } from '../../core/platform/interfaces';
import type { Problem } from '../../core/problem';
import type { FileSearchOptions } from '../../core/publish/diagnostics/cachedFileChecker';
import type { ProblemModel } from '../../core/publish/diagnostics/problemModel';
import { toDiagnostic } from './problemDiagnostic';

/** The delay after the last edit before a text is checked, in milliseconds. */
const TYPING_MS = 150;
/**
 * The delay after the first file change before the files are checked, in milliseconds. Files change
 * in bursts, for example during a checkout or an install, and one check handles them all.
 */
const PROBLEMS_SETTLE_MS = 300;

/** Checks whether a name is one of a file that is checked while the user types. */
export function isJsonFile(name: string): boolean {
  return PROJECT_KINDS.some(
    ({ manifestFile, configFile }) => name === manifestFile || name === configFile,
  );
}

export interface ProblemDeps extends Pick<FileSearchOptions, 'worker' | 'baselineCache'> {
  logger: Logger;
}

/** Keeps the diagnostics of one project up to date. */
export class ProjectProblems implements vscode.Disposable {
  private readonly loading: Promise<ProblemModel>;
  private finder: ProblemModel | undefined;
  /** Files with diagnostics. */
  private shown = new Set<string>();
  private readonly typing = new Map<string, NodeJS.Timeout>();
  /**
   * Counts the checks of each text, so that a slow read from disk does not replace a newer result.
   */
  private readonly looks = new Map<string, number>();
  private settling: NodeJS.Timeout | undefined;
  /** Cancels the background check of the files. */
  private background = new AbortController();
  /** The last check of the files; checks run one at a time. */
  private turn: Promise<unknown> = Promise.resolve();
  private isBackgroundDue = false;
  private checked = (): void => undefined;
  /** Resolves when the first full check has ended, or this object is disposed. */
  readonly firstCheck = new Promise<void>((resolve) => (this.checked = resolve));
  private readonly disposed = new AbortController();

  readonly folder: string;
  readonly kind: ProjectKind;

  constructor(
    { folder, kind }: FoundProject,
    private readonly collection: vscode.DiagnosticCollection,
    private readonly deps: ProblemDeps,
  ) {
    this.folder = folder;
    this.kind = kind;
    this.loading = this.load();
    this.inBackground(this.checkTexts());
    this.checkFilesSoon(0);
  }

  /**
   * Called when a text was edited, or when its document was closed, so that the file on disk
   * applies.
   */
  textChanged(name: string): void {
    clearTimeout(this.typing.get(name));
    const check = (): void => this.inBackground(this.checkText(name));
    this.typing.set(name, setTimeout(check, TYPING_MS));
  }

  /** Called when a file has changed on disk. */
  fileChanged(path: string): void {
    if (this.finder === undefined || this.finder.affects(path)) {
      this.checkFilesSoon();
    }
  }

  /**
   * Checks everything immediately.
   * @returns the problems that the panel then shows
   * @throws CancelledError
   */
  async validate(signal: AbortSignal): Promise<Problem[]> {
    this.background.abort();
    try {
      return await this.inTurn(AbortSignal.any([signal, this.disposed.signal]), false);
    } catch (error) {
      this.checkFilesSoon(); // reschedule the background check that this one replaced
      throw error;
    }
  }

  /**
   * Shows the problems that the backend reported for the manifest, and replaces its earlier ones.
   */
  async showRefused(problems: readonly Problem[]): Promise<void> {
    const finder = await this.loading;
    await finder.setRefused([...problems]);
    await this.checkText(this.kind.manifestFile);
  }

  /** Shows the problems in the output folder of a build. */
  showBuilt(found: readonly Problem[]): void {
    this.inBackground(this.takeBuilt(found));
  }

  dispose(): void {
    this.disposed.abort();
    this.checked();
    this.background.abort();
    clearTimeout(this.settling);
    for (const timer of this.typing.values()) {
      clearTimeout(timer);
    }
    for (const file of this.shown) {
      this.collection.delete(vscode.Uri.file(file));
    }
    this.shown.clear();
  }

  private async load(): Promise<ProblemModel> {
    const [{ ProblemModel }, { KINDS }] = await Promise.all([
      import('../../core/publish/diagnostics/problemModel'),
      import('../../core/publish/kindDefinitions'),
    ]);
    this.finder = new ProblemModel(this.folder, KINDS[this.kind.id], this.deps);
    return this.finder;
  }

  private async takeBuilt(found: readonly Problem[]): Promise<void> {
    const finder = await this.loading;
    await finder.setBuilt(found);
    const { configFile } = this.kind;
    if (configFile !== undefined) {
      await this.checkText(configFile);
    }
    if (!this.disposed.signal.aborted) {
      this.show(finder.problems);
    }
  }

  private checkFilesSoon(delay = PROBLEMS_SETTLE_MS): void {
    if (this.isBackgroundDue || this.disposed.signal.aborted) {
      return;
    }
    this.isBackgroundDue = true;
    this.settling = setTimeout(() => {
      this.background = new AbortController();
      this.inBackground(this.inTurn(this.background.signal, true));
    }, delay);
  }

  private inTurn(signal: AbortSignal, isIdle: boolean): Promise<Problem[]> {
    const mine = this.turn.then(() => this.checkAll(signal, isIdle));
    this.turn = mine.catch(() => undefined);
    void this.turn.then(() => this.checked());
    return mine;
  }

  private async checkAll(signal: AbortSignal, isIdle: boolean): Promise<Problem[]> {
    const finder = await this.loading;
    // Changes from here on schedule another check.
    this.isBackgroundDue = false;
    clearTimeout(this.settling);
    await this.checkTexts();
    throwIfCancelled(signal);
    await finder.checkFiles(signal, isIdle);
    throwIfCancelled(signal);
    const { problems } = finder;
    this.show(problems);
    return problems;
  }

  private async checkTexts(): Promise<void> {
    const { manifestFile, configFile } = this.kind;
    const files = [manifestFile, ...(configFile === undefined ? [] : [configFile])];
    await Promise.all(files.map((name) => this.checkText(name)));
  }

  /** Checks the unsaved text, or else the file on disk. */
  private async checkText(name: string): Promise<void> {
    clearTimeout(this.typing.get(name));
    const look = (this.looks.get(name) ?? 0) + 1;
    this.looks.set(name, look);
    const finder = await this.loading;
    const file = join(this.folder, name);
    const text = unsavedText(file) ?? (await finder.readText(file));
    if (this.disposed.signal.aborted || this.looks.get(name) !== look) {
      return;
    }
    if (name === this.kind.manifestFile) {
      finder.setManifest(text);
    } else {
      finder.setConfig(text);
    }
    this.show(finder.problems);
  }

  /** Shows these problems and no others. */
  private show(problems: readonly Problem[]): void {
    const byFile = new Map<string, vscode.Diagnostic[]>();
    for (const file of [...this.shown, ...problems.map(({ file }) => file)]) {
      byFile.set(file, []);
    }
    for (const problem of problems) {
      byFile.get(problem.file)?.push(toDiagnostic(problem));
    }
    for (const [file, diagnostics] of byFile) {
      this.shown[diagnostics.length === 0 ? 'delete' : 'add'](file);
    }
    this.collection.set(
      [...byFile].map(([file, diagnostics]) => [vscode.Uri.file(file), diagnostics]),
    );
  }

  private inBackground(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      if (!(error instanceof CancelledError)) {
        this.deps.logger.error(`Checking ${this.folder} failed: ${describeError(error)}`);
      }
    });
  }
}

/**
 * Returns the unsaved text of a file. Ignores documents that are not dirty: after a revert, a
 * closed one may stay in memory for minutes with its old text.
 */
function unsavedText(file: string): string | undefined {
  const document = vscode.workspace.textDocuments.find(
    ({ uri, isDirty }) => isDirty && uri.scheme === 'file' && isSamePath(uri.fsPath, file),
  );
  return document?.getText();
}
