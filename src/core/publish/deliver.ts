import { promoteToBeta } from '../api/beta';
import { fetchDeveloperStatus } from '../api/developerStatus';
import type { Submission } from '../api/miniApps';
import {
  CancelledError,
  describeError,
  isI99dashError,
  restate,
  throwIfCancelled,
  type I99dashError,
  type PromotionFailure,
} from '../errors';
import { retryTransient } from '../http/retry';
import { t } from '../text/l10n';
import type { PreparedApp } from './prepare';
import type { Project } from './project/project';
import type { PublishDeps, PublishOptions } from './publish';
import type { PublishLock } from './publishLock';
import { explainRefusal } from './refusal';
import type { StageClock } from './stages';
import { findApp, readBackendState, submitOnce, type BackendState } from './submit';
import { upload } from './upload';

/**
 * Uploads and submits a packed mini-app, and promotes it on the beta track. Cannot be cancelled
 * once the submission is sent.
 * @throws UPLOAD_FAILED, CancelledError
 * @throws what the API client throws
 */
export async function deliver(
  { bundle, project }: PreparedApp,
  options: PublishOptions,
  deps: PublishDeps,
  stages: StageClock,
  lock: PublishLock,
): Promise<Submission & { bundleId: string }> {
  const { manifest } = project;
  const { id: appId, version } = manifest;
  await lock.recordStage('uploading');
  stages.enter('upload', bundle.size);
  // Read only now, because the confirmation may have taken hours.
  const before = readStateBefore(appId, deps);
  before.catch(() => undefined); // handled where it is awaited
  const bundleId = await upload(deps, appId, bundle);
  const state = await before;
  throwIfCancelled(deps.signal);
  await lock.recordStage('submitting');
  stages.enter('submit');
  const request = { appId, version, manifest: { ...manifest }, bundleId };
  const submission = await submitOnce(deps, request, state).catch(async (error: unknown) => {
    throw await explainRefusal(error, project, state?.latestVersion);
  });
  if (options.track === 'beta') {
    stages.enter('promote');
    await promote(project, options, deps, submission);
  }
  return { bundleId, ...submission };
}

/**
 * Requests the latest version that was submitted before. A single broken connection does not mean
 * that the network is down.
 * @returns undefined if there is none
 */
export async function readLatestVersion(
  { manifest: { id: appId } }: Project,
  { api, signal }: PublishDeps,
): Promise<string | undefined> {
  const read = () => fetchDeveloperStatus(api, { appId, ...(signal && { signal }) });
  const status = await read().catch((error: unknown) => {
    if (isI99dashError(error, 'OFFLINE')) {
      return read();
    }
    throw error;
  });
  return findApp(status, appId)?.latestVersion ?? undefined;
}

/**
 * Reads the backend's state. An unreadable state does not block publishing; the submission is then
 * never sent twice.
 * @throws CancelledError
 */
async function readStateBefore(
  appId: string,
  { api, logger, signal }: PublishDeps,
): Promise<BackendState | undefined> {
  try {
    return await readBackendState(api, appId, signal);
  } catch (error) {
    if (error instanceof CancelledError) {
      throw error;
    }
    logger.warn(`Publish: the backend's state could not be read before: ${describeError(error)}`);
    return undefined;
  }
}

/**
 * @throws an error which says that the submission succeeded, because publishing again would submit
 * twice
 */
async function promote(
  { manifest: { id: appId, version } }: Project,
  { releaseNotes }: PublishOptions,
  { api, clock }: PublishDeps,
  { reviewStatus }: Submission,
): Promise<void> {
  const build = { version, ...(releaseNotes === undefined ? {} : { releaseNotes }) };
  try {
    await retryTransient(clock, () => promoteToBeta(api, appId, build));
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
