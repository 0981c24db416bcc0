import { ApiClient } from '../api/client';
import { requestDeviceCode, requestDeviceToken, type DeviceGrant } from '../api/deviceAuth';
import { I99dashError, isI99dashError, throwIfCancelled } from '../errors';
import type { Account } from '../identity';
import { t } from '../text/l10n';
import { delay, isTransient, retry, retryDelay } from '../http/retry';
import { computeExpiry } from './accessToken';
import { toAccount, isMissing, type Authenticated, type AuthenticationDeps } from './authenticate';
import type { AccessToken } from './requestToken';

/** RFC 8628, 3.5: each `slow_down` adds this to the interval, in milliseconds. */
const SLOW_DOWN_MS = 5_000;
/** Maximum backoff after a network failure, in milliseconds. */
const MAX_POLL_MS = 60_000;
/**
 * How long the verification of a new key is retried, in milliseconds. Giving up would lose the key.
 */
const CONFIRM_MS = 60_000;

/** What the user needs to approve a sign-in. */
export interface DeviceCodePrompt {
  userCode: string;
  /** The page, for display. */
  verificationUri: string;
  /** The URL to open: the page, with the code filled in if the backend supports it. */
  openUri: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

/**
 * Signs in with a device code (RFC 8628): shows a code, waits for its approval in a browser, and
 * fetches the API key. The verification of the key is retried, because issuing it has revoked the
 * previous one.
 * @param prompt Called once, when there is a code to show.
 * @throws DEVICE_CODE_UNSUPPORTED, DEVICE_CODE_DENIED, DEVICE_CODE_EXPIRED, SIGN_IN_REJECTED
 * @throws SERVER, PROTOCOL, TLS, OFFLINE, TIMEOUT
 */
export async function authenticateWithDeviceCode(
  deps: AuthenticationDeps,
  backendUrl: string,
  { clientId, prompt }: { clientId: string; prompt: (prompt: DeviceCodePrompt) => void },
  signal?: AbortSignal,
): Promise<Authenticated> {
  const api = new ApiClient(backendUrl, deps.transport);
  const startedAt = deps.clock.now();
  const grant = await requestDeviceCode(api, clientId, signal).catch(asBeginning);
  const expiresAt = startedAt + grant.lifeMs;
  prompt({
    userCode: grant.userCode,
    verificationUri: grant.verificationUri.href,
    openUri: (grant.verificationUriComplete ?? grant.verificationUri).href,
    expiresAt,
  });
  const minted = await waitForKey(deps, api, { grant, clientId, expiresAt }, signal);
  const account = await confirmApiKey(deps, backendUrl, minted.token, signal);
  return { minted, profile: { account, source: 'deviceCode' } };
}

async function waitForKey(
  { clock }: AuthenticationDeps,
  api: ApiClient,
  wanted: { grant: DeviceGrant; clientId: string; expiresAt: number },
  signal?: AbortSignal,
): Promise<AccessToken> {
  const { grant, clientId, expiresAt } = wanted;
  let interval = grant.intervalMs;
  let wait = interval;
  for (;;) {
    await delay(clock, Math.min(wait, expiresAt - clock.now()), signal);
    const mintedAt = clock.now();
    if (mintedAt >= expiresAt) {
      throw expired();
    }
    try {
      const { deviceCode } = grant;
      const { token, expiresIn } = await requestDeviceToken(api, { clientId, deviceCode }, signal);
      return { token, mintedAt, expiresAt: computeExpiry(token, mintedAt, expiresIn) };
    } catch (error) {
      throwIfCancelled(signal);
      const answer = interpretFailure(error);
      interval += answer === 'slowDown' ? SLOW_DOWN_MS : 0;
      wait = answer === 'trouble' ? backOff(error, wait, interval) : interval;
    }
  }
}

/**
 * Classifies the error of a poll.
 * @throws The error that ends the flow.
 */
function interpretFailure(error: unknown): 'pending' | 'slowDown' | 'trouble' {
  const serverCode = isI99dashError(error, 'SERVER') ? error.serverCode : undefined;
  switch (serverCode) {
    case 'authorization_pending':
      return 'pending';
    case 'slow_down':
      return 'slowDown';
    case 'expired_token':
    case 'invalid_grant': // the server has deleted the code
      throw expired(error);
    case 'access_denied':
      throw new I99dashError(
        'DEVICE_CODE_DENIED',
        t('The sign-in was denied in the browser, or your account has no developer access yet.'),
        { cause: error },
      );
    default:
      if (isTransient(error)) {
        return 'trouble';
      }
      throw error;
  }
}

/**
 * RFC 8628, 3.5: doubles the delay after each consecutive failure, and is never shorter than the
 * server requested.
 */
function backOff(error: unknown, waited: number, interval: number): number {
  const asked = isI99dashError(error) ? (error.retryAfterMs ?? 0) : 0;
  return Math.max(Math.min(2 * waited, MAX_POLL_MS), interval, asked);
}

function confirmApiKey(
  deps: AuthenticationDeps,
  backendUrl: string,
  token: string,
  signal?: AbortSignal,
): Promise<Account> {
  const { clock } = deps;
  const end = clock.now() + CONFIRM_MS;
  return retry(clock, () => toAccount(deps, backendUrl, token, signal), {
    signal,
    nextDelay: (error, attempt) => {
      const left = end - clock.now();
      return isTransient(error) && left > 0 ? retryDelay(error, attempt, left) : undefined;
    },
  });
}

function expired(cause?: unknown): I99dashError {
  return new I99dashError(
    'DEVICE_CODE_EXPIRED',
    t('The code expired before the sign-in was approved.'),
    { cause },
  );
}

/** Error codes of a backend without this flow, or without our client ID. */
const UNKNOWN_TO_BACKEND: ReadonlySet<string | undefined> = new Set([
  'invalid_client',
  'unauthorized_client',
  'unsupported_grant_type',
]);

function asBeginning(error: unknown): never {
  const isUnknown = isI99dashError(error, 'SERVER') && UNKNOWN_TO_BACKEND.has(error.serverCode);
  throw isUnknown || isMissing(error) ? unsupported(error) : error;
}

/** Creates the error DEVICE_CODE_UNSUPPORTED. */
export function unsupported(cause?: unknown): I99dashError {
  return new I99dashError(
    'DEVICE_CODE_UNSUPPORTED',
    t("This backend doesn't support device codes. Sign in with your SSH key instead."),
    { cause },
  );
}
