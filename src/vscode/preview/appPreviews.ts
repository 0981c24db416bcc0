import * as vscode from 'vscode';
import { findStillKind } from '../../core/projectFolders';
import type { WorkspaceProjects } from '../publish/workspaceProjects';
import { isOutsideWorkspace } from '../ui/consent';
import { OutputTerminal } from '../ui/outputTerminal';
import { setContextKey } from '../ui/runCommand';

/** A mini-app that is served. It ends when the controller that started it aborts. */
export interface RunningPreview {
  /** On this computer. */
  address: string;
  /** Resolves when it has ended and its port is free. */
  ended: Promise<void>;
}

interface Entry {
  controller: AbortController;
  preview: Promise<RunningPreview>;
  wasOutside: Promise<boolean>;
}

/** The previews of mini-apps that run in this window: one for each project. */
export class AppPreviews implements vscode.Disposable {
  private readonly entries = new Map<string, Entry>();
  private readonly terminals = new Map<string, OutputTerminal>();
  private readonly subscription: vscode.Disposable;

  constructor(projects: Pick<WorkspaceProjects, 'onDidChange'>) {
    this.subscription = vscode.Disposable.from(projects.onDidChange(() => void this.stopMissing()));
  }

  /** The folders of the projects that are previewed. */
  get folders(): readonly string[] {
    return [...this.entries.keys()];
  }

  /**
   * Returns the preview of a project, and starts it if it does not run.
   * @throws what `start` throws
   */
  async open(
    folder: string,
    start: (controller: AbortController) => Promise<RunningPreview>,
  ): Promise<RunningPreview> {
    const known = this.entries.get(folder);
    if (known !== undefined) {
      return known.preview;
    }
    const controller = new AbortController();
    const entry = {
      controller,
      preview: start(controller),
      wasOutside: isOutsideWorkspace(folder),
    };
    this.entries.set(folder, entry);
    try {
      const running = await entry.preview;
      void running.ended.then(() => this.forget(folder, entry));
      await setContextKey('i99dash.isPreviewing', true);
      return running;
    } catch (error) {
      controller.abort();
      this.forget(folder, entry);
      throw error;
    }
  }

  /** Creates the terminal of a project's client, in place of that of an earlier one. */
  createTerminal(folder: string, controller: AbortController): OutputTerminal {
    this.terminals.get(folder)?.dispose();
    const terminal = new OutputTerminal({
      name: vscode.l10n.t('i99dash preview'),
      icon: 'open-preview',
      onClosed: () => controller.abort(),
    });
    this.terminals.set(folder, terminal);
    return terminal;
  }

  /** Ends the preview of a project, if there is one, and closes its terminal. */
  async stop(folder: string): Promise<void> {
    const entry = this.entries.get(folder);
    if (entry !== undefined) {
      entry.controller.abort();
      await entry.preview.then(({ ended }) => ended).catch(() => undefined);
      this.terminals.get(folder)?.dispose();
    }
  }

  async stopAll(): Promise<void> {
    await Promise.all(this.folders.map((folder) => this.stop(folder)));
  }

  dispose(): void {
    this.subscription.dispose();
    void this.stopAll();
    this.terminals.forEach((terminal) => terminal.dispose());
  }

  /** Ends the previews whose project was deleted or has left the workspace. */
  private async stopMissing(): Promise<void> {
    for (const [folder, { wasOutside }] of this.entries) {
      const isOutside = await isOutsideWorkspace(folder);
      if (isOutside !== (await wasOutside) || (await findStillKind(folder)) === undefined) {
        await this.stop(folder);
      }
    }
  }

  private forget(folder: string, entry: Entry): void {
    if (this.entries.get(folder) === entry) {
      this.entries.delete(folder);
      void setContextKey('i99dash.isPreviewing', this.entries.size > 0);
    }
  }
}
