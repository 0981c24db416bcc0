import type { ApiClient } from '../api/client';
import { fetchDeveloperStatus, type AppStatus, type DeveloperStatus } from '../api/developerStatus';
import {
  fetchUpdatedAt,
  submitBundle,
  type PublishCalls,
  type Submission,
} from '../api/publishing';
import { I99dashError, isI99dashError } from '../errors';
import type { JsonObject } from '../platform/json';
import { t } from '../text/l10n';
import type { Clock, Logger } from '../platform/interfaces';
import { delay, isTransient, mayHaveSucceeded, retry, retryDelay } from '../http/retry';

/**
 * How often to read the backend's state after a submission without an answer, and the first delay
 * between reads, in milliseconds.
 */
const READS = 4;
const FIRST_WAIT_MS = 1_000;
/**
 * The delays before each read of that state after the backend itself failed with a transient error,
 * in milliseconds.
 */
const READ_DELAYS_AFTER_BACKEND_ERROR_MS = [0, 2_000];
/**
 * The same delays if a gateway answered or the answer was lost, because the backend may still
 * process the request.
 */
const READ_DELAYS_MS = [...READ_DELAYS_AFTER_BACKEND_ERROR_MS, 4_000, 8_000];
/**
 * Statuses of a gateway that did not forward the request, or got a broken answer. After any other
 * status, the backend may still process the request.
 */
const BROKEN_GATEWAY: ReadonlySet<number> = new Set([500, 502, 520, 521, 522, 523, 525, 526, 530]);

export interface SubmitDeps {
  api: ApiClient;
  clock: Clock;
  logger: Logger;
}

export interface SubmitRequest {
  appId: string;
  version: string;
  manifest: JsonObject;
  bundleId: string;
  calls?: PublishCalls;
  /** Whether the backend tells no state of the project, so that a lost answer stays in doubt. */
  isUnlisted?: boolean;
}

/**
 * The backend's state of an app before anything is sent. It is the reference if an answer is lost.
 */
export interface BackendState {
  latestVersion: string | null;
  reviewStatus: string | null;
  updatedAt: string | undefined;
}

/**
 * Reads the backend's state of an app.
 * @param requested the status of the app, if it is requested already
 * @throws what the API client throws
 */
export async function readBackendState(
  api: ApiClient,
  appId: string,
  signal?: AbortSignal,
  requested?: Promise<DeveloperStatus>,
): Promise<BackendState> {
  const [status, updatedAt] = await Promise.all([
    requested ?? fetchDeveloperStatus(api, { appId, ...(signal && { signal }) }),
    fetchUpdatedAt(api, appId, signal),
  ]);
  const app = findApp(status, appId);
  return {
    latestVersion: app?.latestVersion ?? null,
    reviewStatus: app?.reviewStatus ?? null,
    updatedAt,
  };
}

/** Returns the status of one app; undefined if there is no such app. */
export function findApp({ apps }: DeveloperStatus, appId: string): AppStatus | undefined {
  return apps.find((app) => app.appId === appId);
}

/**
 * Submits a bundle at most once. If the answer is lost or comes from a gateway, checks the
 * backend's state to see whether the submission arrived. Sends it again only if it did not, at most
 * once, and not before the time that the server requests; a long delay is left to the user to
 * decide. Never sends it again after a timeout, because the backend may still process it. A server
 * that answers "too many requests" has not acted.
 * @param before the state before this publish; undefined if it could not be read, which rules out a
 * second attempt
 * @throws what the API client throws
 * @throws an error which says that the outcome is unknown, if it cannot be determined
 */
export async function submitWithoutDuplicate(
  deps: SubmitDeps,
  request: SubmitRequest,
  before: BackendState | undefined,
): Promise<Submission> {
  const first = await attempt(deps, request, before);
  if (!('failure' in first)) {
    return first;
  }
  const wait = retryDelay(first.failure, 1);
  if (wait === undefined || !(isTransient(first.failure) || first.mayHaveSucceeded)) {
    throw first.failure;
  }
  await delay(deps.clock, wait);
  deps.logger.info('Publish: the submission has not been taken; it is sent again.');
  const second = await attempt(deps, request, before);
  if (!('failure' in second)) {
    return second;
  }
  // The version may be taken because the first attempt did arrive.
  const taken =
    first.mayHaveSucceeded && !second.mayHaveSucceeded && before !== undefined
      ? await findSubmission(deps, request, before, second.failure)
      : undefined;
  if (taken === undefined) {
    throw second.failure;
  }
  return taken;
}

/** A submission that the backend did not accept, and the reason. */
interface NotAccepted {
  readonly failure: unknown;
  /** Whether only the backend's state showed that the request did not arrive. */
  readonly mayHaveSucceeded: boolean;
}

/** @throws if it cannot be determined whether the submission arrived */
async function attempt(
  deps: SubmitDeps,
  request: SubmitRequest,
  before: BackendState | undefined,
): Promise<Submission | NotAccepted> {
  const { manifest, bundleId, calls } = request;
  const call = { isSent: false };
  const onSend = (): void => {
    call.isSent = true;
  };
  try {
    return await submitBundle(deps.api, { manifest, bundleId }, onSend, calls);
  } catch (failure) {
    // Without a token, nothing was sent.
    if (!call.isSent || !mayHaveSucceeded(failure)) {
      return { failure, mayHaveSucceeded: false };
    }
    deps.logger.warn('Publish: the answer to the submission was lost; the backend is asked.');
    const found =
      before === undefined ? undefined : await findSubmission(deps, request, before, failure);
    if (found === undefined && (before === undefined || mayBeAtWork(failure))) {
      throw outcomeUnknown(request, failure);
    }
    return found ?? { failure, mayHaveSucceeded: true };
  }
}

/**
 * Looks for the submission in the backend's state.
 * @returns undefined if it did not arrive
 * @throws if the state cannot be read
 */
async function findSubmission(
  deps: SubmitDeps,
  request: SubmitRequest,
  before: BackendState,
  failure: unknown,
): Promise<Submission | undefined> {
  const { appId, version } = request;
  for (const wait of isFromBackend(failure) ? READ_DELAYS_AFTER_BACKEND_ERROR_MS : READ_DELAYS_MS) {
    await delay(deps.clock, wait);
    const now = await readPatiently(deps, appId).catch(() => {
      throw outcomeUnknown(request, failure);
    });
    const changed =
      now.updatedAt !== before.updatedAt || now.latestVersion !== before.latestVersion;
    if (changed && now.latestVersion === version) {
      return { reviewStatus: now.reviewStatus ?? 'pending' };
    }
  }
  return undefined;
}

/**
 * Reads the backend's state, and retries for a while.
 * @throws as {@link readBackendState}, if the last attempt fails too
 */
function readPatiently({ api, clock }: SubmitDeps, appId: string): Promise<BackendState> {
  return retry(clock, () => readBackendState(api, appId), {
    nextDelay: (error, read) =>
      isTransient(error) && read < READS ? FIRST_WAIT_MS * 2 ** (read - 1) : undefined,
  });
}

function isFromBackend(failure: unknown): boolean {
  return isI99dashError(failure, 'SERVER') && failure.fromBackend === true;
}

/** Checks whether the backend may still act later, because it or a gateway timed out. */
function mayBeAtWork(failure: unknown): boolean {
  if (!isI99dashError(failure, 'SERVER')) {
    return isI99dashError(failure, 'TIMEOUT');
  }
  const { status = 0 } = failure;
  return isFromBackend(failure) ? status === 504 : !BROKEN_GATEWAY.has(status);
}

function outcomeUnknown(
  { appId, version, isUnlisted = false }: SubmitRequest,
  lost: unknown,
): I99dashError {
  return new I99dashError(
    isI99dashError(lost) ? lost.code : 'OFFLINE',
    isUnlisted
      ? t(
          '{0} {1} was sent, but no answer came back. Look for it in the web console before you publish again.',
          appId,
          version,
        )
      : t(
          '{0} {1} was sent, but no answer came back. Look at its status before you publish again.',
          appId,
          version,
        ),
    { cause: lost, appInDoubt: appId, ...(isUnlisted ? { isUnlisted } : {}) },
  );
}
