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
/** Waits between further looks at that state where the backend may still be at work on the submission, each in milliseconds. */
const LATER_LOOKS_MS = [2_000, 4_000, 8_000];

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
 * Submits a bundle, exactly once or not at all: when the answer is lost, the backend's own state tells whether it arrived, and it is
 * submitted again only when it did not, and not before the time the server asks for; a long one is for the user to decide on. One that nobody
 * has answered in time is never sent again: it may still be at work. A server that answers "too many requests" has not acted.
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
  if (wait === undefined) {
    throw first.failure;
  }
  await delay(ports.clock, wait);
  ports.logger.info('Publish: the submission has not been taken; it is sent again.');
  const second = await attempt(ports, request, before);
  if ('failure' in second) {
    throw second.failure;
  }
  return second;
}

/** A submission that the backend has not taken, and why: it may be sent again. */
interface Untaken {
  readonly failure: unknown;
}

/** @throws what will not pass, and where nobody can tell whether it arrived */
async function attempt(
  ports: SubmitPorts,
  request: SubmitRequest,
  before: BackendState | undefined,
): Promise<Submission | Untaken> {
  const { manifest, bundleId } = request;
  const call = { isSent: false };
  const onSend = (): void => {
    call.isSent = true;
  };
  try {
    return await submitBundle(ports.api, { manifest, bundleId }, onSend);
  } catch (failure) {
    // Without a token, nothing has left.
    if (call.isSent && mayHaveArrived(failure)) {
      ports.logger.warn('Publish: the answer to the submission was lost; the backend is asked.');
      return (await findOut(ports, request, before, failure)) ?? { failure };
    }
    if (!isPassing(failure)) {
      throw failure;
    }
    return { failure };
  }
}

/**
 * @returns the submission when it arrived, undefined when it did not
 * @throws when nobody can tell: the backend cannot be asked, or may still be at work on what it has not answered
 */
async function findOut(
  ports: SubmitPorts,
  request: SubmitRequest,
  before: BackendState | undefined,
  lost: unknown,
): Promise<Submission | undefined> {
  if (before === undefined) {
    throw inDoubt(request, lost);
  }
  const { appId, version } = request;
  for (const wait of [0, ...(isUnfinished(lost) ? LATER_LOOKS_MS : [])]) {
    await delay(ports.clock, wait);
    const now = await readPatiently(ports, appId).catch(() => {
      throw inDoubt(request, lost);
    });
    const changed =
      now.updatedAt !== before.updatedAt || now.latestVersion !== before.latestVersion;
    if (changed && now.latestVersion === version) {
      return { reviewStatus: now.reviewStatus ?? 'pending' };
    }
  }
  if (isUnanswered(lost)) {
    throw inDoubt(request, lost);
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

/** Nobody has answered in time, the backend or a gateway before it: whoever was slow may go on and do it. */
function isUnanswered(lost: unknown): boolean {
  return isI99dashError(lost, 'TIMEOUT') || (isI99dashError(lost) && lost.status === 504);
}

/** Whether the backend may still be at work: all but its own word and an answer of it that makes no sense. */
function isUnfinished(lost: unknown): boolean {
  const isLost = isI99dashError(lost, 'OFFLINE') || (isI99dashError(lost) && lost.status === 502);
  return isLost || isUnanswered(lost);
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
