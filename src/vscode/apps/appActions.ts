import * as vscode from 'vscode';
import { endBeta, fetchBetaStatus, promoteToBeta, promoteToProduction } from '../../core/api/beta';
import type { ApiClient } from '../../core/api/client';
import { pathSegment } from '../../core/api/pathSegment';
import { fetchDeveloperStatus, type DeveloperStatus } from '../../core/api/developerStatus';
import { readLocalApps } from '../../core/apps/localApps';
import type { Call } from '../../core/consent';
import { I99dashError } from '../../core/errors';
import { sanitizeLine } from '../../core/text/sanitizeLine';
import { findStillKind } from '../../core/projectFolders';
import { MINI_APP } from '../../core/projectKind';
import { appPage, requestAccessPage } from '../../core/api/webConsole';
import { change, confirmChange, done, type AppsContext } from './appChanges';
import { orCancel } from '../ui/ask';
import { activeFile } from '../publish/chooseProject';
import { Click } from '../ui/consent';
import { findMiniApp } from '../publish/workspaceProjects';
import { showInput } from '../ui/pickers';
import { plainText } from '../ui/plainText';
import { describeTrack } from '../publish/publishQuestions';
import { withDelayedProgress } from '../ui/progress';
import { runCommand } from '../ui/runCommand';
import { TreeNode } from '../ui/treeNode';
import { settings } from '../settings';

interface AppArguments {
  appId?: string;
  version?: string;
  releaseNotes?: string;
}

/**
 * Requests the status of all apps and shows it in the view. Selects the given app, or the one being
 * edited.
 * @throws what the API client throws
 * @throws CancelledError
 */
export async function showStatus(
  { api, view }: AppsContext,
  { appId }: AppArguments,
): Promise<DeveloperStatus> {
  const status = await asking((signal) =>
    fetchDeveloperStatus(api(), { signal, ...(appId === undefined ? {} : { appId }) }),
  );
  await view.reveal(appId ?? (await editedApp()));
  return status;
}

/**
 * Returns the ID of the app that the active editor's file belongs to; undefined if there is none.
 */
export async function editedApp(): Promise<string | undefined> {
  const file = activeFile();
  const folder = file === undefined ? undefined : await findMiniApp(file);
  const [app] = folder === undefined ? [] : await readLocalApps([{ folder, kind: MINI_APP }]);
  return app?.id ?? undefined;
}

/**
 * Publishes the app of a row.
 * @throws NOTHING_TO_PUBLISH if the app is not in the workspace
 */
export async function publishApp(args: unknown): Promise<unknown> {
  const folder = vscode.Uri.file(localFolder(args));
  return runCommand('i99dash.publish', new Click({ folder }));
}

/**
 * Opens the manifest of a row's app, and reveals it in the explorer.
 * @throws NOTHING_TO_PUBLISH if the app is not in the workspace
 */
export async function openAppFolder(args: unknown): Promise<true> {
  const folder = localFolder(args);
  const { manifestFile } = (await findStillKind(folder)) ?? MINI_APP;
  const manifest = vscode.Uri.joinPath(vscode.Uri.file(folder), manifestFile);
  await vscode.window.showTextDocument(manifest);
  await vscode.commands.executeCommand('revealInExplorer', manifest);
  return true;
}

/**
 * Opens the page of an app.
 * @throws NOTHING_TO_PUBLISH if no app is given
 */
export async function openAppInWebConsole(args: unknown): Promise<boolean> {
  return open(appPage(settings.webConsoleUrl(), toArguments(args).appId));
}

/** Opens the page for requesting developer access. */
export async function requestAccess(): Promise<boolean> {
  return open(requestAccessPage(settings.webConsoleUrl()));
}

/**
 * Makes the latest submitted version the beta build, after a confirmation.
 * @throws NOTHING_TO_PUBLISH if no app is given, or it was never submitted
 * @throws what the API client throws
 * @throws CancelledError
 */
export async function promoteAppToBeta(
  context: AppsContext,
  call: Call,
  args: unknown,
): Promise<true> {
  const { appId, ...given } = toArguments(args);
  const api = context.api();
  const version = given.version ?? (await latestVersion(api, appId));
  const releaseNotes =
    given.releaseNotes ?? (call.confirmed ? '' : await askForReleaseNotes(appId, version));
  await confirmChange(context, call, {
    question: vscode.l10n.t('Make {0} {1} the beta?', appId, version),
    facts: [
      ...listAppWarnings(appId, version, describeTrack('beta')),
      ...(releaseNotes === ''
        ? []
        : [vscode.l10n.t('Release notes: {0}', sanitizeLine(releaseNotes))]),
    ],
    detail: vscode.l10n.t('Its testers get this version. It expires after 90 days.'),
    button: vscode.l10n.t('Promote to Beta'),
  });
  const build = { version, ...(releaseNotes === '' ? {} : { releaseNotes }) };
  await change(context, vscode.l10n.t('Promoting {0} {1} to beta…', appId, version), (signal) =>
    promoteToBeta(api, appId, build, signal),
  );
  return done(context, vscode.l10n.t('{0} {1} is the beta now.', appId, version));
}

/**
 * Promotes the beta build to production, after a confirmation.
 * @throws NOTHING_TO_PUBLISH if no app is given, or it has no beta
 * @throws what the API client throws
 * @throws CancelledError
 */
export async function promoteAppToProduction(
  context: AppsContext,
  call: Call,
  args: unknown,
): Promise<true> {
  const { appId } = toArguments(args);
  const api = context.api();
  const { version, sha256 } = await findBeta(api, appId);
  await confirmChange(context, call, {
    question: vscode.l10n.t('Promote {0} {1} to production?', appId, version),
    facts: [
      ...listAppWarnings(appId, version, vscode.l10n.t('production (everybody, at once)')),
      ...(sha256 === undefined
        ? []
        : [vscode.l10n.t('Bundle: the beta’s, SHA-256 {0}', sanitizeLine(sha256))]),
    ],
    detail: vscode.l10n.t('Everybody gets the beta build at once, without another review.'),
    button: vscode.l10n.t('Promote to Production'),
  });
  const title = vscode.l10n.t('Promoting {0} {1} to production…', appId, version);
  await change(context, title, (signal) => promoteToProduction(api, appId, signal));
  return done(context, vscode.l10n.t('{0} {1} is in production now.', appId, version));
}

/**
 * Ends the beta for its testers, after a confirmation.
 * @throws NOTHING_TO_PUBLISH if no app is given, or it has no beta
 * @throws what the API client throws
 * @throws CancelledError
 */
export async function endAppBeta(context: AppsContext, call: Call, args: unknown): Promise<true> {
  const { appId } = toArguments(args);
  const api = context.api();
  const { version } = await findBeta(api, appId);
  await confirmChange(context, call, {
    question: vscode.l10n.t('End the beta of {0}?', appId),
    detail: vscode.l10n.t(
      'The testers lose {0}. What is published stays as it is.',
      sanitizeLine(version),
    ),
    button: vscode.l10n.t('End Beta'),
  });
  await change(context, vscode.l10n.t('Ending the beta of {0}…', appId), (signal) =>
    endBeta(api, appId, signal),
  );
  return done(context, vscode.l10n.t('The beta of {0} has ended.', appId));
}

/**
 * @throws NOTHING_TO_PUBLISH if no app is given
 * @throws PROTOCOL if the ID cannot be part of a URL
 */
function toArguments(args: unknown): AppArguments & { appId: string } {
  const { appId, ...given } = args as AppArguments;
  if (appId === undefined) {
    const message = vscode.l10n.t('Which app? Name it by its appId.');
    throw new I99dashError('NOTHING_TO_PUBLISH', message);
  }
  pathSegment(appId); // throws if the ID cannot be part of a URL
  return { appId, ...given };
}

function localFolder(args: unknown): string {
  const folder = args instanceof TreeNode ? args.args.folder : undefined;
  if (folder === undefined) {
    throw new I99dashError(
      'NOTHING_TO_PUBLISH',
      vscode.l10n.t('This project is not in the workspace.'),
    );
  }
  return folder;
}

async function latestVersion(api: ApiClient, appId: string): Promise<string> {
  const { apps } = await asking((signal) => fetchDeveloperStatus(api, { appId, signal }));
  const version = apps.find((app) => app.appId === appId)?.latestVersion ?? undefined;
  if (version === undefined) {
    const message = vscode.l10n.t('No version of {0} was ever submitted.', appId);
    throw new I99dashError('NOTHING_TO_PUBLISH', message);
  }
  return version;
}

async function findBeta(
  api: ApiClient,
  appId: string,
): Promise<{ version: string; sha256?: string }> {
  const status = await asking((signal) => fetchBetaStatus(api, appId, signal));
  const { betaVersion: version, betaBundleSha256: sha256 } = status;
  if (version === null) {
    const message = vscode.l10n.t('{0} has no beta.', appId);
    throw new I99dashError('NOTHING_TO_PUBLISH', message);
  }
  return sha256 === null ? { version } : { version, sha256 };
}

function asking<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return withDelayedProgress(vscode.l10n.t('Asking how your apps stand…'), ask);
}

async function askForReleaseNotes(appId: string, version: string): Promise<string> {
  const notes = await showInput({
    title: vscode.l10n.t('Promote {0} {1} to beta', plainText(appId), plainText(version)),
    prompt: vscode.l10n.t('What should testers know? Leave it empty to say nothing.'),
    ignoreFocusOut: true,
  });
  return orCancel(notes).trim();
}

/**
 * Lists the facts about a promotion for its confirmation. The kind is fixed, because only mini-apps
 * have a beta.
 */
function listAppWarnings(appId: string, version: string, track: string): string[] {
  return [
    vscode.l10n.t('Kind: {0}', vscode.l10n.t('mini-app')),
    vscode.l10n.t('App: {0}', sanitizeLine(appId)),
    vscode.l10n.t('Version: {0}', sanitizeLine(version)),
    vscode.l10n.t('Track: {0}', track),
  ];
}

async function open(page: string): Promise<boolean> {
  return vscode.env.openExternal(vscode.Uri.parse(page));
}
