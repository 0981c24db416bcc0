import { fetchBetaStatus, type BetaStatus } from '../api/beta';
import type { ApiClient } from '../api/client';
import { fetchDeveloperStatus, type DeveloperStatus } from '../api/developerStatus';
import { fetchMyApps, type MyApp } from '../api/publishing';
import { listTesters, type Tester } from '../api/testers';
import { CancelledError, describeError } from '../errors';
import type { Logger } from '../platform/interfaces';

/** Limit for betas loaded at once, two requests each, to keep the load on the backend low. */
const BETAS_AT_ONCE = 3;
/** Limit for betas per load. The backend returns at most 50 apps. */
const MOST_BETAS = 50;

/** The beta of an app with its testers. */
export interface Beta extends BetaStatus {
  /** Undefined when the request failed. */
  roster?: readonly Tester[];
}

/** The backend's data about a developer's apps, loaded at one point in time. */
export interface AppsSnapshot {
  status: DeveloperStatus;
  /** Empty when the request failed. */
  mine: readonly MyApp[];
  /** For the apps with an active beta. Failed requests are left out. */
  betas: readonly Beta[];
}

/**
 * Loads a developer's apps. Only the status is required; other requests may fail and are left out.
 * @throws The errors of the API client.
 */
export async function loadApps(
  api: ApiClient,
  logger: Logger,
  signal?: AbortSignal,
): Promise<AppsSnapshot> {
  const orNothing = <T>(what: string, nothing: T) => {
    return (error: unknown): T => {
      if (error instanceof CancelledError) {
        throw error;
      }
      logger.warn(`Apps: ${what} could not be read: ${describeError(error)}`);
      return nothing;
    };
  };
  const mine = fetchMyApps(api, signal).catch(orNothing('the list of apps', []));
  mine.catch(() => undefined); // a failing status request reports the error
  const status = await fetchDeveloperStatus(api, signal === undefined ? {} : { signal });
  if (status.lastNotificationError !== undefined) {
    logger.info(`Apps: the last Telegram message did not arrive: ${status.lastNotificationError}`);
  }
  const active = status.apps.filter(({ betaActive }) => betaActive).slice(0, MOST_BETAS);
  const loadBeta = async (appId: string): Promise<Beta[]> => {
    const [beta, roster] = await Promise.all([
      fetchBetaStatus(api, appId, signal).catch(orNothing(`the beta of ${appId}`, undefined)),
      listTesters(api, appId, signal).catch(orNothing(`the testers of ${appId}`, undefined)),
    ]);
    return beta === undefined ? [] : [roster === undefined ? beta : { ...beta, roster }];
  };
  let betas: Beta[] = [];
  for (let from = 0; from < active.length; from += BETAS_AT_ONCE) {
    const some = active.slice(from, from + BETAS_AT_ONCE);
    const loaded = await Promise.all(some.map(({ appId }) => loadBeta(appId)));
    betas = betas.concat(loaded.flat());
  }
  return { status, mine: await mine, betas };
}
