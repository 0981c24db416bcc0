import { fetchBetaStatus, type BetaStatus } from '../api/beta';
import type { ApiClient } from '../api/client';
import { fetchDeveloperStatus, type DeveloperStatus } from '../api/developerStatus';
import { fetchMyApps, type MyApp } from '../api/miniApps';
import { CancelledError, describeError } from '../errors';
import type { Logger } from '../ports';

/** No more calls at once, that a developer with many betas is no burden. */
const AT_ONCE = 6;
/** No answer is worth more calls: the backend tells of 50 apps at most. */
const MOST_BETAS = 50;

/** Everything the backend told of a developer's apps at one time. */
export interface AppsSnapshot {
  status: DeveloperStatus;
  /** Empty when the backend did not tell. */
  mine: readonly MyApp[];
  /** Of the apps with an active beta, as far as the backend told. */
  betas: readonly BetaStatus[];
}

/**
 * Asks the backend for a developer's apps. Only the status is indispensable: the rest is left out where it fails.
 * @throws what the API client throws
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
  mine.catch(() => undefined); // told by the status
  const status = await fetchDeveloperStatus(api, signal === undefined ? {} : { signal });
  if (status.lastNotificationError !== undefined) {
    logger.info(`Apps: the last Telegram message did not arrive: ${status.lastNotificationError}`);
  }
  const active = status.apps.filter(({ betaActive }) => betaActive).slice(0, MOST_BETAS);
  let betas: BetaStatus[] = [];
  for (let from = 0; from < active.length; from += AT_ONCE) {
    const some = active
      .slice(from, from + AT_ONCE)
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
