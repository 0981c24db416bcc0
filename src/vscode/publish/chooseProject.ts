import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import * as vscode from 'vscode';
import { I99dashError } from '../../core/errors';
import { readLocalApps } from '../../core/apps/localApps';
import { plural } from '../../core/text/l10n';
import { abbreviateHome, expandHome, homeFolder } from '../../core/platform/homePath';
import { isInside, toEditorPath } from '../../core/platform/paths';
import { findProject, type FoundProject } from '../../core/projectFolders';
import {
  listManifestFiles,
  MINI_APP,
  PROJECT_KINDS,
  type ProjectKind,
} from '../../core/projectKind';
import { orCancel } from '../ui/ask';
import { Click } from '../ui/consent';
import { offerStep } from '../ui/failure';
import type { WorkspaceProjects } from './workspaceProjects';
import { isOurs } from '../editor/problemDiagnostic';
import { showPicker } from '../ui/pickers';
import { plainFacts, plainLabel } from '../ui/plainText';
import { runCommand } from '../ui/runCommand';

/** The location of a project as a caller gives it. Keybindings and tasks can only give text. */
export type GivenFolder = vscode.Uri | string;

/** What a project is chosen from. */
export interface Choice {
  /** The title of the picker. */
  title?: string;
  /** By default all kinds. */
  kinds?: readonly ProjectKind[];
}

/**
 * Returns the folder of a project: the given one (the folder, its manifest or any file in it), the
 * one being edited, the only one in the workspace, or the one that the user picks.
 * @throws NOTHING_TO_PUBLISH if there is no project
 * @throws CancelledError
 */
export async function chooseProject(
  miniApps: WorkspaceProjects,
  given?: GivenFolder,
  { title = vscode.l10n.t('Publish Mini-App'), kinds = PROJECT_KINDS }: Choice = {},
): Promise<string> {
  if (given !== undefined) {
    return resolveFolder(toPath(given));
  }
  const active = activeFile();
  const edited = active === undefined ? undefined : await findProject(active);
  if (edited !== undefined && kinds.includes(edited.kind)) {
    return edited.folder;
  }
  const projects = (await miniApps.searchProjects()).filter(({ kind }) => kinds.includes(kind));
  const [only] = projects;
  if (only === undefined) {
    throw noProject(kinds);
  }
  return projects.length === 1 ? only.folder : pickFolder(miniApps, projects, title);
}

/** Creates the error, with a button that makes a mini-app, or creates a project of another kind. */
function noProject(kinds: readonly ProjectKind[]): I99dashError {
  const files = listManifestFiles(kinds);
  if (!kinds.includes(MINI_APP)) {
    const message = vscode.l10n.t('No project found. Open a folder with a {0}.', files);
    const failure = new I99dashError('NOTHING_TO_PUBLISH', message);
    const click = new Click({ kind: kinds[0]?.id });
    const create = vscode.l10n.t('New Project…');
    offerStep(failure, create, () => runCommand('i99dash.createProject', click));
    return failure;
  }
  const error = new I99dashError(
    'NOTHING_TO_PUBLISH',
    vscode.l10n.t('No project found. Open a folder with a {0}, or create one.', files),
  );
  const label = vscode.l10n.t('Make This Folder a Mini-App…');
  offerStep(error, label, () => runCommand('i99dash.makeMiniApp'));
  return error;
}

/**
 * Resolves a path that the user wrote, relative to the home folder or the first workspace folder.
 */
function absolute(path: string): string {
  const [root] = vscode.workspace.workspaceFolders ?? [];
  return toEditorPath(resolve(root?.uri.fsPath ?? homeFolder(), expandHome(path)));
}

/** Returns the absolute path of a file or folder that a caller gives. */
export function toPath(given: GivenFolder): string {
  return typeof given === 'string' ? absolute(given) : given.fsPath;
}

/** Resolves the folder of a path. Does not check it; problems are reported later. */
async function resolveFolder(path: string): Promise<string> {
  if (PROJECT_KINDS.some(({ manifestFile }) => basename(path) === manifestFile)) {
    return dirname(path);
  }
  const stats = await stat(path).catch(() => undefined);
  return stats?.isFile() === true
    ? ((await findProject(dirname(path)))?.folder ?? dirname(path))
    : path;
}

/** Returns the file of the active editor, which may show text or a picture. */
export function activeFile(): string | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const uri =
    vscode.window.activeTextEditor?.document.uri ??
    (input instanceof vscode.TabInputCustom ? input.uri : undefined);
  return uri?.scheme === 'file' ? uri.fsPath : undefined;
}

/** Lets the user pick a folder. The one that was picked last comes first. */
async function pickFolder(
  miniApps: WorkspaceProjects,
  projects: readonly FoundProject[],
  title: string,
): Promise<string> {
  const last = miniApps.pickedLast;
  const sorted = [...projects].sort(
    (a, b) => Number(b.folder === last) - Number(a.folder === last),
  );
  const apps = await Promise.all(sorted.map((project) => readLocalApps([project])));
  const picked = await showPicker(
    sorted.map(({ folder, kind }, index) => {
      const [app] = apps[index] ?? [];
      const facts = [
        app?.version ?? '',
        describeProblems(folder),
        folder === last ? vscode.l10n.t('picked last') : '',
      ];
      return {
        label: `$(${kind.icon}) ${plainLabel(app?.id ?? basename(folder))}`,
        description: plainFacts(facts),
        detail: plainLabel(abbreviateHome(folder)),
        folder,
      };
    }),
    {
      title,
      placeHolder: projects.every(({ kind }) => kind === MINI_APP)
        ? vscode.l10n.t('Select a mini-app')
        : vscode.l10n.t('Select a project'),
      matchOnDescription: true,
      matchOnDetail: true,
    },
  );
  const { folder } = orCancel(picked);
  miniApps.pickedLast = folder;
  return folder;
}

/**
 * Returns the number of errors and warnings that the Problems panel shows for a project; '' for
 * none.
 */
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
