import { I99dashError } from '../errors';
import { expectObject, expectString, isJsonObject, optionalString, type JsonObject } from '../json';
import type { ApiClient } from './client';

export interface UploadTarget {
  /** Presigned: a secret. */
  uploadUrl: URL;
  bundleId: string;
}

/** Asks where a bundle may be put. `contentLength` in bytes, `sha256` as lower-case hex. */
export async function requestUpload(
  api: ApiClient,
  bundle: { appId: string; contentLength: number; sha256: string },
  signal?: AbortSignal,
): Promise<UploadTarget> {
  const data = expectObject(
    await api.call({
      method: 'POST',
      path: '/api/v1/mini-apps/upload-url',
      json: bundle,
      ...(signal === undefined ? {} : { signal }),
    }),
    'an upload address',
  );
  const uploadUrl = expectString(data, 'uploadUrl');
  if (!URL.canParse(uploadUrl)) {
    throw new I99dashError('PROTOCOL', "The backend's upload address is not a URL.");
  }
  return { uploadUrl: new URL(uploadUrl), bundleId: expectString(data, 'bundleId') };
}

export interface Submission {
  reviewStatus: string;
  /** ISO 8601. */
  publishedAt?: string;
}

/** Submits an uploaded bundle for review. */
export async function submitBundle(
  api: ApiClient,
  submission: { manifest: JsonObject; bundleId: string },
  signal?: AbortSignal,
): Promise<Submission> {
  const data = expectObject(
    await api.call({
      method: 'POST',
      path: '/api/v1/mini-apps/submit',
      json: submission,
      ...(signal === undefined ? {} : { signal }),
    }),
    'a submission',
  );
  const publishedAt = optionalString(data, 'publishedAt');
  return {
    reviewStatus: expectString(data, 'reviewStatus'),
    ...(publishedAt === null ? {} : { publishedAt }),
  };
}

/** When the backend last changed one of the developer's apps (ISO 8601); undefined when it has none of this id, or does not say. */
export async function fetchUpdatedAt(
  api: ApiClient,
  appId: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const data = await api.call({
    method: 'GET',
    path: '/api/v1/mini-apps/mine',
    ...(signal === undefined ? {} : { signal }),
  });
  const apps = expectObject(data, 'a list of apps')['apps'];
  const app = (Array.isArray(apps) ? apps : [])
    .filter(isJsonObject)
    .find(({ manifest }) => isJsonObject(manifest) && manifest['id'] === appId);
  return app === undefined ? undefined : (optionalString(app, 'updatedAt') ?? undefined);
}

/** Makes a submitted version the beta build. Harmless twice. */
export async function promoteToBeta(
  api: ApiClient,
  appId: string,
  build: { version: string; releaseNotes?: string },
  signal?: AbortSignal,
): Promise<void> {
  await api.call({
    method: 'POST',
    path: `/api/v1/dev/apps/${encodeURIComponent(appId)}/beta/promote`,
    json: build,
    ignoreAnswer: true,
    ...(signal === undefined ? {} : { signal }),
  });
}
