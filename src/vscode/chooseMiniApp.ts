import { basename } from 'node:path';
import * as vscode from 'vscode';
import { CancelledError, I99dashError } from '../core/errors';
import { abbreviateHome } from '../core/homePath';
import { MANIFEST_FILE } from '../core/miniAppFolder';
import { miniAppOf, type MiniApps } from './miniApps';

/** The folder of the mini-app that is given, edited, alone in the workspace or picked; NOTHING_TO_PUBLISH without any, `CancelledError` when dismissed. */
export async function chooseMiniApp(
  miniApps: MiniApps,
  given?: vscode.Uri,
  question = vscode.l10n.t('Publish which mini-app?'),
): Promise<string> {
  if (given !== undefined) {
    return basename(given.fsPath) === MANIFEST_FILE
      ? vscode.Uri.joinPath(given, '..').fsPath
      : given.fsPath;
  }
  const document = vscode.window.activeTextEditor?.document;
  const active = document?.uri.scheme === 'file' ? await miniAppOf(document.uri.fsPath) : undefined;
  if (active !== undefined) {
    return active;
  }
  const folders = await miniApps.search();
  const [only] = folders;
  if (only === undefined) {
    throw new I99dashError(
      'NOTHING_TO_PUBLISH',
      vscode.l10n.t(
        'There is no mini-app here: no folder with {0} of a mini-app is open.',
        MANIFEST_FILE,
      ),
    );
  }
  return folders.length === 1 ? only : pickFolder(folders, question);
}

async function pickFolder(folders: readonly string[], title: string): Promise<string> {
  const picked = await vscode.window.showQuickPick(
    folders.map((folder) => ({
      label: `$(package) ${basename(folder)}`,
      description: abbreviateHome(folder),
      folder,
    })),
    { title, matchOnDescription: true },
  );
  if (picked === undefined) {
    throw new CancelledError();
  }
  return picked.folder;
}
