import * as vscode from 'vscode';
import { argumentObject } from '../commands/argumentObject';
import type { CommandHandlers } from '../commands/commandIds';
import type { PreviewDeps } from '../preview/previewApp';

/** Returns the commands that create, make and preview projects. */
export function projectCommands(
  deps: PreviewDeps,
  extensionUri: vscode.Uri,
): CommandHandlers<
  | 'i99dash.createProject'
  | 'i99dash.makeMiniApp'
  | 'i99dash.preview'
  | 'i99dash.stopPreview'
  | 'i99dash.previewTheme'
> {
  const { projects } = deps;
  const media = vscode.Uri.joinPath(extensionUri, 'media', 'preview');
  const previews = () => import('../preview/previewApp');
  return {
    'i99dash.createProject': async (args, call) =>
      (await import('./createProject')).createNewProject(projects, argumentObject(args), call),
    'i99dash.makeMiniApp': async (args) =>
      (await import('./makeMiniApp')).makeFolderMiniApp(projects, argumentObject(args)),
    'i99dash.preview': async (args, call) =>
      (await previews()).previewApp(deps, call, argumentObject(args)),
    'i99dash.stopPreview': async (args) =>
      (await previews()).stopPreview(deps, argumentObject(args)),
    'i99dash.previewTheme': async (args) =>
      (await import('../preview/previewTheme')).previewTheme(projects, media, argumentObject(args)),
  };
}
