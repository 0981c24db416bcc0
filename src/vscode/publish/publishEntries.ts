import * as vscode from 'vscode';
import { MANIFEST_FILE } from '../../core/miniAppFolder';
import { registerEditorContextKeys } from './editorContextKeys';
import type { MiniApps } from './miniApps';
import type { TaskContext } from './publishContext';

/**
 * Registers the entry points for publishing besides the commands: editor titles, CodeLens and
 * tasks. Loads their implementations lazily.
 */
export function registerPublishEntries(context: TaskContext): vscode.Disposable {
  return vscode.Disposable.from(
    registerEditorContextKeys(context.miniApps),
    registerManifestLenses(context.miniApps),
    vscode.tasks.registerTaskProvider('i99dash', {
      provideTasks: async () => (await import('../tasks/publishTasks')).provideTasks(context),
      resolveTask: async (task) =>
        (await import('../tasks/publishTasks')).resolveTask(context, task),
    }),
  );
}

function registerManifestLenses(miniApps: MiniApps): vscode.Disposable {
  const changes = new vscode.EventEmitter<void>();
  return vscode.Disposable.from(
    changes,
    miniApps.onDidChange(() => changes.fire()),
    vscode.languages.registerCodeLensProvider(
      { pattern: `**/${MANIFEST_FILE}`, scheme: 'file' },
      {
        onDidChangeCodeLenses: changes.event,
        provideCodeLenses: async (document) =>
          (await import('../editor/manifestLenses')).manifestLenses(document),
      },
    ),
  );
}
