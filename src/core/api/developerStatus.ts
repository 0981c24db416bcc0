import { expectObject, isJsonObject, optionalString, type JsonObject } from '../json';
import type { ApiClient } from './client';

/** The review of one app, as the wire has it. */
export interface AppStatus {
  appId: string;
  latestVersion: string | null;
  reviewStatus: string | null;
  rejectionReason: string | null;
  /** ISO 8601. */
  lastPublishedAt: string | null;
  betaActive: boolean;
  betaVersion: string | null;
}

export interface DeveloperStatus {
  isDeveloper: boolean;
  hasPendingRequest: boolean;
  /** At most 50. */
  apps: AppStatus[];
  appsTotal: number;
  lastNotificationAttempt: string | null;
  lastNotificationError: string | null;
}

/** How the backend sees the developer and their apps (`GET /api/v1/dev/status`). */
export async function fetchDeveloperStatus(
  api: ApiClient,
  options: { appId?: string; signal?: AbortSignal } = {},
): Promise<DeveloperStatus> {
  const { appId, signal } = options;
  const data = expectObject(
    await api.call({
      method: 'GET',
      path: '/api/v1/dev/status',
      ...(appId === undefined ? {} : { query: { app_id: appId } }),
      ...(signal === undefined ? {} : { signal }),
    }),
    "a developer's status",
  );
  const apps = (Array.isArray(data['apps']) ? data['apps'] : []).filter(isJsonObject);
  const total = data['appsTotal'];
  return {
    isDeveloper: data['isDeveloper'] === true,
    hasPendingRequest: data['hasPendingRequest'] === true,
    apps: apps.map(parseAppStatus).filter(({ appId: id }) => id !== ''),
    appsTotal: typeof total === 'number' ? total : apps.length,
    lastNotificationAttempt: optionalString(data, 'lastNotificationAttempt'),
    lastNotificationError: optionalString(data, 'lastNotificationError'),
  };
}

function parseAppStatus(app: JsonObject): AppStatus {
  return {
    appId: optionalString(app, 'appId') ?? '',
    latestVersion: optionalString(app, 'latestVersion'),
    reviewStatus: optionalString(app, 'reviewStatus'),
    rejectionReason: optionalString(app, 'rejectionReason'),
    lastPublishedAt: optionalString(app, 'lastPublishedAt'),
    betaActive: app['betaActive'] === true,
    betaVersion: optionalString(app, 'betaVersion'),
  };
}
