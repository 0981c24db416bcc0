import { ApiClient } from '../api/client';
import { fetchAccount } from '../api/identity';
import { I99dashError } from '../errors';
import type { Account, CredentialSource } from '../identity';
import type { Clock, Signer, TokenSource, Transport } from '../ports';
import { isTokenText } from '../api/bearerToken';
import { tokenLifeMs } from './accessToken';
import { mintWithKey, type MintedToken } from './mint';
import type { SessionProfile } from './sessionRecord';

export interface AuthenticationPorts {
  transport: Transport;
  clock: Clock;
}

/** A sign-in that the backend has accepted. */
export interface Authenticated {
  profile: Omit<SessionProfile, 'sessionId'>;
  minted: MintedToken;
}

/** Where a key came from, beside the key itself. */
export interface KeyOrigin {
  source: 'ssh' | 'agent';
  /** Absolute. Where a restarted editor finds the key again. */
  keyPath?: string;
}

/** Signs in with an opened key. @throws what {@link mintWithKey} throws, SIGN_IN_REJECTED */
export async function authenticateWithKey(
  ports: AuthenticationPorts,
  backendUrl: string,
  signer: Signer,
  { source, keyPath }: KeyOrigin,
  signal?: AbortSignal,
): Promise<Authenticated> {
  const api = new ApiClient(backendUrl, ports.transport);
  const minted = await mintWithKey(api, signer, ports.clock, signal);
  const account = await accountOf(ports, backendUrl, minted.token, signal);
  const { fingerprint } = signer;
  const path = keyPath === undefined ? {} : { keyPath };
  return { minted, profile: { account, source, fingerprint, ...path } };
}

/** Signs in with a token minted elsewhere. @throws SIGN_IN_REJECTED, OFFLINE, TIMEOUT, TLS, SERVER, PROTOCOL */
export async function authenticateWithToken(
  ports: AuthenticationPorts,
  backendUrl: string,
  text: string,
  signal?: AbortSignal,
): Promise<Authenticated> {
  const token = text.trim();
  if (!isTokenText(token)) {
    throw new I99dashError('SIGN_IN_REJECTED', 'This is not an access token.');
  }
  const mintedAt = ports.clock.now();
  const account = await accountOf(ports, backendUrl, token, signal);
  const source: CredentialSource = 'token';
  const minted = { token, mintedAt, expiresAt: mintedAt + tokenLifeMs(token) };
  return { minted, profile: { account, source } };
}

function accountOf(
  { transport }: AuthenticationPorts,
  backendUrl: string,
  token: string,
  signal?: AbortSignal,
): Promise<Account> {
  const tokens: TokenSource = {
    getToken: ({ rejected } = {}) =>
      rejected === undefined
        ? Promise.resolve(token)
        : Promise.reject(
            new I99dashError('SIGN_IN_REJECTED', 'The backend does not accept this access token.'),
          ),
  };
  return fetchAccount(new ApiClient(backendUrl, transport, tokens), signal);
}
