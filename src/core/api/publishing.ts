import { I99dashError } from '../errors';
import {
  expectObject,
  expectString,
  isJsonObject,
  optionalString,
  type JsonObject,
} from '../platform/json';
import { t } from '../text/l10n';
import { serverWords } from '../text/sanitizeLine';
import { assertNotLocal } from './backendUrl';
import type { ApiCall, ApiClient } from './client';

export interface UploadTarget {
  /** Presigned, therefore secret. */
  uploadUrl: URL;
  bundleId: string;
}

/** The two calls that publish a bundle of some kind of project. */
export interface PublishCalls {
  collection: 'mini-apps' | 'themes';
  /** The field that names the project when an upload URL is requested. */
  idField: 'appId' | 'themeId';
}

export const MINI_APP_CALLS: PublishCalls = { collection: 'mini-apps', idField: 'appId' };
export const THEME_CALLS: PublishCalls = { collection: 'themes', idField: 'themeId' };

/**
 * Requests an upload URL for a bundle. `contentLength` is in bytes, `sha256` in lower-case hex.
 * @throws BACKEND_REFUSED for a URL on this computer when the backend is remote
 * @throws PROTOCOL and the errors of `ApiClient.call`
 */
export async function requestUpload(
  api: ApiClient,
  { appId, ...bundle }: { appId: string; contentLength: number; sha256: string },
  signal?: AbortSignal,
  { collection, idField }: PublishCalls = MINI_APP_CALLS,
): Promise<UploadTarget> {
  const data = expectObject(
    await api.call({
      method: 'POST',
      path: `/api/v1/${collection}/upload-url`,
      json: { [idField]: appId, ...bundle },
      isRepeatable: true, // an unused upload URL expires
      ...(signal === undefined ? {} : { signal }),
    }),
    t('an upload address'),
  );
  const text = expectString(data, 'uploadUrl');
  if (!URL.canParse(text)) {
    throw new I99dashError('PROTOCOL', t("The backend's upload address is not a URL."));
  }
  const uploadUrl = new URL(text);
  assertNotLocal(uploadUrl, api.backendUrl);
  return { uploadUrl, bundleId: expectString(data, 'bundleId') };
}

export interface Submission {
  reviewStatus: string;
  /** ISO 8601. */
  publishedAt?: string;
}

/**
 * Submits an uploaded bundle for review.
 * @param onSend See {@link ApiCall.onSend}.
 */
export async function submitBundle(
  api: ApiClient,
  submission: { manifest: JsonObject; bundleId: string },
  onSend: NonNullable<ApiCall['onSend']> = () => undefined,
  { collection }: PublishCalls = MINI_APP_CALLS,
): Promise<Submission> {
  const data = expectObject(
    await api.call({
      method: 'POST',
      path: `/api/v1/${collection}/submit`,
      json: submission,
      onSend,
    }),
    t('a submission'),
  );
  if (data['ok'] === false) {
    throw refused(data);
  }
  const publishedAt = optionalString(data, 'publishedAt');
  return {
    reviewStatus: expectString(data, 'reviewStatus'),
    ...(publishedAt === null ? {} : { publishedAt }),
  };
}

/** Creates the error for a successful status with `ok: false` in the body. */
function refused(data: JsonObject): I99dashError {
  const words = serverWords(
    optionalString(data, 'message') ?? optionalString(data, 'reason') ?? '',
  );
  const message =
    words === ''
      ? t('The backend did not accept the submission.')
      : t('The backend says: {0}', words);
  return new I99dashError('SERVER', message, { status: 200 });
}

/** One of the developer's apps, as the backend returns it. */
export interface MyApp {
  /** The last submitted manifest. Not validated. */
  manifest: JsonObject;
  /** The status as the backend reports it. */
  status: string | null;
  version: string | null;
  /** ISO 8601. */
  updatedAt?: string;
}

/**
 * Fetches all apps that the developer has submitted (`GET /api/v1/mini-apps/mine`).
 * @throws PROTOCOL and the errors of `ApiClient.call`
 */
export async function fetchMyApps(api: ApiClient, signal?: AbortSignal): Promise<MyApp[]> {
  const data = await api.call({
    method: 'GET',
    path: '/api/v1/mini-apps/mine',
    ...(signal === undefined ? {} : { signal }),
  });
  const { apps } = expectObject(data, t('a list of apps'));
  if (!Array.isArray(apps)) {
    throw new I99dashError('PROTOCOL', t("The backend's answer has no list of apps."));
  }
  return apps.filter(isJsonObject).flatMap((app) => {
    const { manifest } = app;
    const updatedAt = optionalString(app, 'updatedAt');
    return isJsonObject(manifest)
      ? {
          manifest,
          status: optionalString(app, 'status'),
          version: optionalString(app, 'version'),
          ...(updatedAt === null ? {} : { updatedAt }),
        }
      : [];
  });
}

/**
 * Fetches the time of an app's last change (ISO 8601). Undefined when the app does not exist or has
 * no time.
 */
export async function fetchUpdatedAt(
  api: ApiClient,
  appId: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const apps = await fetchMyApps(api, signal);
  return apps.find(({ manifest }) => manifest['id'] === appId)?.updatedAt;
}
