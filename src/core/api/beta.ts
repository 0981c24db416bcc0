import { I99dashError } from '../errors';
import { expectObject, optionalString, type JsonObject } from '../platform/json';
import { t } from '../text/l10n';
import type { ApiClient } from './client';
import { pathSegment } from './pathSegment';

/** The beta of an app, as the backend returns it. */
export interface BetaStatus {
  appId: string;
  betaActive: boolean;
  betaVersion: string | null;
  betaBundleSha256: string | null;
  /** ISO 8601. */
  betaExpiresAt: string | null;
  daysUntilExpiry: number | null;
  betaReleaseNotes: string | null;
  testerCount: number;
  testerCap: number;
}

/**
 * Fetches the beta status of an app (`GET …/beta/status`).
 * @throws PROTOCOL and the errors of `ApiClient.call`
 */
export async function fetchBetaStatus(
  api: ApiClient,
  appId: string,
  signal?: AbortSignal,
): Promise<BetaStatus> {
  const data = expectObject(
    await api.call({
      method: 'GET',
      path: `${betaPath(appId)}/status`,
      ...(signal === undefined ? {} : { signal }),
    }),
    t("a beta's status"),
  );
  const { betaActive } = data;
  if (typeof betaActive !== 'boolean') {
    throw new I99dashError('PROTOCOL', t('The backend does not tell whether there is a beta.'));
  }
  return {
    appId,
    betaActive,
    betaVersion: optionalString(data, 'betaVersion'),
    betaBundleSha256: optionalString(data, 'betaBundleSha256'),
    betaExpiresAt: optionalString(data, 'betaExpiresAt'),
    daysUntilExpiry: finiteNumber(data, 'daysUntilExpiry'),
    betaReleaseNotes: optionalString(data, 'betaReleaseNotes'),
    testerCount: finiteNumber(data, 'testerCount') ?? 0,
    testerCap: finiteNumber(data, 'testerCap') ?? 0,
  };
}

/** Promotes a submitted version to beta. Idempotent. */
export async function promoteToBeta(
  api: ApiClient,
  appId: string,
  build: { version: string; releaseNotes?: string },
  signal?: AbortSignal,
): Promise<void> {
  await api.call({
    method: 'POST',
    path: `${betaPath(appId)}/promote`,
    json: build,
    ignoreAnswer: true,
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Promotes the beta build to production. All users get it without another review. */
export async function promoteToProduction(
  api: ApiClient,
  appId: string,
  signal?: AbortSignal,
): Promise<void> {
  await api.call({
    method: 'POST',
    path: `${appPath(appId)}/promote-production`,
    json: {},
    ignoreAnswer: true,
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Ends the beta: testers lose access to the build. */
export async function endBeta(api: ApiClient, appId: string, signal?: AbortSignal): Promise<void> {
  await api.call({
    method: 'DELETE',
    path: betaPath(appId),
    ignoreAnswer: true,
    ...(signal === undefined ? {} : { signal }),
  });
}

function betaPath(appId: string): string {
  return `${appPath(appId)}/beta`;
}

function appPath(appId: string): string {
  return `/api/v1/dev/apps/${pathSegment(appId)}`;
}

function finiteNumber(object: JsonObject, field: string): number | null {
  const value = object[field];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
