import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import * as vscode from 'vscode';
import { I99dashError } from '../../core/errors';
import { readLocalApps } from '../../core/apps/localApps';
import { plural } from '../../core/text/l10n';
import { abbreviateHome, expandHome, homeFolder } from '../../core/platform/homePath';
import { isInside, MANIFEST_FILE } from '../../core/miniAppFolder';
import { orCancel } from '../ui/ask';
import { offerStep } from '../ui/failure';
import { findMiniApp, type MiniApps } from './miniApps';
import { isOurs } from '../editor/problemDiagnostic';
import { showPicker } from '../ui/pickers';
import { plainFacts, plainLabel } from '../ui/plainText';
import { runCommand } from '../ui/runCommand';

/** Where a caller says the mini-app is; keybindings and tasks can only say it as text. */
export type GivenFolder = vscode.Uri | string;

/**
 * The folder of the mini-app that is given (itself, its manifest.json or any file of it), edited,
 * alone in the workspace or picked.
 * @throws NOTHING_TO_PUBLISH (there is none), CancelledError
 */
export async function chooseMiniApp(
  miniApps: MiniApps,
  given?: GivenFolder,
  title = vscode.l10n.t('Publish Mini-App'),
): Promise<string> {
  if (given !== undefined) {
    return resolveFolder(typeof given === 'string' ? absolute(given) : given.fsPath);
  }
  const active = activeFile();
  const edited = active === undefined ? undefined : await findMiniApp(active);
  if (edited !== undefined) {
    return edited;
  }
  const folders = await miniApps.search();
  const [only] = folders;
  if (only === undefined) {
    throw noMiniApp();
  }
  return folders.length === 1 ? only : pickFolder(miniApps, folders, title);
}

/** Offers what makes one. */
function noMiniApp(): I99dashError {
  const error = new I99dashError(
    'NOTHING_TO_PUBLISH',
    vscode.l10n.t('No mini-app found. Open a folder with a {0}, or create one.', MANIFEST_FILE),
  );
  const label = vscode.l10n.t('Make This Folder a Mini-App…');
  offerStep(error, label, () => runCommand('i99dash.makeMiniApp'));
  return error;
}

/** A path as people write it: from the home folder, or from the first folder of the workspace. */
export function absolute(path: string): string {
  const [root] = vscode.workspace.workspaceFolders ?? [];
  return resolve(root?.uri.fsPath ?? homeFolder(), expandHome(path));
}

/** A folder is taken at its word: what is wrong with it is told later. */
async function resolveFolder(path: string): Promise<string> {
  if (basename(path) === MANIFEST_FILE) {
    return dirname(path);
  }
  const stats = await stat(path).catch(() => undefined);
  return stats?.isFile() === true ? ((await findMiniApp(dirname(path))) ?? dirname(path)) : path;
}

/** The file of the active editor, be it text or a picture. */
export function activeFile(): string | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const uri =
    vscode.window.activeTextEditor?.document.uri ??
    (input instanceof vscode.TabInputCustom ? input.uri : undefined);
  return uri?.scheme === 'file' ? uri.fsPath : undefined;
}

/** The one picked last comes first. */
async function pickFolder(
  miniApps: MiniApps,
  folders: readonly string[],
  title: string,
): Promise<string> {
  const last = miniApps.pickedLast;
  const sorted = [...folders].sort((a, b) => Number(b === last) - Number(a === last));
  const apps = await readLocalApps(folders);
  const picked = await showPicker(
    sorted.map((folder) => {
      const app = apps.find((each) => each.folder === folder);
      const facts = [
        app?.version ?? '',
        describeProblems(folder),
        folder === last ? vscode.l10n.t('picked last') : '',
      ];
      return {
        label: `$(package) ${plainLabel(app?.id ?? basename(folder))}`,
        description: plainFacts(facts),
        detail: plainLabel(abbreviateHome(folder)),
        folder,
      };
    }),
    {
      title,
      placeHolder: vscode.l10n.t('Select a mini-app'),
      matchOnDescription: true,
      matchOnDetail: true,
    },
  );
  const { folder } = orCancel(picked);
  miniApps.pickedLast = folder;
  return folder;
}

/** How many errors and warnings the Problems panel has of a mini-app; '' for none. */
function describeProblems(folder: string): string {
  const found = vscode.languages
    .getDiagnostics()
    .flatMap(([{ fsPath }, diagnostics]) => (isInside(fsPath, folder) ? diagnostics : []))
    .filter(
      (diagnostic) =>
        isOurs(diagnostic) && diagnostic.severity <= vscode.DiagnosticSeverity.Warning,
    );
  return found.length === 0
    ? ''
    : plural(found.length, { one: '{0} problem', other: '{0} problems' });
}
