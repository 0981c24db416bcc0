import * as vscode from 'vscode';
import { argumentObject } from '../commands/argumentObject';
import type { CommandHandlers } from '../commands/commandIds';
import type { WorkspaceProjects } from '../publish/workspaceProjects';

/** Returns the commands that create, make and preview projects. */
export function projectCommands(
  projects: WorkspaceProjects,
  extensionUri: vscode.Uri,
): CommandHandlers<'i99dash.createProject' | 'i99dash.makeMiniApp' | 'i99dash.previewTheme'> {
  const media = vscode.Uri.joinPath(extensionUri, 'media', 'preview');
  return {
    'i99dash.createProject': async (args, call) =>
      (await import('./createProject')).createNewProject(projects, argumentObject(args), call),
    'i99dash.makeMiniApp': async (args) =>
      (await import('./makeMiniApp')).makeFolderMiniApp(projects, argumentObject(args)),
    'i99dash.previewTheme': async (args) =>
      (await import('../preview/previewTheme')).previewTheme(projects, media, argumentObject(args)),
  };
}
