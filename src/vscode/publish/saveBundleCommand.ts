import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { Call } from '../../core/consent';
import { I99dashError } from '../../core/errors';
import { abbreviateHome } from '../../core/platform/homePath';
import type { PublishableProject } from '../../core/publish/project/project';
import { saveBundle, type SavedBundle } from '../../core/publish/saveBundle';
import { formatBytes } from '../../core/text/formatBytes';
import { plural } from '../../core/text/l10n';
import { sanitizeLine } from '../../core/text/sanitizeLine';
import { orCancel } from '../ui/ask';
import { confirmGuarded } from '../ui/consent';
import { plainText } from '../ui/plainText';
import { runCommand } from '../ui/runCommand';
import { toPath, type GivenFolder } from './chooseProject';
import { assertAllowed, choose, givenProject, prepareRun } from './publishCommand';
import { notificationUi, type PublishContext } from './publishContext';
import { saveFiles } from './publishQuestions';
import { runInUi } from './publishRun';

interface SaveBundleArguments {
  folder?: GivenFolder;
  /** The file to write. */
  output?: GivenFolder;
}

/**
 * Validates, builds and packs a project, and saves its bundle where the user says. Sends nothing.
 * @throws UNTRUSTED_WORKSPACE, NOTHING_TO_PUBLISH, VALIDATION_FAILED
 * @throws CancelledError
 * @throws what `saveBundle` of core throws
 */
export async function saveProjectBundle(
  context: PublishContext,
  call: Call,
  args: SaveBundleArguments,
): Promise<SavedBundle & { bundle: vscode.Uri }> {
  assertAllowed({});
  const title = vscode.l10n.t('Build and Save Bundle');
  const folder =
    (await givenProject(context, args)) ?? (await choose(context, undefined, { title }));
  await saveFiles(folder, !call.confirmed);
  const run = await prepareRun(
    {
      ...{ context, call, ui: notificationUi(context), backendUrl: context.backendUrl() },
      ...{ args: { dryRun: true }, identity: undefined },
    },
    folder,
  );
  const output = await chooseOutput(run.project, call, args.output);
  const { id, version } = run.project.manifest;
  const progress = vscode.l10n.t('Saving the bundle of {0} {1}', id, version);
  const saved = await runInUi(run, progress, (deps) => saveBundle(run.project, output, deps));
  showSaved(saved, output);
  return { ...saved, bundle: vscode.Uri.file(output) };
}

/**
 * Returns the path of the file to write. An existing file is replaced only after a question.
 * @throws VALIDATION_FAILED if the path cannot be that of a file
 * @throws CancelledError
 */
async function chooseOutput(
  { manifest, folder }: PublishableProject,
  call: Call,
  given: GivenFolder | undefined,
): Promise<string> {
  if (given === undefined) {
    const name = `${manifest.id}-${manifest.version}.tar.gz`;
    // Beside the project: within it, the next bundle might contain this one. Without a filter,
    // because VS Code's own dialog takes `.gz` for the extension and would add `.tar.gz` again.
    const picked = await vscode.window.showSaveDialog({
      title: vscode.l10n.t('Save Bundle'),
      defaultUri: vscode.Uri.file(join(dirname(folder), name)),
    });
    return orCancel(picked).fsPath; // the dialog asks before it replaces a file
  }
  const output = toPath(given);
  const stats = await stat(output).catch(() => undefined);
  if (stats?.isDirectory() === true || !existsSync(dirname(output))) {
    const message = vscode.l10n.t('{0} is no file that can be written.', sanitizeLine(output));
    throw new I99dashError('VALIDATION_FAILED', message);
  }
  if (stats !== undefined) {
    await confirmGuarded(call, {
      message: vscode.l10n.t('Replace {0}?', sanitizeLine(basename(output))),
      detail: [
        vscode.l10n.t('{0} exists. The bundle replaces it.', sanitizeLine(abbreviateHome(output))),
      ],
      buttons: [vscode.l10n.t('Replace')],
    });
  }
  return output;
}

/** Says where the bundle is. Does not wait for an answer. */
function showSaved({ sha256, size, fileCount }: SavedBundle, output: string): void {
  const reveal = vscode.l10n.t('Show File');
  const copy = vscode.l10n.t('Copy Bundle Hash');
  const files = plural(fileCount, { one: '{0} file', other: '{0} files' });
  const text = vscode.l10n.t(
    'The bundle is saved as {0} ({1}, {2}).',
    sanitizeLine(abbreviateHome(output)),
    files,
    formatBytes(size),
  );
  void vscode.window.showInformationMessage(plainText(text), reveal, copy).then((picked) => {
    if (picked === reveal) {
      void runCommand('revealFileInOS', vscode.Uri.file(output));
    } else if (picked === copy) {
      void vscode.env.clipboard.writeText(sha256);
    }
  });
}
