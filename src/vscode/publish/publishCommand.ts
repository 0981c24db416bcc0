import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { readLocalApps } from '../../core/apps/localApps';
import type { Call } from '../../core/consent';
import { I99dashError, isI99dashError } from '../../core/errors';
import { accountLabel } from '../../core/identity';
import { sanitizeLine } from '../../core/text/sanitizeLine';
import { MANIFEST_FILE } from '../../core/miniAppFolder';
import { FirstPublishers } from '../../core/publish/firstPublishers';
import { loadProject, noManifest, type Project } from '../../core/publish/project/project';
import type { PublishOptions, PublishResult, Track } from '../../core/publish/publish';
import { agreeToBuild } from './buildQuestion';
import { chooseMiniApp, type GivenFolder } from './chooseMiniApp';
import { isOutsideWorkspace } from '../ui/consent';
import { nameApp } from './failedApp';
import type { PublishContext } from './publishContext';
import { askReleaseNotes, saveFiles } from './publishQuestions';
import { requirePublisher } from './publisher';
import { publishWithConfirmation, type PublishRun } from './publishRun';
import { notificationUi } from './publishNotification';
import type { PublishUi } from './publishUi';
import { settings } from '../settings';

export interface PublishArguments {
  folder?: GivenFolder;
  track?: Track;
  releaseNotes?: string;
  dryRun?: boolean;
}

/**
 * Publishes the mini-app given by the arguments, the active editor or the user.
 * @param call how the command was started, which determines what to ask
 * @throws UNTRUSTED_WORKSPACE, NOT_SIGNED_IN, NOTHING_TO_PUBLISH, VALIDATION_FAILED
 * @throws CancelledError
 * @throws what `publish` of core throws
 */
export async function publishMiniApp(
  context: PublishContext,
  call: Call,
  args: PublishArguments = {},
  surface: PublishUi = notificationUi(context.clock, context.buildTerminal),
): Promise<PublishResult> {
  assertAllowed(args);
  const backendUrl = context.backendUrl();
  const publishAgain = (): Promise<unknown> => publishMiniApp(context, call, args, surface);
  const given = args.folder === undefined ? undefined : await givenMiniApp(context, args.folder);
  const identity =
    args.dryRun === true ? undefined : await requirePublisher(context, call, publishAgain);
  const folder = given ?? (await chooseMiniApp(context.miniApps));
  const [app] = await readLocalApps([folder]);
  try {
    return await publishFolder({ context, call, args, surface, backendUrl, identity, folder });
  } catch (error) {
    if (isI99dashError(error)) {
      nameApp(error, app?.id ?? sanitizeLine(basename(folder)));
    }
    throw error;
  }
}

type FolderPublish = Omit<PublishRun, keyof Decided> & { folder: string };
/** The values that are determined before publishing. */
type Decided = Pick<PublishRun, 'project' | 'options' | 'agreed' | 'isOutside' | 'otherPublisher'>;

/** @throws what {@link publishMiniApp} throws */
async function publishFolder(started: FolderPublish): Promise<PublishResult> {
  const { context, call, args, surface, backendUrl, identity, folder } = started;
  await saveFiles(folder, !call.confirmed);
  // Load the project only now: saving may have changed a file, and files may have changed on disk.
  const loaded = await loadProject(folder);
  const isOutside = await isOutsideWorkspace(folder);
  const isDryRun = args.dryRun === true;
  const request = { call, memory: context.memory, isOutside, isDryRun };
  const { project, agreed } = await agreeToBuild(loaded, request);
  const options = await toOptions(args, project, call);
  const publisher = identity && {
    ...{ devId: identity.devId, backendUrl, account: accountLabel(identity) },
  };
  const publishers = new FirstPublishers(context.publishersFile);
  const otherPublisher = publisher && (await publishers.findOther(project.manifest.id, publisher));
  const run: PublishRun = { ...started, project, options, agreed, isOutside, otherPublisher };
  const submitted = async (submission: Submitted): Promise<void> => {
    context.onSubmitted?.(submission);
    await (publisher && publishers.record(submission.appId, publisher));
  };
  const outcome = await publishWithConfirmation(run).catch(async (error: unknown) => {
    if (isI99dashError(error) && error.unpromoted !== undefined) {
      await submitted(error.unpromoted);
    }
    await showFound(context, project, error);
    throw error;
  });
  if (!outcome.result.dryRun) {
    await submitted(outcome.result);
    await context.onRefused?.(folder, []);
  }
  surface.showResult(outcome);
  return outcome.result;
}

/** Shows the problems of a failure in the Problems panel if only publishing can find them. */
async function showFound(
  { onRefused, showBuilt }: PublishContext,
  { folder, buildCommand }: Project,
  error: unknown,
): Promise<void> {
  const { problems = [] } = isI99dashError(error) ? error : {};
  const refused = problems.filter(({ rule }) => rule === 'backend.refused');
  if (refused.length > 0) {
    await onRefused?.(folder, refused);
  }
  const ofBundle = problems.filter(({ rule }) => IN_BUNDLE.test(rule));
  // Without a build, the live checks report these problems.
  if (buildCommand !== undefined && ofBundle.length > 0) {
    showBuilt(folder, ofBundle);
  }
}

/** Rules that apply to the output of a build. */
const IN_BUNDLE = /^(?:asset|baseline|files|page|secret)\./u;

type Submitted = Pick<PublishResult, 'appId' | 'version' | 'reviewStatus'>;

/** @throws NOTHING_TO_PUBLISH if the folder is not a mini-app, before the user is asked anything */
async function givenMiniApp({ miniApps }: PublishContext, given: GivenFolder): Promise<string> {
  const folder = await chooseMiniApp(miniApps, given);
  if (!existsSync(join(folder, MANIFEST_FILE))) {
    throw noManifest(folder);
  }
  return folder;
}

/**
 * @throws UNTRUSTED_WORKSPACE
 * @throws VALIDATION_FAILED if the track is unknown
 */
function assertAllowed({ track }: PublishArguments): void {
  if (!vscode.workspace.isTrusted) {
    throw new I99dashError(
      'UNTRUSTED_WORKSPACE',
      vscode.l10n.t(
        'Publishing runs code of this workspace, so the workspace must be trusted first.',
      ),
    );
  }
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
  project: Project,
  call: Call,
): Promise<PublishOptions> {
  const { dryRun = false } = args;
  const track = args.track ?? settings.defaultTrack(vscode.Uri.file(project.folder));
  const asks = track === 'beta' && !dryRun && !call.confirmed && args.releaseNotes === undefined;
  const releaseNotes = asks ? await askReleaseNotes(project) : args.releaseNotes;
  return { track, dryRun, ...(releaseNotes === undefined ? {} : { releaseNotes }) };
}
