import { basename, relative } from 'node:path';
import * as vscode from 'vscode';
import { CancelledError, I99dashError } from '../core/errors';
import { abbreviateHome } from '../core/homePath';
import type { Project } from '../core/publish/project';
import { isInside } from './miniApps';

/** Names of files that a question lists. */
const MAX_NAMES = 8;
/** Characters of a command that a question shows. */
const MAX_COMMAND = 600;
/** Where the workspace keeps which build commands may run: folder → command. */
const ALLOWED_BUILDS = 'i99dash.allowedBuilds';

/**
 * Brings the unsaved files of a mini-app to the disk, for that is what is published.
 * @param asks false: saves without a question
 * @throws VALIDATION_FAILED (a file cannot be saved), CancelledError
 */
export async function saveFiles(folder: string, asks: boolean): Promise<void> {
  const unsaved = vscode.workspace.textDocuments.filter(
    ({ isDirty, uri }) => isDirty && uri.scheme === 'file' && isInside(uri.fsPath, folder),
  );
  if (unsaved.length === 0 || (asks && !(await wantsToSave(folder, unsaved)))) {
    return;
  }
  for (const document of unsaved) {
    if (!(await document.save())) {
      const name = relative(folder, document.uri.fsPath);
      throw new I99dashError('VALIDATION_FAILED', vscode.l10n.t('{0} could not be saved.', name), {
        file: document.uri.fsPath,
      });
    }
  }
}

async function wantsToSave(
  folder: string,
  unsaved: readonly vscode.TextDocument[],
): Promise<boolean> {
  const app = basename(folder);
  const names = unsaved.map(({ uri }) => relative(folder, uri.fsPath));
  const more = names.length - MAX_NAMES;
  const save = vscode.l10n.t('Save and Continue');
  const skip = vscode.l10n.t("Don't Save");
  const answer = await vscode.window.showWarningMessage(
    names.length === 1
      ? vscode.l10n.t('{0} of {1} is not saved. Save it first?', names[0] ?? '', app)
      : vscode.l10n.t('{0} files of {1} are not saved. Save them first?', names.length, app),
    {
      modal: true,
      detail: [
        ...(names.length === 1 ? [] : names.slice(0, MAX_NAMES)),
        ...(more > 0 ? [vscode.l10n.t('and {0} more', more)] : []),
        vscode.l10n.t('What is on disk is what is published.'),
      ].join('\n'),
    },
    save,
    skip,
  );
  if (answer === undefined) {
    throw new CancelledError();
  }
  return answer === save;
}

/**
 * Asks before a build command runs for the first time in a mini-app on this computer, and again when it has changed.
 * @throws CancelledError
 */
export async function allowBuild(
  { folder, buildCommand }: Project,
  memory: vscode.Memento,
): Promise<void> {
  const allowed = memory.get<Record<string, string>>(ALLOWED_BUILDS, {});
  if (buildCommand === undefined || allowed[folder] === buildCommand) {
    return;
  }
  const run = vscode.l10n.t('Run Build');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Run the build of {0}?', basename(folder)),
    {
      modal: true,
      detail: [
        visibly(buildCommand),
        '',
        vscode.l10n.t('Its sdk.config.json has this command run in {0}.', abbreviateHome(folder)),
        vscode.l10n.t('You are asked once, and again when the command changes.'),
      ].join('\n'),
    },
    run,
  );
  if (answer !== run) {
    throw new CancelledError();
  }
  await memory.update(ALLOWED_BUILDS, { ...allowed, [folder]: buildCommand });
}

/** A command as it is: no part of it can pass for the rest of the question. */
function visibly(command: string): string {
  const line = command.replace(/\r?\n/gu, ' ⏎ ').replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '�');
  const more = line.length - MAX_COMMAND;
  return more > 0
    ? vscode.l10n.t('{0} … and {1} more characters', line.slice(0, MAX_COMMAND), more)
    : line;
}

/**
 * Asks what the beta testers are to read.
 * @returns undefined for nothing
 * @throws CancelledError
 */
export async function askReleaseNotes({ manifest }: Project): Promise<string | undefined> {
  const notes = await vscode.window.showInputBox({
    title: vscode.l10n.t('Publish {0} {1} to Beta', manifest.id, manifest.version),
    prompt: vscode.l10n.t('What is new, for the testers? Enter alone leaves it out.'),
    placeHolder: vscode.l10n.t('Release notes (optional)'),
    ignoreFocusOut: true,
  });
  if (notes === undefined) {
    throw new CancelledError();
  }
  return notes.trim() === '' ? undefined : notes.trim();
}
