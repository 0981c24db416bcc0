import { promoteToBeta } from '../api/beta';
import { fetchDeveloperStatus, type DeveloperStatus } from '../api/developerStatus';
import type { Submission } from '../api/publishing';
import {
  CancelledError,
  describeError,
  isI99dashError,
  restate,
  throwIfCancelled,
  type I99dashError,
  type PromotionFailure,
} from '../errors';
import { retry } from '../http/retry';
import { t } from '../text/l10n';
import type { PreparedApp } from './prepare';
import { KINDS } from './kindDefinitions';
import type { PublishableProject } from './project/project';
import type { PublishDeps, PublishOptions } from './publish';
import type { PublishLock } from './publishLock';
import { explainRefusal } from './refusal';
import type { StageClock } from './stages';
import { readBackendState, submitWithoutDuplicate, type BackendState } from './submit';
import { upload } from './upload';

/** Where a publish is, and what it needs to be delivered. */
export interface Delivery {
  options: PublishOptions;
  deps: PublishDeps;
  stages: StageClock;
  lock: PublishLock;
  /** The backend's state before anything is sent; undefined if it could not be read. */
  before: Promise<BackendState | undefined>;
}

/**
 * Uploads and submits a packed mini-app, and promotes it on the beta track. Cannot be cancelled
 * once the submission is sent.
 * @throws UPLOAD_FAILED, CancelledError
 * @throws what the API client throws
 */
export async function deliver(
  { bundle, project }: PreparedApp,
  { options, deps, stages, lock, before }: Delivery,
): Promise<Submission & { bundleId: string }> {
  const { manifest } = project;
  const { id: appId, version } = manifest;
  before.catch(() => undefined); // handled where it is awaited
  await lock.recordStage('uploading');
  stages.enter('upload', bundle.size);
  const { calls } = KINDS[project.kind.id];
  const isUnlisted = !project.kind.isListed;
  const bundleId = await upload(deps, appId, bundle, calls);
  const state = await before;
  throwIfCancelled(deps.signal);
  await lock.recordStage('submitting');
  stages.enter('submit');
  const request = { appId, version, manifest: { ...manifest }, bundleId, calls, isUnlisted };
  const submission = await submitWithoutDuplicate(deps, request, state).catch(
    async (error: unknown) => {
      throw await explainRefusal(error, project, state?.latestVersion);
    },
  );
  if (options.track === 'beta') {
    stages.enter('promote');
    await promote(project, options, deps, submission);
  }
  return { bundleId, ...submission };
}

/**
 * Requests the status of the app. A single broken connection does not mean that the network is
 * down.
 * @throws what the API client throws
 */
export function readStatus(
  { manifest: { id: appId } }: PublishableProject,
  { api, clock, signal }: PublishDeps,
): Promise<DeveloperStatus> {
  return retry(clock, () => fetchDeveloperStatus(api, { appId, ...(signal && { signal }) }), {
    nextDelay: (error, attempt) =>
      attempt === 1 && isI99dashError(error, 'OFFLINE') ? 0 : undefined,
  });
}

/**
 * Reads the backend's state. An unreadable state does not block publishing; the submission is then
 * never sent twice.
 * @param status the status of the app, if it was requested just now
 * @throws CancelledError
 */
export async function readStateBefore(
  { manifest: { id: appId } }: PublishableProject,
  { api, logger, signal }: PublishDeps,
  status?: Promise<DeveloperStatus>,
): Promise<BackendState | undefined> {
  try {
    return await readBackendState(api, appId, signal, status);
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
  { manifest: { id: appId, version } }: PublishableProject,
  { releaseNotes }: PublishOptions,
  { api, clock }: PublishDeps,
  { reviewStatus }: Submission,
): Promise<void> {
  const build = { version, ...(releaseNotes === undefined ? {} : { releaseNotes }) };
  try {
    await retry(clock, () => promoteToBeta(api, appId, build));
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
