import { I99dashError } from '../errors';
import {
  expectObject,
  expectString,
  optionalNumber,
  optionalString,
  type JsonObject,
} from '../platform/json';
import { t } from '../text/l10n';
import { assertNotLocal, assertSecureUrl } from './backendUrl';
import { isTokenText } from './bearerToken';
import type { ApiClient } from './client';

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code';
/** RFC 8628, 3.2: the default when the response has no interval, in seconds. */
const DEFAULT_INTERVAL = 5;
/** Lower limit for the poll interval, in seconds. */
const MIN_INTERVAL = 1;
/**
 * Upper limit for the poll interval, in seconds, so that an approval is noticed in time.
 * `slow_down` still adds to it.
 */
const MAX_INTERVAL = 60;
/** Upper limit for the lifetime of a code, in seconds. */
const MAX_LIFE = 24 * 60 * 60;
/** A code that the user can read and type. */
const USER_CODE = /^[\p{L}\p{N}\p{Pd} ]{1,40}$/u;

/** A pending device authorization (RFC 8628, 3.2). */
export interface DeviceGrant {
  /** A secret: it is exchanged for the credential. */
  deviceCode: string;
  /** The code that the user enters on the page. */
  userCode: string;
  verificationUri: URL;
  /** The page with the code filled in. */
  verificationUriComplete?: URL;
  /** Lifetime, in milliseconds. */
  lifeMs: number;
  /** Minimum interval between polls, in milliseconds. */
  intervalMs: number;
}

/**
 * Requests a device code.
 * @throws PROTOCOL
 * @throws BACKEND_REFUSED when the page is not safe to open
 * @throws The errors of `ApiClient.callPublic`.
 */
export async function requestDeviceCode(
  api: ApiClient,
  clientId: string,
  signal?: AbortSignal,
): Promise<DeviceGrant> {
  const answer = await api.callPublic({
    method: 'POST',
    path: '/api/v1/oauth/device/authorize',
    form: { client_id: clientId },
    ...(signal === undefined ? {} : { signal }),
  });
  const grant = expectObject(answer, t('a device code'));
  const userCode = expectString(grant, 'user_code');
  if (!USER_CODE.test(userCode)) {
    throw new I99dashError('PROTOCOL', t("The backend's code is none that a person can type."));
  }
  const verificationUri = readVerificationPage(
    expectString(grant, 'verification_uri'),
    api.backendUrl,
  );
  const complete = completePage(grant, verificationUri);
  return {
    deviceCode: expectString(grant, 'device_code'),
    userCode,
    verificationUri,
    ...(complete === undefined ? {} : { verificationUriComplete: complete }),
    lifeMs: readLifetime(grant) * 1000,
    intervalMs: readInterval(grant) * 1000,
  };
}

/**
 * Polls for the credential once (RFC 8628, 3.4).
 * @throws SERVER with the OAuth error as `serverCode`: `authorization_pending`, `slow_down`,
 * `expired_token`, `access_denied`, …
 * @throws PROTOCOL
 */
export async function requestDeviceToken(
  api: ApiClient,
  { clientId, deviceCode }: { clientId: string; deviceCode: string },
  signal?: AbortSignal,
): Promise<{ token: string; expiresIn?: number }> {
  const answer = await api.callPublic({
    method: 'POST',
    path: '/api/v1/oauth/device/token',
    form: { client_id: clientId, device_code: deviceCode, grant_type: GRANT_TYPE },
    secrets: [deviceCode],
    ...(signal === undefined ? {} : { signal }),
  });
  const data = expectObject(answer, t('an API key'));
  const token = data['access_token'];
  const type = data['token_type'];
  if (!isTokenText(token) || (typeof type === 'string' && type.toLowerCase() !== 'bearer')) {
    throw new I99dashError('PROTOCOL', t("The backend's answer is not {0}.", t('an API key')));
  }
  const expiresIn = optionalNumber(data, 'expires_in');
  return expiresIn === undefined ? { token } : { token, expiresIn };
}

/**
 * Validates the verification page.
 * @throws PROTOCOL, BACKEND_REFUSED
 */
function readVerificationPage(text: string, backendUrl: string): URL {
  if (!URL.canParse(text)) {
    throw new I99dashError('PROTOCOL', t("The backend's page for the code is not a URL."));
  }
  const url = new URL(text);
  if (hasUserInfo(url)) {
    throw new I99dashError(
      'PROTOCOL',
      t("The backend's page for the code must not hold a user name or password."),
    );
  }
  assertSecureUrl(url, 'codePage');
  assertNotLocal(url, backendUrl);
  return url;
}

/** Ignores a page on another origin than the one that is shown to the user. */
function completePage(grant: JsonObject, { origin }: URL): URL | undefined {
  const text = optionalString(grant, 'verification_uri_complete');
  const url = text !== null && URL.canParse(text) ? new URL(text) : undefined;
  return url?.origin === origin && !hasUserInfo(url) ? url : undefined;
}

/** Text before an `@` can be mistaken for the host. */
function hasUserInfo({ username, password }: URL): boolean {
  return username !== '' || password !== '';
}

function readLifetime(grant: JsonObject): number {
  const life = optionalNumber(grant, 'expires_in');
  if (life === undefined || !(life > 0)) {
    throw new I99dashError(
      'PROTOCOL',
      t('The backend\'s answer lacks the field "{0}".', 'expires_in'),
    );
  }
  return Math.min(life, MAX_LIFE);
}

function readInterval(grant: JsonObject): number {
  const interval = optionalNumber(grant, 'interval');
  return interval !== undefined && interval >= 0
    ? Math.min(Math.max(interval, MIN_INTERVAL), MAX_INTERVAL)
    : DEFAULT_INTERVAL;
}
