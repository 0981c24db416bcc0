import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { readLocalApps } from '../../core/apps/localApps';
import type { Call } from '../../core/consent';
import { I99dashError, isI99dashError } from '../../core/errors';
import type { Identity } from '../../core/identity';
import { MANIFEST_FILE } from '../../core/miniAppFolder';
import { findProject, findStillKind } from '../../core/projectFolders';
import { MINI_APP } from '../../core/projectKind';
import { KINDS } from '../../core/publish/kindDefinitions';
import { loadBuilt, noManifest, type PublishableProject } from '../../core/publish/project/project';
import {
  assertTrack,
  type PublishOptions,
  type PublishResult,
  type Track,
} from '../../core/publish/publish';
import { sanitizeLine } from '../../core/text/sanitizeLine';
import { getIdentity } from '../session/getIdentity';
import { settings } from '../settings';
import { assertTrusted, isOutsideWorkspace } from '../ui/consent';
import { continueAfterRetry } from '../ui/tryAgain';
import { agreeToBuild } from './buildQuestion';
import { chooseProject, toPath, type Choice, type GivenFolder } from './chooseProject';
import { notificationUi, type PublishContext, type PublishUi } from './publishContext';
import { askReleaseNotes, saveFiles } from './publishQuestions';
import { findOtherPublisher, runPublish, type PublishRun } from './publishRun';

export interface PublishArguments {
  folder?: GivenFolder;
  /** A folder with the output of a build, which is published as it is. */
  bundle?: GivenFolder;
  /** What to choose from without a folder; only for commands of the extension itself. */
  choice?: Choice;
  track?: Track;
  releaseNotes?: string;
  dryRun?: boolean;
}

/**
 * Publishes the project given by the arguments, the active editor or the user.
 * @param call how the command was started, which determines what to ask
 * @throws UNTRUSTED_WORKSPACE, NOT_SIGNED_IN, NOTHING_TO_PUBLISH, VALIDATION_FAILED
 * @throws CancelledError
 * @throws what `publish` of core throws
 */
export async function publishProject(
  context: PublishContext,
  call: Call,
  args: PublishArguments = {},
  ui: PublishUi = notificationUi(context),
): Promise<PublishResult> {
  assertAllowed(args);
  const backendUrl = context.backendUrl();
  const given = await givenProject(context, args);
  const publishAgain = (): Promise<unknown> => publishProject(context, call, args, ui);
  const identity =
    args.dryRun === true ? undefined : await requirePublisher(context, call, publishAgain);
  const folder = given ?? (await chooseProject(context.miniApps, undefined, args.choice));
  const kind = (await findStillKind(folder)) ?? MINI_APP;
  const [app] = await readLocalApps([{ folder, kind }]);
  try {
    await saveFiles(folder, !call.confirmed);
    const start = { context, call, args, ui, backendUrl, identity };
    return await runPublish(await prepareRun(start, folder));
  } catch (error) {
    if (isI99dashError(error)) {
      error.app = app?.id ?? sanitizeLine(basename(folder));
    }
    throw error;
  }
}

type RunStart = Pick<PublishRun, 'context' | 'call' | 'args' | 'ui' | 'backendUrl' | 'identity'>;

/**
 * Loads the project, and asks what the arguments leave open.
 * @throws NOTHING_TO_PUBLISH, MANIFEST_INVALID, CancelledError
 */
export async function prepareRun(start: RunStart, folder: string): Promise<PublishRun> {
  const { context, call, args } = start;
  const { memory } = context;
  const { id } = (await findStillKind(folder)) ?? MINI_APP;
  const built = args.bundle === undefined ? undefined : toPath(args.bundle);
  const isOutside = await isOutsideWorkspace(built ?? folder);
  const load = (): Promise<PublishableProject> =>
    built === undefined ? KINDS[id].load(folder) : loadBuilt(built, folder);
  const { project, agreed } = await agreeToBuild(await load(), {
    ...{ call, memory, isOutside, isDryRun: args.dryRun === true },
  });
  const options = await toOptions(args, project, call);
  const otherPublisher = await findOtherPublisher(start, project);
  return { ...start, project, load, options, agreed, isOutside, otherPublisher };
}

/** Returns the folder of a project of any kind, given or chosen by the user. */
export function choose(
  { miniApps }: PublishContext,
  given?: GivenFolder,
  choice?: Choice,
): Promise<string> {
  return chooseProject(miniApps, given, choice);
}

/**
 * Returns the folder of the project that the arguments name; undefined if they name none.
 * @throws NOTHING_TO_PUBLISH if the folder is no project, before the user is asked anything
 */
export async function givenProject(
  context: PublishContext,
  { folder: given, bundle }: Pick<PublishArguments, 'folder' | 'bundle'>,
): Promise<string | undefined> {
  if (bundle !== undefined) {
    return findOwner(toPath(bundle), given && (await choose(context, given)));
  }
  if (given === undefined) {
    return undefined;
  }
  const folder = await choose(context, given);
  if ((await findStillKind(folder)) === undefined && !existsSync(join(folder, MANIFEST_FILE))) {
    throw noManifest(folder);
  }
  return folder;
}

/**
 * Returns the folder with the manifest of a built folder: itself, or else its project.
 * @throws NOTHING_TO_PUBLISH if there is no manifest
 */
async function findOwner(built: string, project: string | undefined): Promise<string> {
  if (existsSync(join(built, MANIFEST_FILE))) {
    return built;
  }
  const owner = project ?? (await findProject(dirname(built)))?.folder;
  if (owner === undefined) {
    throw noManifest(built);
  }
  return owner;
}

/**
 * Returns the account that publishes. If there is no session and the user started the publish,
 * signs in first.
 * @param publishAgain retries the publish after a failed sign-in
 * @throws NOT_SIGNED_IN
 * @throws what the sign-in throws
 */
async function requirePublisher(
  context: PublishContext,
  call: Call,
  publishAgain: () => Promise<unknown>,
): Promise<Identity> {
  try {
    return await getIdentity(context);
  } catch (error) {
    const isSignedOut = context.session.state.kind === 'signedOut';
    if (call.caller !== 'hand' || !isSignedOut || !isI99dashError(error, 'NOT_SIGNED_IN')) {
      throw error;
    }
  }
  try {
    await context.signIn(call);
  } catch (error) {
    continueAfterRetry(error, publishAgain);
    throw error;
  }
  return getIdentity(context);
}

/**
 * @throws UNTRUSTED_WORKSPACE
 * @throws VALIDATION_FAILED if the track is unknown
 */
export function assertAllowed({ track }: PublishArguments): void {
  assertTrusted(
    vscode.l10n.t(
      'Publishing runs code of this workspace, so the workspace must be trusted first.',
    ),
  );
  // A misspelled track in a keybinding must not publish to production.
  const tracks: readonly unknown[] = ['production', 'beta', undefined];
  if (!tracks.includes(track)) {
    throw new I99dashError(
      'VALIDATION_FAILED',
      vscode.l10n.t('The track is production or beta, not {0}.', sanitizeLine(String(track))),
    );
  }
}

async function toOptions(
  args: PublishArguments,
  project: PublishableProject,
  call: Call,
): Promise<PublishOptions> {
  const { dryRun = false } = args;
  const usual = settings.defaultTrack(vscode.Uri.file(project.folder));
  const track = args.track ?? (project.kind.tracks.includes(usual) ? usual : 'production');
  assertTrack(project, { track });
  const asks = track === 'beta' && !dryRun && !call.confirmed && args.releaseNotes === undefined;
  const releaseNotes = asks ? await askReleaseNotes(project) : args.releaseNotes;
  return { track, dryRun, ...(releaseNotes === undefined ? {} : { releaseNotes }) };
}
