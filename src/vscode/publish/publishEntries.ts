import * as vscode from 'vscode';
import { PROJECT_KINDS } from '../../core/projectKind';
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
    registerLenses(context.miniApps),
    vscode.tasks.registerTaskProvider('i99dash', {
      provideTasks: async () => (await import('../tasks/publishTasks')).provideTasks(context),
      resolveTask: async (task) =>
        (await import('../tasks/publishTasks')).resolveTask(context, task),
    }),
  );
}

function registerLenses(miniApps: MiniApps): vscode.Disposable {
  const changes = new vscode.EventEmitter<void>();
  return vscode.Disposable.from(
    changes,
    miniApps.onDidChange(() => changes.fire()),
    vscode.languages.registerCodeLensProvider(
      PROJECT_KINDS.map(({ manifestFile }) => ({ pattern: `**/${manifestFile}`, scheme: 'file' })),
      {
        onDidChangeCodeLenses: changes.event,
        provideCodeLenses: async (document) =>
          (await import('../editor/lenses')).projectLenses(document),
      },
    ),
  );
}
