import { I99dashError } from '../errors';
import {
  expectObject,
  expectString,
  optionalNumber,
  optionalString,
  type JsonObject,
} from '../json';
import { t } from '../l10n';
import { assertNotLocal, assertSecureUrl } from './backendUrl';
import { isTokenText } from './bearerToken';
import type { ApiClient } from './client';

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code';
/** RFC 8628, 3.2: what counts when the answer has no interval, in seconds. */
const DEFAULT_INTERVAL = 5;
/** Whatever the answer says, we poll no faster, in seconds. */
const MIN_INTERVAL = 1;
/** Nor more slowly, or a sign-in that was approved would be lost; `slow_down` still adds to it. In seconds. */
const MAX_INTERVAL = 60;
/** No code is waited for longer, in seconds. */
const MAX_LIFE = 24 * 60 * 60;
/** What a person can read and type. */
const USER_CODE = /^[\p{L}\p{N}\p{Pd} ]{1,40}$/u;

/** A code that waits for the user's approval (RFC 8628, 3.2). */
export interface DeviceGrant {
  /** A secret: whoever has it gets the credential. */
  deviceCode: string;
  /** What the user types into the page. */
  userCode: string;
  verificationUri: URL;
  /** The page with the code filled in. */
  verificationUriComplete?: URL;
  /** Milliseconds. */
  lifeMs: number;
  /** The least time between two polls, in milliseconds. */
  intervalMs: number;
}

/** Asks for a device code. @throws PROTOCOL, BACKEND_REFUSED for a page that is not safe to open, and as `ApiClient.callPublic` */
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
  const verificationUri = pageOf(expectString(grant, 'verification_uri'), api.backendUrl);
  const complete = completePage(grant, verificationUri);
  return {
    deviceCode: expectString(grant, 'device_code'),
    userCode,
    verificationUri,
    ...(complete === undefined ? {} : { verificationUriComplete: complete }),
    lifeMs: lifeOf(grant) * 1000,
    intervalMs: intervalOf(grant) * 1000,
  };
}

/**
 * One poll for the credential (RFC 8628, 3.4).
 * @throws SERVER with the OAuth error as `serverCode`: `authorization_pending`, `slow_down`, `expired_token`, `access_denied` …; PROTOCOL
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

/** @throws PROTOCOL, BACKEND_REFUSED */
function pageOf(text: string, backendUrl: string): URL {
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

/** Only ever the page that the user is shown: what leads elsewhere is not opened. */
function completePage(grant: JsonObject, { origin }: URL): URL | undefined {
  const text = optionalString(grant, 'verification_uri_complete');
  const url = text !== null && URL.canParse(text) ? new URL(text) : undefined;
  return url?.origin === origin && !hasUserInfo(url) ? url : undefined;
}

/** What stands before an `@` passes for the host with whoever reads a URL. */
function hasUserInfo({ username, password }: URL): boolean {
  return username !== '' || password !== '';
}

function lifeOf(grant: JsonObject): number {
  const life = optionalNumber(grant, 'expires_in');
  if (life === undefined || !(life > 0)) {
    throw new I99dashError(
      'PROTOCOL',
      t('The backend\'s answer lacks the field "{0}".', 'expires_in'),
    );
  }
  return Math.min(life, MAX_LIFE);
}

function intervalOf(grant: JsonObject): number {
  const interval = optionalNumber(grant, 'interval');
  return interval !== undefined && interval >= 0
    ? Math.min(Math.max(interval, MIN_INTERVAL), MAX_INTERVAL)
    : DEFAULT_INTERVAL;
}
