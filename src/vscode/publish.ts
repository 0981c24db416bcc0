import * as vscode from 'vscode';
import { I99dashError, isI99dashError } from '../core/errors';
import { oneLine } from '../core/oneLine';
import { loadProject, type Project } from '../core/publish/project';
import type { PublishOptions, PublishResult, Track } from '../core/publish/publish';
import { allowBuild, allowChangedBuild, type Build } from './buildQuestion';
import { chooseMiniApp, type GivenFolder } from './chooseMiniApp';
import { knownIdentity } from './knownIdentity';
import type { PublishContext } from './publishContext';
import { askReleaseNotes, saveFiles } from './publishQuestions';
import { publishOrBump } from './publishRun';
import { notificationSurface } from './publishNotification';
import type { PublishSurface } from './publishSurface';
import { settings } from './settings';

export interface PublishArguments {
  folder?: GivenFolder;
  track?: Track;
  releaseNotes?: string;
  dryRun?: boolean;
  /** Asks nothing that has an answer by itself: files are saved, the build runs, the bundle is sent. */
  confirmed?: boolean;
  /** Of a publish that follows another one: what was built then. Another command is asked about, whatever is confirmed. */
  builtBefore?: Build;
}

/**
 * Publishes the mini-app that the arguments, the active editor or the user names.
 * @throws UNTRUSTED_WORKSPACE, NOT_SIGNED_IN, NOTHING_TO_PUBLISH, VALIDATION_FAILED, CancelledError, and what core's `publish` throws
 */
export async function publishMiniApp(
  context: PublishContext,
  args: PublishArguments = {},
  surface: PublishSurface = notificationSurface(context.clock, context.buildTerminal),
): Promise<PublishResult> {
  assertAllowed(args);
  const backendUrl = context.backendUrl();
  const identity = args.dryRun === true ? undefined : await knownIdentity(context);
  const folder = await chooseMiniApp(context.miniApps, args.folder);
  const asks = args.confirmed !== true;
  await saveFiles(folder, asks);
  const project = await loadProject(folder);
  // Of what is published from here on: a file may have been saved, or be another since it was looked at last.
  if (asks) {
    await allowBuild(project, context.memory);
  } else if (args.builtBefore !== undefined) {
    await allowChangedBuild(args.builtBefore, project, context.memory);
  }
  const options = await toOptions(args, project);
  const run = { context, project, options, backendUrl, surface };
  const outcome = await publishOrBump(run, asks ? identity : undefined).catch((error: unknown) => {
    if (isI99dashError(error) && error.unpromoted !== undefined) {
      context.onSubmitted?.(error.unpromoted);
    }
    throw error;
  });
  if (!outcome.result.dryRun) {
    context.onSubmitted?.(outcome.result);
  }
  surface.tell(outcome);
  return outcome.result;
}

/** @throws UNTRUSTED_WORKSPACE, VALIDATION_FAILED (a track there is not) */
function assertAllowed({ track }: PublishArguments): void {
  if (!vscode.workspace.isTrusted) {
    throw new I99dashError(
      'UNTRUSTED_WORKSPACE',
      vscode.l10n.t(
        'Publishing runs code of this workspace, so the workspace must be trusted first.',
      ),
    );
  }
  // A track that is misspelt in a keybinding must not end up in production.
  const tracks: readonly unknown[] = ['production', 'beta', undefined];
  if (!tracks.includes(track)) {
    throw new I99dashError(
      'VALIDATION_FAILED',
      vscode.l10n.t('The track is production or beta, not {0}.', oneLine(String(track))),
    );
  }
}

async function toOptions(args: PublishArguments, project: Project): Promise<PublishOptions> {
  const { dryRun = false, confirmed = false } = args;
  const track = args.track ?? settings.defaultTrack(vscode.Uri.file(project.folder));
  const asks = track === 'beta' && !dryRun && !confirmed && args.releaseNotes === undefined;
  const releaseNotes = asks ? await askReleaseNotes(project) : args.releaseNotes;
  return { track, dryRun, ...(releaseNotes === undefined ? {} : { releaseNotes }) };
}
