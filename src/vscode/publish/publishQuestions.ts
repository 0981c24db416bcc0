import { basename, relative } from 'node:path';
import * as vscode from 'vscode';
import { I99dashError } from '../../core/errors';
import { plural } from '../../core/text/l10n';
import { isInside } from '../../core/miniAppFolder';
import { sanitizeLine } from '../../core/text/sanitizeLine';
import type { Project } from '../../core/publish/project/project';
import { orCancel } from '../ui/ask';
import { showInput } from '../ui/pickers';
import { plainText } from '../ui/plainText';

/** The maximum number of file names in a question. */
const MAX_NAMES = 8;

/**
 * Saves the unsaved files of a mini-app, because publishing reads from disk.
 * @param asks whether to ask first
 * @throws VALIDATION_FAILED if a file cannot be saved
 * @throws CancelledError
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
  const app = sanitizeLine(basename(folder));
  const names = unsaved.map(({ uri }) => sanitizeLine(relative(folder, uri.fsPath)));
  const more = names.length - MAX_NAMES;
  const save = vscode.l10n.t('Save and Continue');
  const skip = vscode.l10n.t("Don't Save");
  const answer = await vscode.window.showWarningMessage(
    plainText(
      names.length === 1
        ? vscode.l10n.t('{0} of {1} is not saved. Save it first?', names[0] ?? '', app)
        : plural(
            names.length,
            {
              one: '{0} file of {1} is not saved. Save it first?',
              other: '{0} files of {1} are not saved. Save them first?',
            },
            app,
          ),
    ),
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
  return orCancel(answer) === save;
}

/**
 * Asks for the release notes for beta testers.
 * @returns undefined if the user enters none
 * @throws CancelledError
 */
export async function askReleaseNotes({ manifest }: Project): Promise<string | undefined> {
  const notes = await showInput({
    title: vscode.l10n.t('Publish {0} {1} to Beta', manifest.id, plainText(manifest.version)),
    prompt: vscode.l10n.t("What's new for testers? Press Enter to skip."),
    placeHolder: vscode.l10n.t('Release notes (optional)'),
    ignoreFocusOut: true,
  });
  const text = orCancel(notes).trim();
  return text === '' ? undefined : text;
}
