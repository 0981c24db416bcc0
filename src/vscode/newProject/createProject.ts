import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { isSamePath } from '../../core/platform/paths';
import type { Call } from '../../core/consent';
import { isI99dashError } from '../../core/errors';
import { isNewFolder, requireNewFolder } from '../../core/newProject/newFiles';
import {
  createProject,
  requireCategory,
  requireNewName,
  TEMPLATES,
} from '../../core/newProject/newProject';
import { suggestId, suggestName, validateNewName } from '../../core/newProject/projectName';
import { abbreviateHome } from '../../core/platform/homePath';
import { getKind, PROJECT_KINDS, type KindId } from '../../core/projectKind';
import { toPath, type GivenFolder } from '../publish/chooseProject';
import type { WorkspaceProjects } from '../publish/workspaceProjects';
import { orCancel } from '../ui/ask';
import { Click, isOutsideWorkspace } from '../ui/consent';
import { offerStep } from '../ui/failure';
import { showOpenDialog } from '../ui/pickers';
import { plainLabel } from '../ui/plainText';
import { pickChoice, type Choice } from '../ui/quickPick';
import { runCommand } from '../ui/runCommand';
import { commandStep, type NextStep } from '../ui/stepButtons';
import { askForCategory, askForName } from './projectQuestions';
import { dryRunStep, openFolder, openFolderStep, showProject } from './projectResult';

/** How many names of folders are tried. Where none is free, creating the project fails. */
const MAX_TRIES = 100;

export interface CreateProjectArguments {
  kind?: KindId;
  /** The project's own folder. If the user clicked it, the project may also go below it. */
  folder?: GivenFolder;
  name?: string;
  category?: string;
  open?: boolean;
}

export interface CreatedProject {
  kind: KindId;
  id: string;
  folder: vscode.Uri;
}

/**
 * Creates a project in a new folder. Asks for values that the arguments do not give.
 * @throws VALIDATION_FAILED if a value is invalid, or the folder is not empty or cannot be written
 * @throws CancelledError
 */
export async function createNewProject(
  projects: WorkspaceProjects,
  given: CreateProjectArguments,
  call: Call,
): Promise<CreatedProject> {
  const path = given.folder === undefined ? undefined : toPath(given.folder);
  const isPlace = call.caller === 'hand' && path !== undefined && !(await isNewFolder(path));
  const own = isPlace ? undefined : path;
  if (own !== undefined) {
    await orOtherFolder(requireNewFolder(own), given);
  }
  if (given.name !== undefined) {
    requireNewName(given.name, own);
  }
  const kind = given.kind ?? (await askForKind());
  const { defaultCategory } = TEMPLATES[kind];
  const known = given.category ?? defaultCategory;
  if (known !== undefined) {
    requireCategory(kind, known);
  }
  const title = numberTitles(
    kindTexts(kind).title,
    [given.name, path, known].filter((answer) => answer === undefined).length,
  );
  const name = given.name ?? (await askForNewName(title(vscode.l10n.t('Name')), kind, own));
  const id = suggestId(name, own ?? '');
  const folder =
    own ??
    (path === undefined
      ? await askForFolder(title(vscode.l10n.t('Folder')), id)
      : await freeFolder(path, id));
  const category = known ?? (await askForCategory(title(vscode.l10n.t('Category'))));
  const answers = { kind, name, category };
  await orOtherFolder(createProject({ ...answers, folder }), answers);
  await projects.search();
  const created = { kind, id, folder: vscode.Uri.file(folder) };
  await showCreated(created, name.trim(), given.open);
  return created;
}

/** Returns a function that numbers the titles of the questions. */
function numberTitles(project: string, count: number): (question: string) => string {
  let step = 0;
  return (question) =>
    count === 1
      ? vscode.l10n.t('{0}: {1}', project, question)
      : vscode.l10n.t('{0} ({1}/{2}): {3}', project, ++step, count, question);
}

function askForKind(): Promise<KindId> {
  return pickChoice(
    PROJECT_KINDS.map(({ id, icon }) => ({
      label: `$(${icon}) ${kindTexts(id).label}`,
      detail: kindTexts(id).detail,
      choose: () => Promise.resolve(id),
    })),
    { title: vscode.l10n.t('New Project'), placeHolder: vscode.l10n.t('What to create') },
  );
}

/** Texts about a kind of project in questions. */
function kindTexts(kind: KindId): { label: string; detail: string; title: string } {
  const texts: Record<KindId, { label: string; detail: string; title: string }> = {
    miniApp: {
      label: vscode.l10n.t('Mini-App'),
      detail: vscode.l10n.t("A page on the car's screen, in HTML, CSS and JavaScript"),
      title: vscode.l10n.t('New Mini-App'),
    },
    theme: {
      label: vscode.l10n.t('Theme'),
      detail: vscode.l10n.t("Colors, corners and wallpaper for the car's screen"),
      title: vscode.l10n.t('New Theme'),
    },
  };
  return texts[kind];
}

function askForNewName(title: string, kind: KindId, own: string | undefined): Promise<string> {
  return askForName({
    title,
    suggested: own === undefined ? '' : suggestName(own),
    validate: (value) => validateNewName(value, own),
    idFor: (value) => suggestId(value, own ?? ''),
    manifestFile: getKind(kind).manifestFile,
  });
}

/**
 * Lets the user pick where the project goes: into the workspace or elsewhere.
 * @throws CancelledError
 */
async function askForFolder(title: string, id: string): Promise<string> {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(
    ({ uri }) => uri.scheme === 'file',
  );
  if (folders.length === 0) {
    return browse(title, id);
  }
  const inWorkspace = await Promise.all(
    folders.map(async ({ uri }): Promise<Choice<string>> => {
      const folder = await freeFolder(uri.fsPath, id);
      return {
        label: `$(new-folder) ${plainLabel(basename(folder))}`,
        description: plainLabel(abbreviateHome(dirname(folder))),
        choose: () => Promise.resolve(folder),
      };
    }),
  );
  const other = {
    label: `$(folder-opened) ${vscode.l10n.t('Select Another Folder…')}`,
    choose: () => browse(title, id),
  };
  return pickChoice([...inWorkspace, other], {
    title,
    placeHolder: vscode.l10n.t('Where to create the project'),
  });
}

/** @throws CancelledError */
async function browse(title: string, id: string): Promise<string> {
  const [picked] =
    (await showOpenDialog({
      canSelectFolders: true,
      canSelectFiles: false,
      title,
      openLabel: vscode.l10n.t('Create Here'),
    })) ?? [];
  return freeFolder(orCancel(picked).fsPath, id);
}

/**
 * Returns the folder itself if it is empty, otherwise a new folder in it that is named after an ID.
 */
async function freeFolder(folder: string, id: string): Promise<string> {
  let free = folder;
  for (let count = 1; count <= MAX_TRIES && !(await isNewFolder(free)); count++) {
    free = join(folder, count === 1 ? id : `${id}-${count}`);
  }
  return free;
}

/** Offers to create the project elsewhere with the same answers if its folder cannot be used. */
async function orOtherFolder(
  task: Promise<unknown>,
  { kind, name, category }: CreateProjectArguments,
): Promise<void> {
  try {
    await task;
  } catch (error) {
    if (isI99dashError(error)) {
      const again = new Click({ kind, name, category });
      offerStep(error, vscode.l10n.t('Select Another Folder…'), () =>
        runCommand('i99dash.createProject', again),
      );
    }
    throw error;
  }
}

/**
 * Opens the project if asked to. Otherwise opens its manifest if it is in the workspace, and offers
 * the next steps.
 */
async function showCreated(
  { kind, folder }: CreatedProject,
  name: string,
  open: boolean | undefined,
): Promise<void> {
  if (open === true) {
    void openFolder(folder.fsPath);
    return;
  }
  const isOutside = await isOutsideWorkspace(folder.fsPath);
  if (!isOutside) {
    const manifest = vscode.Uri.joinPath(folder, getKind(kind).manifestFile);
    await vscode.window.showTextDocument(manifest, { preview: false });
  }
  const where = isOutside ? abbreviateHome(folder.fsPath) : describeInWorkspace(folder);
  const message = vscode.l10n.t('{0} was created in {1}.', name, where);
  const steps: NextStep[] = [
    ...(kind === 'theme' && !isOutside
      ? [commandStep(vscode.l10n.t('Preview Theme'), 'i99dash.previewTheme', new Click({ folder }))]
      : []),
    dryRunStep(folder.fsPath),
    ...(open === undefined && !isWorkspaceFolder(folder) ? [openFolderStep(folder.fsPath)] : []),
  ];
  void showProject(vscode.window.showInformationMessage, message, steps);
}

function describeInWorkspace(folder: vscode.Uri): string {
  return isWorkspaceFolder(folder)
    ? basename(folder.fsPath)
    : vscode.workspace.asRelativePath(folder);
}

function isWorkspaceFolder({ fsPath }: vscode.Uri): boolean {
  return (vscode.workspace.workspaceFolders ?? []).some(({ uri }) =>
    isSamePath(uri.fsPath, fsPath),
  );
}
