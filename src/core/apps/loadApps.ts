import { fetchBetaStatus, type BetaStatus } from '../api/beta';
import type { ApiClient } from '../api/client';
import { fetchDeveloperStatus, type DeveloperStatus } from '../api/developerStatus';
import { fetchMyApps, type MyApp } from '../api/miniApps';
import { CancelledError, describeError } from '../errors';
import type { Logger } from '../platform/interfaces';

/** Limit for concurrent requests, to keep the load on the backend low. */
const BETAS_AT_ONCE = 6;
/** Limit for beta requests per load. The backend returns at most 50 apps. */
const MOST_BETAS = 50;

/** The backend's data about a developer's apps, loaded at one point in time. */
export interface AppsSnapshot {
  status: DeveloperStatus;
  /** Empty when the request failed. */
  mine: readonly MyApp[];
  /** For the apps with an active beta. Failed requests are left out. */
  betas: readonly BetaStatus[];
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
  let betas: BetaStatus[] = [];
  for (let from = 0; from < active.length; from += BETAS_AT_ONCE) {
    const some = active
      .slice(from, from + BETAS_AT_ONCE)
      .map(({ appId }) =>
        fetchBetaStatus(api, appId, signal).then(
          (beta) => [beta],
          orNothing<BetaStatus[]>(`the beta of ${appId}`, []),
        ),
      );
    betas = betas.concat((await Promise.all(some)).flat());
  }
  return { status, mine: await mine, betas };
}
