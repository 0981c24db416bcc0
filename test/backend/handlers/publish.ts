import { asDeveloper } from '../authenticate';
import { invalid, isObject, type JsonObject, ok, readJson, textField } from '../envelope';
import { type Context, HttpError, type Route } from '../exchange';
import { presign } from '../presign';
import type { Account, Bundle } from '../state/model';

const APP_ID = /^[a-z0-9][a-z0-9_-]{1,63}$/;
const SHA256 = /^[0-9a-f]{64}$/;
/** The media type in the signature of every upload URL. */
const BUNDLE_TYPE = 'application/gzip';

/** What is published: mini-apps or themes, by the same two calls. */
interface Kind {
  readonly path: 'mini-apps' | 'themes';
  readonly table: 'apps' | 'themes';
  readonly idField: 'appId' | 'themeId';
  /** The fields of the manifest that must be text. */
  readonly texts: readonly string[];
  readonly isTheme: boolean;
}

const MINI_APPS: Kind = {
  ...{ path: 'mini-apps', table: 'apps', idField: 'appId', isTheme: false },
  texts: ['icon', 'url', 'category'],
};
const THEMES: Kind = {
  ...{ path: 'themes', table: 'themes', idField: 'themeId', isTheme: true },
  texts: ['icon', 'category'],
};

const uploadUrl = (kind: Kind) =>
  asDeveloper('publish', (request, context, account) => {
    const { state, settings, now } = context;
    const body = readJson(request);
    const appId = appIdField(body, kind.idField);
    const contentLength = body['contentLength'];
    const sha256 = textField(body, 'sha256');
    if (
      typeof contentLength !== 'number' ||
      !Number.isSafeInteger(contentLength) ||
      contentLength < 1
    ) {
      throw invalid('contentLength must be a positive integer');
    }
    if (!SHA256.test(sha256)) throw invalid('sha256 must be 64 lower-case hex digits');
    requireOwner(context, account, kind, appId);
    const { devId } = account;
    const { bundleId } = state.bundles.announce({
      ...{ devId, appId, contentLength, sha256 },
      ...(kind.isTheme ? { kind: 'theme' } : {}),
    });
    const expires = Math.floor(now() / 1000) + settings.uploadUrlLifeSeconds;
    return ok(request, {
      uploadUrl: signedUrl(context, bundleId, expires, contentLength),
      bundleId,
      expiresAt: new Date(expires * 1000).toISOString(),
    });
  });

const submit = (kind: Kind) =>
  asDeveloper('publish', (request, context, account) => {
    const body = readJson(request);
    const bundleId = textField(body, 'bundleId');
    const { manifest, id, version } = manifestField(body, kind);
    requireOwner(context, account, kind, id);
    const bundle = uploadedBundle(context, account, kind, bundleId);
    if (bundle.appId !== id) {
      throw new HttpError(422, 'APP_ID_MISMATCH', `the bundle is ${bundle.appId}, not ${id}`);
    }
    const { reviewStatus } = context.settings;
    const { publishedAt } = context.state[kind.table].submit(
      manifest,
      version,
      bundle,
      reviewStatus,
    );
    const published =
      publishedAt === undefined ? {} : { publishedAt: new Date(publishedAt).toISOString() };
    return ok(request, { ok: true, reviewStatus, ...published });
  });

function signedUrl(context: Context, bundleId: string, expires: number, length: number): string {
  const url = new URL(`/storage/${bundleId}`, context.baseUrl());
  const allowed = {
    method: 'PUT',
    path: url.pathname,
    expires: String(expires),
    contentType: BUNDLE_TYPE,
    contentLength: String(length),
  };
  url.searchParams.set('X-Expires', allowed.expires);
  url.searchParams.set('X-Signature', presign(allowed, context.state.secret));
  return url.href;
}

function appIdField(body: JsonObject, name: string): string {
  const appId = textField(body, name, 64);
  if (!APP_ID.test(appId)) throw invalid(`${name} must match ${APP_ID.source}`);
  return appId;
}

/** Reads the manifest fields that the server needs; the client validates the rest. */
function manifestField(body: JsonObject, kind: Kind) {
  const manifest = body['manifest'];
  if (!isObject(manifest)) throw invalid('manifest must be an object');
  const { name } = manifest;
  if (!isObject(name) || Object.keys(name).length === 0)
    throw invalid('manifest.name must be a map');
  for (const field of kind.texts) textField(manifest, field);
  if (kind.isTheme && !isObject(manifest['spec'])) throw invalid('manifest.spec must be an object');
  return { manifest, id: appIdField(manifest, 'id'), version: textField(manifest, 'version') };
}

function requireOwner({ state }: Context, account: Account, { table }: Kind, appId: string): void {
  const app = state[table].find(appId);
  if (app !== undefined && app.devId !== account.devId) {
    throw new HttpError(403, 'APP_NOT_OWNED', `${appId} belongs to another developer`);
  }
}

function uploadedBundle(
  { state }: Context,
  account: Account,
  { isTheme }: Kind,
  bundleId: string,
): Bundle {
  const bundle = state.bundles.find(bundleId);
  const isFit = bundle?.devId === account.devId && (bundle.kind === 'theme') === isTheme;
  if (!isFit || bundle.received === undefined) {
    throw new HttpError(409, 'BUNDLE_MISSING', 'the bundle was not uploaded');
  }
  const { bytes, sha256 } = bundle.received;
  if (bytes !== bundle.contentLength || sha256 !== bundle.sha256) {
    throw new HttpError(422, 'BUNDLE_HASH_MISMATCH', 'the upload is not what was announced');
  }
  return bundle;
}

export const publishRoutes: readonly Route[] = [MINI_APPS, THEMES].flatMap((kind): Route[] => [
  { method: 'POST', pattern: `/api/v1/${kind.path}/upload-url`, handler: uploadUrl(kind) },
  { method: 'POST', pattern: `/api/v1/${kind.path}/submit`, handler: submit(kind) },
]);
