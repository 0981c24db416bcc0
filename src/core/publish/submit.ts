import type { ApiClient } from '../api/client';
import { fetchDeveloperStatus } from '../api/developerStatus';
import { fetchUpdatedAt, submitBundle, type Submission } from '../api/miniApps';
import { I99dashError, isI99dashError } from '../errors';
import type { JsonObject } from '../json';
import { t } from '../l10n';
import type { Clock, Logger } from '../ports';
import { delay, isPassing, mayHaveArrived, waitBeforeRepeat } from '../retry';

/** How often the backend's own state is read after a submission without an answer, and the first wait between, in milliseconds. */
const READS = 4;
const FIRST_WAIT_MS = 1_000;

export interface SubmitPorts {
  api: ApiClient;
  clock: Clock;
  logger: Logger;
}

export interface SubmitRequest {
  appId: string;
  version: string;
  manifest: JsonObject;
  bundleId: string;
}

/** What the backend said of an app before anything was sent: the yardstick for an answer that is lost. */
export interface BackendState {
  latestVersion: string | null;
  reviewStatus: string | null;
  updatedAt: string | undefined;
}

/**
 * Reads what the backend holds of an app.
 * @throws what the API client throws
 */
export async function readBackendState(
  api: ApiClient,
  appId: string,
  signal?: AbortSignal,
): Promise<BackendState> {
  const [status, updatedAt] = await Promise.all([
    fetchDeveloperStatus(api, { appId, ...(signal === undefined ? {} : { signal }) }),
    fetchUpdatedAt(api, appId, signal),
  ]);
  const app = status.apps.find((candidate) => candidate.appId === appId);
  return {
    latestVersion: app?.latestVersion ?? null,
    reviewStatus: app?.reviewStatus ?? null,
    updatedAt,
  };
}

/**
 * Submits a bundle, exactly once or not at all: when the answer is lost, the backend's own state tells whether it arrived, and it is
 * submitted again only when it did not, and not before the time the server asks for; a long one is for the user to decide on. A
 * server that answers "too many requests" has not acted, and is tried once more as well.
 * @param before the state before this publish; undefined when it could not be read, and then nothing is ever sent twice
 * @throws what the API client throws; for an outcome that cannot be found out, an error that says so
 */
export async function submitOnce(
  ports: SubmitPorts,
  request: SubmitRequest,
  before: BackendState | undefined,
): Promise<Submission> {
  const { manifest, bundleId } = request;
  try {
    return await submitBundle(ports.api, { manifest, bundleId });
  } catch (error) {
    if (mayHaveArrived(error)) {
      ports.logger.warn('Publish: the answer to the submission was lost; the backend is asked.');
      const arrived = await findOut(ports, request, before, error);
      if (arrived !== undefined) {
        return arrived;
      }
    } else if (!isPassing(error)) {
      throw error;
    }
    await waitAsAsked(ports.clock, error);
  }
  ports.logger.info('Publish: the submission has not been taken; it is sent again.');
  try {
    return await submitBundle(ports.api, { manifest, bundleId });
  } catch (error) {
    const arrived = mayHaveArrived(error)
      ? await findOut(ports, request, before, error)
      : undefined;
    if (arrived !== undefined) {
      return arrived;
    }
    throw error;
  }
}

/** After a lost answer nothing is waited for unless the server asks: finding out took a while. @throws the failure itself when the wait would be long */
async function waitAsAsked(clock: Clock, failure: unknown): Promise<void> {
  const wait = waitBeforeRepeat(failure, 1);
  if (wait === undefined) {
    throw failure;
  }
  const isAskedFor = isI99dashError(failure) && failure.retryAfterMs !== undefined;
  if (isAskedFor || !mayHaveArrived(failure)) {
    await delay(clock, wait);
  }
}

/** @returns the submission when it arrived, undefined when it did not. @throws when nobody can tell */
async function findOut(
  { api, clock }: SubmitPorts,
  { appId, version }: SubmitRequest,
  before: BackendState | undefined,
  lost: unknown,
): Promise<Submission | undefined> {
  for (let read = 1; before !== undefined; read++) {
    try {
      const now = await readBackendState(api, appId);
      const changed =
        now.updatedAt !== before.updatedAt || now.latestVersion !== before.latestVersion;
      return changed && now.latestVersion === version
        ? { reviewStatus: now.reviewStatus ?? 'pending' }
        : undefined;
    } catch (error) {
      if (!isPassing(error) || read >= READS) {
        break;
      }
      await delay(clock, FIRST_WAIT_MS * 2 ** (read - 1));
    }
  }
  throw new I99dashError(
    isI99dashError(lost) ? lost.code : 'OFFLINE',
    t(
      '{0} {1} was sent, but no answer came back, and the backend cannot be asked. Look at its status before you publish again.',
      appId,
      version,
    ),
    { cause: lost, appInDoubt: appId },
  );
}
