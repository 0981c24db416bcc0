import type { ApiClient } from '../api/client';
import { fetchDeveloperStatus, type AppStatus, type DeveloperStatus } from '../api/developerStatus';
import { fetchUpdatedAt, submitBundle, type Submission } from '../api/miniApps';
import { I99dashError, isI99dashError } from '../errors';
import type { JsonObject } from '../json';
import { t } from '../l10n';
import type { Clock, Logger } from '../ports';
import { delay, isPassing, mayHaveArrived, waitBeforeRepeat } from '../retry';

/** How often the backend's own state is read after a submission without an answer, and the first wait between, in milliseconds. */
const READS = 4;
const FIRST_WAIT_MS = 1_000;
/** Waits before each look at that state after the backend itself refused with a passing error, in milliseconds. */
const LOOKS_AFTER_REFUSAL_MS = [0, 2_000];
/** The same where a gateway answered or the answer was lost: the backend may still be at work. */
const LOOKS_MS = [...LOOKS_AFTER_REFUSAL_MS, 4_000, 8_000];
/** Statuses of a gateway that did not get the request through, or got a broken answer. After any other it may still be at work. */
const BROKEN_GATEWAY: ReadonlySet<number> = new Set([500, 502, 520, 521, 522, 523, 525, 526, 530]);

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
 * @param reading the app's status, where that has been asked for already
 * @throws what the API client throws
 */
export async function readBackendState(
  api: ApiClient,
  appId: string,
  signal?: AbortSignal,
  reading: Promise<DeveloperStatus> = fetchDeveloperStatus(api, {
    appId,
    ...(signal === undefined ? {} : { signal }),
  }),
): Promise<BackendState> {
  const [status, updatedAt] = await Promise.all([reading, fetchUpdatedAt(api, appId, signal)]);
  const app = findApp(status, appId);
  return {
    latestVersion: app?.latestVersion ?? null,
    reviewStatus: app?.reviewStatus ?? null,
    updatedAt,
  };
}

/** What a status says of one app; undefined when there is no such app. */
export function findApp({ apps }: DeveloperStatus, appId: string): AppStatus | undefined {
  return apps.find((app) => app.appId === appId);
}

/**
 * Submits a bundle, exactly once or not at all. When the answer is lost, or comes from a gateway, the backend's own state tells whether the
 * submission arrived. It is sent again only when it did not, at most once, and not before the time the server asks for; a long wait is for the
 * user to decide on. It is never sent again after a timeout: the backend may still be at work. A server that answers "too many requests" has
 * not acted.
 * @param before the state before this publish; undefined when it could not be read, and then nothing is ever sent twice
 * @throws what the API client throws; for an outcome that cannot be found out, an error that says so
 */
export async function submitOnce(
  ports: SubmitPorts,
  request: SubmitRequest,
  before: BackendState | undefined,
): Promise<Submission> {
  const first = await attempt(ports, request, before);
  if (!('failure' in first)) {
    return first;
  }
  const wait = waitBeforeRepeat(first.failure, 1);
  if (wait === undefined || !(isPassing(first.failure) || first.mayHaveArrived)) {
    throw first.failure;
  }
  await delay(ports.clock, wait);
  ports.logger.info('Publish: the submission has not been taken; it is sent again.');
  const second = await attempt(ports, request, before);
  if (!('failure' in second)) {
    return second;
  }
  // A refusal may mean that the first one arrived after all: this version is taken.
  const taken =
    first.mayHaveArrived && !second.mayHaveArrived && before !== undefined
      ? await findSubmission(ports, request, before, second.failure)
      : undefined;
  if (taken === undefined) {
    throw second.failure;
  }
  return taken;
}

/** A submission that the backend has not taken, and why. */
interface NotAccepted {
  readonly failure: unknown;
  /** Whether only the backend's state told that it has not arrived. */
  readonly mayHaveArrived: boolean;
}

/** @throws where nobody can tell whether it arrived */
async function attempt(
  ports: SubmitPorts,
  request: SubmitRequest,
  before: BackendState | undefined,
): Promise<Submission | NotAccepted> {
  const { manifest, bundleId } = request;
  const call = { isSent: false };
  const onSend = (): void => {
    call.isSent = true;
  };
  try {
    return await submitBundle(ports.api, { manifest, bundleId }, onSend);
  } catch (failure) {
    // Without a token, nothing has left.
    if (!call.isSent || !mayHaveArrived(failure)) {
      return { failure, mayHaveArrived: false };
    }
    ports.logger.warn('Publish: the answer to the submission was lost; the backend is asked.');
    const found =
      before === undefined ? undefined : await findSubmission(ports, request, before, failure);
    if (found === undefined && (before === undefined || mayBeAtWork(failure))) {
      throw inDoubt(request, failure);
    }
    return found ?? { failure, mayHaveArrived: true };
  }
}

/**
 * Looks for the submission in the backend's state.
 * @returns undefined when it has not arrived
 * @throws when the backend cannot be asked
 */
async function findSubmission(
  ports: SubmitPorts,
  request: SubmitRequest,
  before: BackendState,
  failure: unknown,
): Promise<Submission | undefined> {
  const { appId, version } = request;
  for (const wait of isFromBackend(failure) ? LOOKS_AFTER_REFUSAL_MS : LOOKS_MS) {
    await delay(ports.clock, wait);
    const now = await readPatiently(ports, appId).catch(() => {
      throw inDoubt(request, failure);
    });
    const changed =
      now.updatedAt !== before.updatedAt || now.latestVersion !== before.latestVersion;
    if (changed && now.latestVersion === version) {
      return { reviewStatus: now.reviewStatus ?? 'pending' };
    }
  }
  return undefined;
}

/** @throws as {@link readBackendState}, once that is no better after a while */
async function readPatiently({ api, clock }: SubmitPorts, appId: string): Promise<BackendState> {
  for (let read = 1; ; read++) {
    try {
      return await readBackendState(api, appId);
    } catch (error) {
      if (!isPassing(error) || read >= READS) {
        throw error;
      }
      await delay(clock, FIRST_WAIT_MS * 2 ** (read - 1));
    }
  }
}

function isFromBackend(failure: unknown): boolean {
  return isI99dashError(failure, 'SERVER') && failure.fromBackend === true;
}

/** Whether the backend may act later than anybody waits for: it, or a gateway before it, did not answer in time. */
function mayBeAtWork(failure: unknown): boolean {
  if (!isI99dashError(failure, 'SERVER')) {
    return isI99dashError(failure, 'TIMEOUT');
  }
  const { status = 0 } = failure;
  return isFromBackend(failure) ? status === 504 : !BROKEN_GATEWAY.has(status);
}

function inDoubt({ appId, version }: SubmitRequest, lost: unknown): I99dashError {
  return new I99dashError(
    isI99dashError(lost) ? lost.code : 'OFFLINE',
    t(
      '{0} {1} was sent, but no answer came back. Look at its status before you publish again.',
      appId,
      version,
    ),
    { cause: lost, appInDoubt: appId },
  );
}
