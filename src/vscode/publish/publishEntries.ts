import * as vscode from 'vscode';
import type { Call } from '../../core/consent';
import { PROJECT_KINDS, THEME } from '../../core/projectKind';
import { argumentObject } from '../commands/argumentObject';
import type { CommandHandlers } from '../commands/commandIds';
import type { Problems } from '../editor/problems';
import { registerEditorContextKeys } from './editorContextKeys';
import type { WorkspaceProjects } from './workspaceProjects';
import type { PublishArguments } from './publishCommand';
import type { PublishContext, TaskContext } from './publishContext';

const WITH_BETA = PROJECT_KINDS.filter(({ tracks }) => tracks.includes('beta'));

/** Returns the commands that check and publish projects. */
export function publishCommands(
  context: PublishContext,
  problems: Problems,
): CommandHandlers<
  | 'i99dash.validate'
  | 'i99dash.publish'
  | 'i99dash.publishTheme'
  | 'i99dash.publishToBeta'
  | 'i99dash.publishBuilt'
  | 'i99dash.dryRun'
  | 'i99dash.saveBundle'
> {
  const publish = async (args: unknown, call: Call, fixed: PublishArguments = {}) =>
    (await import('./publishCommand')).publishProject(context, call, {
      ...argumentObject(args),
      ...fixed,
    });
  return {
    'i99dash.validate': async (args) =>
      (await import('./validateCommand')).validateProject(
        { miniApps: context.miniApps, problems },
        argumentObject(args),
      ),
    'i99dash.publish': (args, call) => publish(args, call),
    'i99dash.publishTheme': (args, call) =>
      publish(args, call, {
        choice: { title: vscode.l10n.t('Publish Theme'), kinds: [THEME] },
      }),
    'i99dash.publishToBeta': (args, call) =>
      publish(args, call, { track: 'beta', choice: { kinds: WITH_BETA } }),
    'i99dash.publishBuilt': async (_, call) =>
      publish({}, call, { bundle: await (await import('./builtFolder')).chooseBuiltFolder() }),
    'i99dash.dryRun': (args, call) => publish(args, call, { dryRun: true }),
    'i99dash.saveBundle': async (args, call) =>
      (await import('./saveBundleCommand')).saveProjectBundle(context, call, argumentObject(args)),
  };
}

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

function registerLenses(miniApps: WorkspaceProjects): vscode.Disposable {
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
