import { I99dashError, isI99dashError } from '../errors';
import { expectObject, isJsonObject, optionalString, type JsonObject } from '../platform/json';
import { t } from '../text/l10n';
import type { ApiClient } from './client';

/** The review status of an app, as the backend returns it. */
export interface AppStatus {
  appId: string;
  latestVersion: string | null;
  reviewStatus: string | null;
  rejectionReason?: string;
  /** ISO 8601. */
  lastPublishedAt?: string;
  betaActive: boolean;
  betaVersion?: string;
}

/** The backend's response. Missing and null fields are left out. */
export interface DeveloperStatus {
  isDeveloper: boolean;
  hasPendingRequest: boolean;
  /** At most 50. */
  apps: AppStatus[];
  appsTotal: number;
  /** ISO 8601. The backend notifies developers of review results by Telegram. */
  lastNotificationAttempt?: string;
  /** Why the last Telegram message was not delivered. */
  lastNotificationError?: string;
}

interface StatusOptions {
  /** Requests only this app. The backend answers 404 for an app that does not exist. */
  appId?: string;
  signal?: AbortSignal;
}

/**
 * Fetches the status of the developer and their apps (`GET /api/v1/dev/status`).
 * @throws PROTOCOL and the errors of the API client
 */
export async function fetchDeveloperStatus(
  api: ApiClient,
  { appId, ...options }: StatusOptions = {},
): Promise<DeveloperStatus> {
  if (appId === undefined) {
    return requestStatus(api, options);
  }
  try {
    return await requestStatus(api, { appId, ...options });
  } catch (error) {
    if (!isI99dashError(error, 'SERVER') || error.status !== 404) {
      throw error;
    }
    // The app does not exist. If the 404 came from elsewhere, the request without the app fails
    // too.
    return { ...(await requestStatus(api, options)), apps: [], appsTotal: 0 };
  }
}

/**
 * Sends the request.
 * @throws The errors of {@link fetchDeveloperStatus}.
 */
async function requestStatus(
  api: ApiClient,
  { appId, signal }: StatusOptions,
): Promise<DeveloperStatus> {
  const data = expectObject(
    await api.call({
      method: 'GET',
      path: '/api/v1/dev/status',
      ...(appId === undefined ? {} : { query: { app_id: appId } }),
      ...(signal === undefined ? {} : { signal }),
    }),
    t("a developer's status"),
  );
  const listed = data['apps'] ?? [];
  if (!Array.isArray(listed)) {
    throw new I99dashError('PROTOCOL', t("The backend's answer has no list of apps."));
  }
  const apps = listed.filter(isJsonObject);
  const total = data['appsTotal'];
  return {
    isDeveloper: data['isDeveloper'] === true,
    hasPendingRequest: data['hasPendingRequest'] === true,
    apps: apps.map(parseAppStatus).filter(({ appId: id }) => id !== ''),
    appsTotal: typeof total === 'number' ? total : apps.length,
    ...textFields(data, ['lastNotificationAttempt', 'lastNotificationError']),
  };
}

function parseAppStatus(app: JsonObject): AppStatus {
  return {
    appId: optionalString(app, 'appId') ?? '',
    latestVersion: optionalString(app, 'latestVersion'),
    reviewStatus: optionalString(app, 'reviewStatus'),
    betaActive: app['betaActive'] === true,
    ...textFields(app, ['rejectionReason', 'lastPublishedAt', 'betaVersion']),
  };
}

/** Returns the fields that are non-empty strings. */
function textFields<Name extends string>(
  object: JsonObject,
  names: readonly Name[],
): Partial<Record<Name, string>> {
  const found = names.flatMap((name) => {
    const value = optionalString(object, name);
    return value === null ? [] : [[name, value] as const];
  });
  return Object.fromEntries(found) as Partial<Record<Name, string>>;
}
