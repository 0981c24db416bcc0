import type { ApiClient } from '../api/client';
import { I99dashError, throwIfCancelled } from '../errors';
import type { Clock, Logger, ProcessRunner, Transport } from '../platform/interfaces';
import type { Problem } from '../problem';
import { t } from '../text/l10n';
import type { VersionBump } from './checks/appVersion';
import { deliver, readStateBefore, readStatus } from './deliver';
import { KINDS } from './kindDefinitions';
import type { PreparedApp } from './prepare';
import type { PublishableProject } from './project/project';
import type { KindId } from '../projectKind';
import { acquirePublishLock } from './publishLock';
import { StageClock, type Progress } from './stages';
import { findApp } from './submit';

export type Track = 'production' | 'beta';

export interface PublishOptions {
  track: Track;
  /** Release notes for testers; for the beta track only. */
  releaseNotes?: string;
  /** Run everything except network requests. */
  dryRun?: boolean;
}

export interface PublishResult {
  kind: KindId;
  appId: string;
  version: string;
  track: Track;
  dryRun: boolean;
  /** Lower-case hex. */
  sha256: string;
  /** Bytes of the packed bundle. */
  size: number;
  fileCount: number;
  bundleId?: string;
  reviewStatus?: string;
  /** ISO 8601. */
  publishedAt?: string;
}

/** What is about to be uploaded. */
export interface PublishPreview {
  project: PublishableProject;
  track: Track;
  sha256: string;
  /** Bytes of the packed bundle. */
  size: number;
  fileCount: number;
  /** Warnings and notes. */
  problems: readonly Problem[];
}

/** The user's answer to the preview: to publish this version, or the next one instead. */
export type PublishDecision = 'publish' | VersionBump;

/** How a publish ended. */
export type PublishOutcome = {
  /** Warnings and notes. */
  problems: readonly Problem[];
} & (
  | {
      kind: 'published';
      result: PublishResult;
      /** Whether the user was asked. */
      wasAsked: boolean;
    }
  /** Nothing was sent, because the user wants to publish the next version. */
  | { kind: 'bump'; bump: VersionBump }
);

export interface PublishDeps {
  api: ApiClient;
  transport: Transport;
  runner: ProcessRunner;
  clock: Clock;
  logger: Logger;
  signal?: AbortSignal | undefined;
  /** The folder with the locks of all windows. */
  lockFolder: string;
  /**
   * Path of the built worker script, which reads, packs and checks large projects. Without it,
   * everything runs on this thread.
   */
  worker?: string;
  /** The file that caches script results between publishes, by content. */
  baselineCache?: string;
  onProgress: (progress: Progress) => void;
  /** Called with a build's output as it arrives. */
  onBuildOutput: (text: string) => void;
  /**
   * Called after each build with the problems in its output folder, including errors; empty if
   * there are none.
   */
  onBuilt?: (problems: readonly Problem[]) => void;
  /** Called with the warnings and notes that the checks found. */
  onProblems?: (problems: readonly Problem[]) => void;
  /**
   * Asks about what is packed, before anything is sent. A rejection ends the publish. Not called
   * for a dry run.
   */
  confirm?: (preview: PublishPreview) => Promise<PublishDecision>;
  /** Whether to ask; without it every publish asks. */
  mustConfirm?: (preview: PublishPreview) => boolean;
}

/**
 * Publishes a project: validate, build, pack, confirm, upload, submit, and for the beta track
 * promote. Removes its temporary files on failure.
 * @throws NOTHING_TO_PUBLISH, VALIDATION_FAILED, BUILD_FAILED, UPLOAD_FAILED, PUBLISH_IN_PROGRESS
 * @throws CancelledError
 * @throws what `confirm` rejects with, and what the API client throws
 */
export async function publish(
  project: PublishableProject,
  options: PublishOptions,
  deps: PublishDeps,
): Promise<PublishOutcome> {
  assertTrack(project, options);
  const { isListed } = project.kind;
  const { prepare } = KINDS[project.kind.id];
  const stages = new StageClock(deps);
  if (options.dryRun === true) {
    await using packed = await prepare(project, deps, stages);
    stages.finish();
    const result = toResult(packed, options);
    return { kind: 'published', result, problems: packed.problems, wasAsked: false };
  }
  await using lock = await acquirePublishLock(deps.lockFolder, {
    ...{ backendUrl: deps.api.backendUrl, kind: project.kind.id, folder: project.folder },
    ...{ appId: project.manifest.id, version: project.manifest.version },
  });
  // The backend does not list themes, so their state cannot be read.
  const status = isListed ? readStatus(project, deps) : undefined;
  const latestVersion = status?.then((read) => findApp(read, project.manifest.id)?.latestVersion);
  latestVersion?.catch(() => undefined); // handled where it is awaited
  await using packed = await prepare(project, deps, stages, latestVersion);
  const { problems } = packed;
  const decision = await confirm(packed, options, deps, stages);
  if (typeof decision === 'object') {
    return { kind: 'bump', bump: decision, problems };
  }
  // The confirmation may have taken hours, so the state is read again.
  const before = isListed
    ? readStateBefore(project, deps, decision === undefined ? status : undefined)
    : Promise.resolve(undefined);
  const submission = await deliver(packed, { options, deps, stages, lock, before });
  stages.finish();
  const result = { ...toResult(packed, options), ...submission };
  return { kind: 'published', result, problems, wasAsked: decision !== undefined };
}

/** @throws VALIDATION_FAILED if the kind has no such track, or release notes are for no testers */
export function assertTrack(
  { kind, manifest }: PublishableProject,
  { track, releaseNotes }: PublishOptions,
): void {
  if (!kind.tracks.includes(track)) {
    const message = t('{0} cannot be published to beta: only mini-apps have a beta.', manifest.id);
    throw new I99dashError('VALIDATION_FAILED', message);
  }
  if (track === 'production' && releaseNotes !== undefined) {
    throw new I99dashError('VALIDATION_FAILED', t('Release notes are for the beta track alone.'));
  }
}

/** @returns undefined if there was nothing to ask */
async function confirm(
  { bundle: { sha256, size, fileCount }, project, problems }: PreparedApp,
  { track }: PublishOptions,
  deps: PublishDeps,
  stages: StageClock,
): Promise<PublishDecision | undefined> {
  const preview = { project, track, sha256, size, fileCount, problems };
  if (deps.confirm === undefined || deps.mustConfirm?.(preview) === false) {
    return undefined;
  }
  stages.enter('confirm');
  const decision = await deps.confirm(preview);
  throwIfCancelled(deps.signal);
  return decision;
}

function toResult(
  { project: { kind, manifest }, bundle: { sha256, size, fileCount } }: PreparedApp,
  { track, dryRun = false }: PublishOptions,
): PublishResult {
  const { id: appId, version } = manifest;
  return { kind: kind.id, appId, version, track, dryRun, sha256, size, fileCount };
}
