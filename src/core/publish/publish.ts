import { promoteToBeta } from '../api/beta';
import type { ApiClient } from '../api/client';
import { fetchDeveloperStatus, type DeveloperStatus } from '../api/developerStatus';
import type { Submission } from '../api/miniApps';
import {
  CancelledError,
  describeError,
  I99dashError,
  isI99dashError,
  restate,
  throwIfCancelled,
  type PromotionFailure,
} from '../errors';
import { t } from '../text/l10n';
import type { Clock, Transport } from '../platform/interfaces';
import type { Problem } from '../problem';
import { retryTransient } from '../http/retry';
import { prepare, type PreparedApp, type PreparationDeps } from './prepare';
import type { Project } from './project/project';
import { withPublishLock, type PublishLock } from './publishLock';
import { explainRefusal } from './refusal';
import { StageClock } from './stages';
import {
  findApp,
  readBackendState,
  submitOnce,
  type BackendState,
  type SubmitRequest,
} from './submit';
import { upload } from './upload';

export type Track = 'production' | 'beta';

export interface PublishOptions {
  track: Track;
  /** Release notes for testers; for the beta track only. */
  releaseNotes?: string;
  /** Run everything except network requests. */
  dryRun?: boolean;
}

export interface PublishResult {
  kind: 'miniApp';
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
  project: Project;
  track: Track;
  sha256: string;
  /** Bytes of the packed bundle. */
  size: number;
  fileCount: number;
  /** Warnings and notes. */
  problems: readonly Problem[];
}

export interface PublishDeps extends PreparationDeps {
  api: ApiClient;
  transport: Transport;
  clock: Clock;
  /** The folder with the locks of all windows. */
  lockFolder: string;
  /**
   * Called when everything is packed and before anything is sent. A rejection ends the publish. Not
   * called for a dry run.
   */
  confirm?: (prepared: PublishPreview) => Promise<void>;
  /** Whether to ask about what is packed; without it every publish asks. */
  mustConfirm?: (prepared: PublishPreview) => boolean;
}

/**
 * Publishes a mini-app: validate, build, pack, confirm, upload, submit, and for the beta track
 * promote. Removes its temporary files on failure.
 * @throws NOTHING_TO_PUBLISH, VALIDATION_FAILED, BUILD_FAILED, UPLOAD_FAILED, PUBLISH_IN_PROGRESS
 * @throws CancelledError
 * @throws what `confirm` rejects with, and what the API client throws
 */
export async function publish(
  project: Project,
  options: PublishOptions,
  deps: PublishDeps,
  signal?: AbortSignal,
): Promise<PublishResult> {
  if (options.track === 'production' && options.releaseNotes !== undefined) {
    throw new I99dashError('VALIDATION_FAILED', t('Release notes are for the beta track alone.'));
  }
  const stages = new StageClock(deps);
  if (options.dryRun === true) {
    return prepare({ project, deps, stages, signal }, (fit) =>
      Promise.resolve(toResult(fit, options)),
    );
  }
  const { id: appId, version } = project.manifest;
  const note = { backendUrl: deps.api.backendUrl, appId, version, folder: project.folder };
  return withPublishLock(deps.lockFolder, note, (lock) => {
    const run: Run = { options, deps, stages, signal, lock };
    const readStatus = (): Promise<DeveloperStatus> =>
      fetchDeveloperStatus(deps.api, { appId, ...(signal === undefined ? {} : { signal }) });
    // A single broken connection does not mean that the network is down.
    const status = readStatus().catch((error: unknown) => {
      if (isI99dashError(error, 'OFFLINE')) {
        return readStatus();
      }
      throw error;
    });
    const before = readBefore(run, appId, status);
    before.catch(() => undefined); // handled where it is awaited
    // Uses only the status, because the list of apps, which `before` also needs, may fail.
    const latestVersion = async (): Promise<string | undefined> =>
      findApp(await status, appId)?.latestVersion ?? undefined;
    return prepare({ project, deps, stages, signal, latestVersion }, async (fit) => {
      const asked = await confirm(run, fit);
      // The confirmation may take hours, so the state is read again.
      const delivered = await deliver(run, fit, asked ? readBefore(run, appId) : before);
      return { ...toResult(fit, options), ...delivered };
    });
  });
}

/** The context of one publish. */
interface Run {
  options: PublishOptions;
  deps: PublishDeps;
  stages: StageClock;
  signal: AbortSignal | undefined;
  lock: PublishLock;
}

/** @returns whether the user was asked */
async function confirm(
  { options, deps, stages, signal }: Run,
  { bundle: { sha256, size, fileCount }, project, problems }: PreparedApp,
): Promise<boolean> {
  const prepared = { project, track: options.track, sha256, size, fileCount, problems };
  if (deps.confirm === undefined || deps.mustConfirm?.(prepared) === false) {
    return false;
  }
  stages.enter('confirm');
  await deps.confirm(prepared);
  throwIfCancelled(signal);
  return true;
}

/** Uploads and submits the bundle. Cannot be cancelled once the submission is sent. */
async function deliver(
  run: Run,
  { bundle, project }: PreparedApp,
  before: Promise<BackendState | undefined>,
): Promise<Submission & { bundleId: string }> {
  const { options, deps, stages, signal, lock } = run;
  const { manifest } = project;
  const { id: appId, version } = manifest;
  before.catch(() => undefined); // handled below
  await lock.recordStage('uploading');
  stages.enter('upload', bundle.size);
  const bundleId = await upload(deps, appId, bundle, {
    ...(signal === undefined ? {} : { signal }),
    onProgress: (done) => deps.onProgress({ stage: 'upload', done, total: bundle.size }),
  });
  const state = await before;
  throwIfCancelled(signal);
  await lock.recordStage('submitting');
  stages.enter('submit');
  const request = { appId, version, manifest: { ...manifest }, bundleId };
  const submission = await submitOnce(deps, request, state).catch(async (error: unknown) => {
    throw await explainRefusal(error, project, state?.latestVersion);
  });
  if (options.track === 'beta') {
    stages.enter('promote');
    await promote(run, request, submission);
  }
  return { bundleId, ...submission };
}

/**
 * @throws an error which says that the submission succeeded, because publishing again would submit
 * twice
 */
async function promote(
  { options, deps }: Run,
  { appId, version }: SubmitRequest,
  { reviewStatus }: Submission,
): Promise<void> {
  const { releaseNotes } = options;
  const build = { version, ...(releaseNotes === undefined ? {} : { releaseNotes }) };
  try {
    await retryTransient(deps.clock, () => promoteToBeta(deps.api, appId, build));
  } catch (error) {
    throw isI99dashError(error) ? submittedOnly(error, { appId, reviewStatus, ...build }) : error;
  }
}

function submittedOnly(error: I99dashError, unpromoted: PromotionFailure): I99dashError {
  const { appId, version } = unpromoted;
  return restate(
    error,
    t('{0} {1} was submitted, but it is not the beta yet. {2}', appId, version, error.message),
    { unpromoted },
  );
}

/**
 * Reads the backend's state. An unreadable state does not block publishing; the submission is then
 * never sent twice.
 * @throws CancelledError
 */
async function readBefore(
  { deps, signal }: Run,
  appId: string,
  reading?: Promise<DeveloperStatus>,
): Promise<BackendState | undefined> {
  try {
    return await readBackendState(deps.api, appId, signal, reading);
  } catch (error) {
    if (error instanceof CancelledError) {
      throw error;
    }
    deps.logger.warn(
      `Publish: the backend's state could not be read before: ${describeError(error)}`,
    );
    return undefined;
  }
}

function toResult(
  { project: { manifest }, bundle: { sha256, size, fileCount } }: PreparedApp,
  { track, dryRun = false }: PublishOptions,
): PublishResult {
  const { id: appId, version } = manifest;
  return { kind: 'miniApp', appId, version, track, dryRun, sha256, size, fileCount };
}
