import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { Call } from '../../core/consent';
import type { Logger } from '../../core/platform/interfaces';
import { findClient, type Client } from '../../core/preview/client';
import { findStillKind } from '../../core/projectFolders';
import { MINI_APP } from '../../core/projectKind';
import { noManifest } from '../../core/publish/project/project';
import { sanitizeLine } from '../../core/text/sanitizeLine';
import { chooseProject, type GivenFolder } from '../publish/chooseProject';
import type { WorkspaceProjects } from '../publish/workspaceProjects';
import { orCancel } from '../ui/ask';
import { assertTrusted, Click } from '../ui/consent';
import type { OutputTerminal } from '../ui/outputTerminal';
import { showPicker } from '../ui/pickers';
import { plainLabel, plainText } from '../ui/plainText';
import { withDelayedProgress } from '../ui/progress';
import { runCommand } from '../ui/runCommand';
import type { AppPreviews, RunningPreview } from './appPreviews';
import { agreeToClient, startClientPreview } from './clientPreview';
import { startStaticPreview } from './staticPreview';

/** What previews need, from the composition root. */
export interface PreviewDeps {
  projects: WorkspaceProjects;
  previews: AppPreviews;
  /** The state of the workspace, which stores answers. */
  memory: vscode.Memento;
  logger: Logger;
}

interface PreviewArguments {
  folder?: GivenFolder;
}

/**
 * Shows a mini-app beside the editor: as its own client serves it, or without a client its files.
 * Shows a preview that runs already. Previews a theme as a theme.
 * @throws UNTRUSTED_WORKSPACE, NOTHING_TO_PUBLISH, MANIFEST_INVALID, VALIDATION_FAILED
 * @throws BUILD_FAILED, TIMEOUT if the client does not start
 * @throws CancelledError
 */
export async function previewApp(
  deps: PreviewDeps,
  call: Call,
  { folder: given }: PreviewArguments,
): Promise<true> {
  const { projects, previews } = deps;
  assertTrusted(
    vscode.l10n.t('A preview runs code of this workspace, so the workspace must be trusted first.'),
  );
  const folder = await chooseProject(projects, given, {
    title: vscode.l10n.t('Preview Mini-App'),
    kinds: [MINI_APP],
  });
  const kind = await findStillKind(folder);
  if (kind === undefined) {
    throw noManifest(folder);
  }
  if (kind !== MINI_APP) {
    await runCommand('i99dash.previewTheme', { folder });
    return true;
  }
  const { address } = await previews.open(folder, (controller) =>
    start(deps, call, folder, controller),
  );
  await openBeside(address);
  return true;
}

/**
 * Ends a preview: the given one, the only one, or the one that the user picks.
 * @throws CancelledError
 */
export async function stopPreview(
  { projects, previews }: PreviewDeps,
  { folder: given }: PreviewArguments,
): Promise<true> {
  const title = vscode.l10n.t('Stop Preview');
  const { folders } = previews;
  const [only] = folders;
  if (given !== undefined) {
    await previews.stop(await chooseProject(projects, given, { title, kinds: [MINI_APP] }));
  } else if (folders.length === 1 && only !== undefined) {
    await previews.stop(only);
  } else if (folders.length > 1) {
    const rows = folders.map((folder) => ({
      label: `$(${MINI_APP.icon}) ${plainLabel(basename(folder))}`,
      folder,
    }));
    await previews.stop(orCancel(await showPicker(rows, { title })).folder);
  }
  return true;
}

/** Starts a preview, and tells its address. */
async function start(
  { previews, memory, logger }: PreviewDeps,
  call: Call,
  folder: string,
  controller: AbortController,
): Promise<RunningPreview> {
  const client = await findClient(folder);
  let preview: RunningPreview;
  let terminal: OutputTerminal | undefined;
  if (client === undefined) {
    preview = await startStaticPreview(folder, controller);
  } else {
    await agreeToClient(folder, client, call, memory);
    terminal = previews.createTerminal(folder, controller);
    preview = await startClient(folder, client, terminal, controller);
  }
  const { address, ended } = preview;
  logger.info(`Preview: ${folder} is at ${address}.`);
  void ended.then(() => logger.info(`Preview: ${folder} at ${address} has ended.`));
  showRunning(folder, address, terminal);
  return preview;
}

function startClient(
  folder: string,
  client: Client,
  terminal: OutputTerminal,
  controller: AbortController,
): Promise<RunningPreview> {
  const title = vscode.l10n.t('Starting the i99dash client of {0}', sanitizeLine(basename(folder)));
  return withDelayedProgress(title, (signal) => {
    signal.addEventListener('abort', () => controller.abort(), { once: true });
    return startClientPreview(folder, client, terminal, controller);
  });
}

/**
 * Says where the preview is and how it ends. Does not wait for an answer.
 * @param terminal shows the output of the client, if there is one
 */
function showRunning(folder: string, address: string, terminal: OutputTerminal | undefined): void {
  const name = sanitizeLine(basename(folder));
  const stop = vscode.l10n.t('Stop Preview');
  const show = vscode.l10n.t('Show Terminal');
  const message =
    terminal === undefined
      ? vscode.l10n.t(
          'The preview of {0} is at {1}. It has no i99dash host, so calls to the car do not work.',
          name,
          address,
        )
      : vscode.l10n.t('The i99dash client of {0} runs at {1}.', name, address);
  const buttons = terminal === undefined ? [stop] : [stop, show];
  void vscode.window.showInformationMessage(plainText(message), ...buttons).then((picked) => {
    if (picked === stop) {
      void runCommand('i99dash.stopPreview', new Click({ folder: vscode.Uri.file(folder) }));
    } else if (picked === show) {
      terminal?.reveal();
    }
  });
}

/** Opens an address in VS Code's own browser, or in the system's browser if that is disabled. */
async function openBeside(address: string): Promise<void> {
  const local = vscode.Uri.parse(address, true);
  const external = await vscode.env.asExternalUri(local);
  const options = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
  try {
    await vscode.commands.executeCommand('simpleBrowser.api.open', external, options);
  } catch {
    await vscode.env.openExternal(local);
  }
}
