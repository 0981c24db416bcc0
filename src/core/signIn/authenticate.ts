import { ApiClient } from '../api/client';
import { fetchAccount } from '../api/account';
import { I99dashError, isI99dashError } from '../errors';
import type { Account, CredentialSource } from '../identity';
import { t } from '../text/l10n';
import type { Clock, Signer, TokenSource, Transport } from '../platform/interfaces';
import { isTokenText } from '../api/bearerToken';
import { computeExpiry } from './accessToken';
import { requestTokenWithKey, type AccessToken, type MintDeps } from './requestToken';
import type { SessionProfile } from '../session/sessionRecord';

export interface AuthenticationDeps {
  transport: Transport;
  clock: Clock;
}

/** A sign-in that the backend has accepted. */
export interface Authenticated {
  profile: Omit<SessionProfile, 'sessionId'>;
  minted: AccessToken;
}

/** The origin of a key. */
export interface KeyOrigin {
  source: 'ssh' | 'agent';
  /** Absolute. Used to find the key after a restart of the editor. */
  keyPath?: string;
}

/**
 * Signs in with an opened key.
 * @throws SSH_AUTH_DISABLED, SIGN_IN_REJECTED and the errors of {@link requestTokenWithKey}
 */
export async function authenticateWithKey(
  deps: AuthenticationDeps & MintDeps,
  backendUrl: string,
  signer: Signer,
  { source, keyPath }: KeyOrigin,
  signal?: AbortSignal,
): Promise<Authenticated> {
  const api = new ApiClient(backendUrl, deps.transport);
  const minted = await requestTokenWithKey(api, signer, deps, signal).catch((error: unknown) => {
    throw isMissing(error) ? withoutSsh(error) : error;
  });
  const account = await toAccount(deps, backendUrl, minted.token, signal);
  const { fingerprint } = signer;
  const path = keyPath === undefined ? {} : { keyPath };
  return { minted, profile: { account, source, fingerprint, ...path } };
}

/**
 * Checks for a missing route at sign-in. A refresh retries instead, because a failing gateway
 * returns the same status.
 */
export function isMissing(error: unknown): error is I99dashError {
  return isI99dashError(error, 'SERVER') && (error.status === 404 || error.status === 405);
}

function withoutSsh(cause: I99dashError): I99dashError {
  return new I99dashError(
    'SSH_AUTH_DISABLED',
    t(
      'This backend has no sign-in with an SSH key (HTTP {0}). It is an older one, or its URL is wrong.',
      cause.status ?? 404,
    ),
    { cause },
  );
}

/**
 * Signs in with a token issued elsewhere.
 * @throws SIGN_IN_REJECTED, OFFLINE, TIMEOUT, TLS, SERVER, PROTOCOL
 */
export async function authenticateWithToken(
  deps: AuthenticationDeps,
  backendUrl: string,
  text: string,
  signal?: AbortSignal,
): Promise<Authenticated> {
  const token = text.trim();
  if (!isTokenText(token)) {
    throw new I99dashError('SIGN_IN_REJECTED', t('This is not an access token.'));
  }
  const mintedAt = deps.clock.now();
  const account = await toAccount(deps, backendUrl, token, signal);
  const source: CredentialSource = 'token';
  const minted = { token, mintedAt, expiresAt: computeExpiry(token, mintedAt) };
  return { minted, profile: { account, source } };
}

/**
 * Fetches the account of a new token.
 * @throws SIGN_IN_REJECTED and the errors of {@link fetchAccount}
 */
export function toAccount(
  { transport }: AuthenticationDeps,
  backendUrl: string,
  token: string,
  signal?: AbortSignal,
): Promise<Account> {
  const tokens: TokenSource = {
    getToken: ({ rejected } = {}) =>
      rejected === undefined
        ? Promise.resolve(token)
        : Promise.reject(
            new I99dashError(
              'SIGN_IN_REJECTED',
              t('The backend does not accept this access token.'),
            ),
          ),
  };
  return fetchAccount(new ApiClient(backendUrl, transport, tokens), signal);
}
