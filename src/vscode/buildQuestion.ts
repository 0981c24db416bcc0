import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { abbreviateHome } from '../core/homePath';
import { CONFIG_FILE } from '../core/miniAppFolder';
import { oneLine } from '../core/oneLine';
import type { Project } from '../core/publish/project';
import { readableCommand, wrapCommand } from '../core/publish/readableCommand';
import { answered } from './ask';
import { plainText } from './plainText';

/** Characters of a command that a dialog has room for. */
const MAX_IN_DIALOG = 600;
/** Where the workspace keeps which build commands may run: folder → SHA-256 of the command. */
const ALLOWED_BUILDS = 'i99dash.allowedBuilds';
/** Of the document that shows a command which is longer. */
const SCHEME = 'i99dash-build-command';

/** A mini-app's build, as its configuration has it. */
export type Build = Pick<Project, 'folder' | 'buildCommand'>;

/**
 * Asks before a build command runs for the first time in a mini-app on this computer, and again when it has changed. It can be agreed to
 * only where the whole of it was to be seen.
 * @param memory of the workspace
 * @throws CancelledError
 */
export async function allowBuild(build: Build, memory: vscode.Memento): Promise<void> {
  const { folder, buildCommand } = build;
  const allowed = memory.get<Record<string, string>>(ALLOWED_BUILDS, {});
  if (buildCommand === undefined || allowed[folder] === digest(buildCommand)) {
    return;
  }
  const readable = readableCommand(buildCommand);
  await (readable.length > MAX_IN_DIALOG
    ? askInEditor(folder, buildCommand, readable)
    : askInDialog(folder, readable));
  const known = memory.get<Record<string, string>>(ALLOWED_BUILDS, {});
  await memory.update(ALLOWED_BUILDS, { ...known, [folder]: digest(buildCommand) });
}

/**
 * Asks when a build command has become another since it was agreed to, or was not asked about.
 * @param before what may run
 * @throws CancelledError
 */
export async function allowChangedBuild(
  before: Build,
  now: Build,
  memory: vscode.Memento,
): Promise<void> {
  if (now.buildCommand !== before.buildCommand) {
    await allowBuild(now, memory);
  }
}

/** @throws CancelledError */
async function askInDialog(folder: string, command: string): Promise<void> {
  const run = vscode.l10n.t('Run Build');
  const message = question(folder);
  answered(await vscode.window.showWarningMessage(message, dialog(folder, command), run));
}

/** A dialog has no room: the command is in an editor, and the question beside it. @throws CancelledError */
async function askInEditor(folder: string, command: string, readable: string): Promise<void> {
  const show = vscode.l10n.t('Show the Whole Command');
  const more = readable.length - MAX_IN_DIALOG;
  const beginning = vscode.l10n.t(
    '{0} … and {1} more characters',
    readable.slice(0, MAX_IN_DIALOG),
    more,
  );
  const message = question(folder);
  answered(await vscode.window.showWarningMessage(message, dialog(folder, beginning), show));
  const text = wrapCommand(command);
  const provider = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    provideTextDocumentContent: () => text,
  });
  try {
    const path = `/${digest(command)}/${vscode.l10n.t('build command')}`;
    const uri = vscode.Uri.from({ scheme: SCHEME, path });
    await vscode.window.showTextDocument(uri, { preview: true });
    const run = vscode.l10n.t('Run Build');
    const told = vscode.l10n.t('{0} The whole command is in the editor.', message);
    answered(await vscode.window.showWarningMessage(told, run));
  } finally {
    provider.dispose();
  }
}

function question(folder: string): string {
  return plainText(vscode.l10n.t('Run the build of {0}?', oneLine(basename(folder))));
}

function dialog(folder: string, command: string): vscode.MessageOptions {
  const place = oneLine(abbreviateHome(folder));
  const detail = [
    command,
    '',
    vscode.l10n.t('Its {0} has this command run in {1}.', CONFIG_FILE, place),
    vscode.l10n.t('You are asked once, and again when the command changes.'),
  ].join('\n');
  return { modal: true, detail };
}

function digest(command: string): string {
  return createHash('sha256').update(command).digest('hex');
}
