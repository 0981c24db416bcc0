import { I99dashError, isI99dashError } from '../errors';
import { expectObject, isJsonObject, optionalString, type JsonObject } from '../json';
import { t } from '../l10n';
import type { ApiClient } from './client';

/** The review of one app, as the wire has it. */
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

/** As the wire has it; what the backend leaves out or calls null is left out. */
export interface DeveloperStatus {
  isDeveloper: boolean;
  hasPendingRequest: boolean;
  /** At most 50. */
  apps: AppStatus[];
  appsTotal: number;
  /** ISO 8601. The backend tells developers of decisions by Telegram. */
  lastNotificationAttempt?: string;
  /** Why the last Telegram message did not arrive. */
  lastNotificationError?: string;
}

interface StatusOptions {
  /** Asks about this app alone. One that does not exist is in no list of apps. */
  appId?: string;
  signal?: AbortSignal;
}

/**
 * How the backend sees the developer and their apps (`GET /api/v1/dev/status`).
 * @throws PROTOCOL and what the API client throws
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
    // No such app. Without the app, a 404 of anything but the backend fails again.
    return { ...(await requestStatus(api, options)), apps: [], appsTotal: 0 };
  }
}

/** @throws as {@link fetchDeveloperStatus} */
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

/** Those of the fields that hold a text. */
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
