import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { I99dashError } from '../../core/errors';
import { abbreviateHome } from '../../core/platform/homePath';
import { MANIFEST_FILE } from '../../core/miniAppFolder';
import { isInside } from '../../core/platform/paths';
import { makeMiniApp, type MadeMiniApp, type NewMiniApp } from '../../core/newProject/newMiniApp';
import { suggestId, suggestName, validateName } from '../../core/newProject/projectName';
import { validateManifest } from '../../core/publish/project/validateManifest';
import { readTextFile } from '../../core/platform/readTextFile';
import { orCancel } from '../ui/ask';
import { toPath, type GivenFolder } from '../publish/chooseProject';
import { pickChoice } from '../ui/quickPick';
import { isOutsideWorkspace } from '../ui/consent';
import type { WorkspaceProjects } from '../publish/workspaceProjects';
import { showOpenDialog } from '../ui/pickers';
import { plainLabel } from '../ui/plainText';
import { showProblems, type NextStep } from '../ui/stepButtons';
import { askForCategory, askForName } from './projectQuestions';
import { dryRunStep, openFolderStep, showProject } from './projectResult';

export interface MakeMiniAppArguments extends Partial<NewMiniApp> {
  folder?: GivenFolder;
}

/**
 * Makes a folder a mini-app, and opens its manifest. Asks for values that the arguments do not
 * give.
 * @throws VALIDATION_FAILED if the folder, name or category is invalid, or a file cannot be written
 * @throws CancelledError
 */
export async function makeFolderMiniApp(
  miniApps: WorkspaceProjects,
  { folder: given, ...answers }: MakeMiniAppArguments,
): Promise<{ id: string; folder: vscode.Uri }> {
  const folder = given === undefined ? await chooseFolder() : await resolveGivenFolder(given);
  const manifest = join(folder, MANIFEST_FILE);
  const app = (await pathExists(manifest)) ? undefined : await askForAnswers(folder, answers);
  const made = await makeMiniApp(folder, app, workspaceRoot(folder));
  await miniApps.search();
  await vscode.window.showTextDocument(vscode.Uri.file(manifest), { preview: false });
  void showNewApp(folder, made);
  return { id: made.id, folder: vscode.Uri.file(folder) };
}

/**
 * Returns the given folder, or the folder of a given file.
 * @throws VALIDATION_FAILED if it does not exist
 */
async function resolveGivenFolder(given: GivenFolder): Promise<string> {
  const path = toPath(given);
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined) {
    const message = vscode.l10n.t('There is no folder {0}.', abbreviateHome(path));
    throw new I99dashError('VALIDATION_FAILED', message);
  }
  return stats.isDirectory() ? path : dirname(path);
}

/**
 * Returns the workspace's only folder, or lets the user pick one of several or browse for one.
 * @throws CancelledError
 */
async function chooseFolder(): Promise<string> {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(
    ({ uri }) => uri.scheme === 'file',
  );
  const [only] = folders;
  if (only === undefined) {
    const [picked] =
      (await showOpenDialog({
        canSelectFolders: true,
        canSelectFiles: false,
        title: questionTitle(),
        openLabel: vscode.l10n.t('Make a Mini-App'),
      })) ?? [];
    return orCancel(picked).fsPath;
  }
  if (folders.length === 1) {
    return only.uri.fsPath;
  }
  return pickChoice(
    folders.map(({ name, uri }) => ({
      label: `$(folder) ${plainLabel(name)}`,
      description: plainLabel(abbreviateHome(uri.fsPath)),
      choose: () => Promise.resolve(uri.fsPath),
    })),
    { title: questionTitle(), placeHolder: vscode.l10n.t('Select a folder') },
  );
}

/** @throws CancelledError */
async function askForAnswers(folder: string, answers: Partial<NewMiniApp>): Promise<NewMiniApp> {
  const name =
    answers.name ??
    (await askForName({
      title: vscode.l10n.t('Make a Mini-App (1/2): Name'),
      suggested: suggestName(folder),
      validate: validateName,
      idFor: (value) => suggestId(value, folder),
      manifestFile: MANIFEST_FILE,
    }));
  const category =
    answers.category ?? (await askForCategory(vscode.l10n.t('Make a Mini-App (2/2): Category')));
  return { name, category };
}

function questionTitle(): string {
  return vscode.l10n.t('Make a Mini-App');
}

/** Shows how the mini-app will be published, and what is missing. */
async function showNewApp(folder: string, made: MadeMiniApp): Promise<void> {
  const { message, isComplete } = await describeNewApp(folder, made);
  const steps: NextStep[] = [
    isComplete ? dryRunStep(folder) : showProblems(),
    ...((await isOutsideWorkspace(folder)) ? [openFolderStep(folder)] : []),
  ];
  const { showInformationMessage, showWarningMessage } = vscode.window;
  await showProject(isComplete ? showInformationMessage : showWarningMessage, message, steps);
}

async function describeNewApp(
  folder: string,
  { config, hasPage, written, kept }: MadeMiniApp,
): Promise<{ message: string; isComplete: boolean }> {
  const name = basename(folder);
  const manifest = join(folder, MANIFEST_FILE);
  const keptFiles = kept.length === 0 ? '' : vscode.l10n.t('Not changed: {0}.', kept.join(', '));
  const isValid = validateManifest(await readTextFile(manifest), manifest).manifest !== undefined;
  if (!isValid) {
    const lead = vscode.l10n.t(
      '{0} is a mini-app now, but its {1} has problems. Its quick fixes add what is missing.',
      name,
      MANIFEST_FILE,
    );
    return { message: joinSentences(lead, keptFiles), isComplete: false };
  }
  if (!hasPage) {
    const lead = vscode.l10n.t(
      '{0} is a mini-app now, but has no page yet. Add {1} to {2}.',
      name,
      'index.html',
      config.appRoot,
    );
    return { message: joinSentences(lead, keptFiles), isComplete: false };
  }
  const isNew = written.length > 0;
  const lead = isNew
    ? vscode.l10n.t('{0} is a mini-app now.', name)
    : vscode.l10n.t('{0} is a mini-app already.', name);
  const how =
    config.buildCommand === undefined
      ? vscode.l10n.t('Publishing sends {0}.', config.appRoot)
      : vscode.l10n.t(
          'Publishing runs {0} and sends {1}.',
          config.buildCommand,
          config.distDir ?? './dist',
        );
  return {
    message: joinSentences(joinSentences(lead, isNew ? how : ''), keptFiles),
    isComplete: true,
  };
}

function joinSentences(first: string, second: string): string {
  return second === '' ? first : vscode.l10n.t('{0} {1}', first, second);
}

/** Returns the workspace folder that contains a folder, or the folder itself. */
function workspaceRoot(folder: string): string {
  const roots = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
  return roots.find((root) => isInside(folder, root)) ?? folder;
}

function pathExists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
