import { existsSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import * as vscode from 'vscode';
import { I99dashError } from '../../core/errors';
import { CONFIG_FILE, MANIFEST_FILE } from '../../core/miniAppFolder';
import { findStartPage, isHidden, type PreviewedFolder } from '../../core/preview/appFiles';
import { startPreviewServer, type PreviewServer } from '../../core/preview/previewServer';
import { projectBuild } from '../../core/publish/build/projectBuild';
import { pathInProject } from '../../core/publish/checks/buildOutput';
import { loadPaths } from '../../core/publish/project/project';
import { offerStep } from '../ui/failure';
import { runCommand } from '../ui/runCommand';
import type { RunningPreview } from './appPreviews';

/** The delay before pages reload, in milliseconds. File events come in bursts. */
const RELOAD_MS = 100;

/**
 * Serves the files of a mini-app that has no client, and reloads its pages when a file changes.
 * @param controller ends the preview
 * @throws NOTHING_TO_PUBLISH if there is no page to show
 * @throws MANIFEST_INVALID, VALIDATION_FAILED
 */
export async function startStaticPreview(
  folder: string,
  controller: AbortController,
): Promise<RunningPreview> {
  const paths = await loadPaths(folder);
  const files = { root: paths.appRoot, folder };
  const page = await findStartPage(files);
  if (page === undefined) {
    throw noPage(files, projectBuild(paths) !== undefined);
  }
  const server = await startPreviewServer(files);
  const watcher = reloadOnChange(files, server, controller);
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      watcher.dispose();
      void server.close().then(resolve);
    };
    if (controller.signal.aborted) {
      end();
    } else {
      controller.signal.addEventListener('abort', end, { once: true });
    }
  });
  const external = await vscode.env.asExternalUri(vscode.Uri.parse(server.address));
  server.allowHost(external.authority);
  return { address: new URL(encodeURIComponent(page), server.address).href, ended };
}

/** Creates the error for a folder without a page, with a button that opens the settings. */
function noPage({ root, folder }: PreviewedFolder, hasBuild: boolean): I99dashError {
  const where = pathInProject({ folder }, root);
  const message = hasBuild
    ? vscode.l10n.t(
        '{0} has no page to preview. The project needs its build: add the i99dash client to its packages, and the preview runs it.',
        where,
      )
    : vscode.l10n.t(
        '{0} has no page to preview. Add one, or name another folder as "appRoot" in {1}.',
        where,
        CONFIG_FILE,
      );
  const error = new I99dashError('NOTHING_TO_PUBLISH', message);
  const name = existsSync(join(folder, CONFIG_FILE)) ? CONFIG_FILE : MANIFEST_FILE;
  const file = vscode.Uri.file(join(folder, name));
  offerStep(error, vscode.l10n.t('Open {0}', name), () => runCommand('vscode.open', file));
  return error;
}

/** Reloads the pages when a served file changes, and ends the preview when its folder goes. */
function reloadOnChange(
  { root, folder }: PreviewedFolder,
  server: PreviewServer,
  controller: AbortController,
): vscode.Disposable {
  let timer: NodeJS.Timeout | undefined;
  const onChange = ({ fsPath }: vscode.Uri): void => {
    if (relative(root, fsPath).split(sep).some(isHidden)) {
      return;
    }
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (existsSync(folder)) {
        server.reload();
      } else {
        controller.abort();
      }
    }, RELOAD_MS);
  };
  const pattern = new vscode.RelativePattern(vscode.Uri.file(root), '**');
  const watcher = vscode.workspace.createFileSystemWatcher(pattern);
  return vscode.Disposable.from(
    watcher,
    watcher.onDidChange(onChange),
    watcher.onDidCreate(onChange),
    watcher.onDidDelete(onChange),
    new vscode.Disposable(() => clearTimeout(timer)),
  );
}
