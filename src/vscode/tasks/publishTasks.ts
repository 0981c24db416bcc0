import { basename, isAbsolute, join, relative } from 'node:path';
import * as vscode from 'vscode';
import { findKind } from '../../core/projectFolders';
import { sanitizeLine } from '../../core/text/sanitizeLine';
import type { TaskContext } from '../publish/publishContext';
import { TaskTerminal, type PublishTaskDefinition } from './taskTerminal';

const TASKS = ['validate', 'dryRun', 'publish'] as const;

/** Provides three tasks for each project in the workspace. */
export async function provideTasks(context: TaskContext): Promise<vscode.Task[]> {
  const projects = await context.miniApps.searchProjects();
  return projects.flatMap(({ folder }) => {
    const scope = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(folder));
    return TASKS.map((name) => {
      const way = scope === undefined ? folder : relative(scope.uri.fsPath, folder);
      const definition: PublishTaskDefinition = {
        type: 'i99dash',
        task: name,
        ...(way === '' ? {} : { folder: way }),
      };
      return createTask(
        context,
        definition,
        scope,
        `${taskName(name)} ${sanitizeLine(basename(folder))}`,
      );
    });
  });
}

/** Resolves a task from `tasks.json` into one that runs; undefined if it is not one of ours. */
export function resolveTask(context: TaskContext, task: vscode.Task): vscode.Task | undefined {
  const { definition } = task;
  return isPublishTask(definition)
    ? createTask(context, definition, task.scope, task.name)
    : undefined;
}

function isPublishTask(definition: vscode.TaskDefinition): definition is PublishTaskDefinition {
  const tasks: readonly unknown[] = TASKS;
  return definition.type === 'i99dash' && tasks.includes(definition['task']);
}

function createTask(
  context: TaskContext,
  definition: PublishTaskDefinition,
  scope: vscode.Task['scope'],
  name: string,
): vscode.Task {
  const execution = new vscode.CustomExecution(async (resolved) => {
    const task = isPublishTask(resolved) ? resolved : definition;
    const folder = await resolveTaskFolder(task, scope);
    return new TaskTerminal(context, { ...task, ...(folder === undefined ? {} : { folder }) });
  });
  const task = new vscode.Task(
    definition,
    scope ?? vscode.TaskScope.Workspace,
    name,
    'i99dash',
    execution,
    '$i99dash',
  );
  task.detail = taskDetail(definition.task);
  task.presentationOptions = { panel: vscode.TaskPanelKind.Dedicated, clear: true };
  return task;
}

/**
 * Returns the absolute path of the folder; undefined if the active editor or the user determines
 * it.
 */
async function resolveTaskFolder(
  { folder }: PublishTaskDefinition,
  scope: vscode.Task['scope'],
): Promise<string | undefined> {
  const root = typeof scope === 'object' ? scope.uri.fsPath : undefined;
  if (folder !== undefined && folder !== '') {
    // A value that is not a string is reported when the task runs.
    return typeof folder !== 'string' || isAbsolute(folder) || root === undefined
      ? folder
      : join(root, folder);
  }
  return root !== undefined && (await findKind(root)) !== undefined ? root : undefined;
}

/**
 * Returns the title. It is not localized, because `dependsOn` and `preLaunchTask` refer to tasks by
 * title.
 */
function taskName(task: PublishTaskDefinition['task']): string {
  return task === 'dryRun' ? 'dry run' : task;
}

function taskDetail(task: PublishTaskDefinition['task']): string {
  switch (task) {
    case 'validate':
      return vscode.l10n.t('Look for problems without a build');
    case 'dryRun':
      return vscode.l10n.t('Do all that publishing does, and send nothing');
    case 'publish':
      return vscode.l10n.t('Validate, build if there is a build, pack, upload and submit');
  }
}
