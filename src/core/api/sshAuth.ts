import { I99dashError } from '../errors';
import { t } from '../text/l10n';
import { isTokenText } from './bearerToken';
import { expectObject, expectString, optionalNumber } from '../platform/json';
import type { ApiClient } from './client';

/** Requests a one-time challenge. The backend returns one for any fingerprint. */
export async function requestChallenge(
  api: ApiClient,
  fingerprint: string,
  signal?: AbortSignal,
): Promise<string> {
  const data = await api.callPublic({
    method: 'POST',
    path: '/api/v1/auth/ssh/challenge',
    json: { fingerprint },
    isRepeatable: true,
    ...(signal === undefined ? {} : { signal }),
  });
  return expectString(expectObject(data, t('a challenge')), 'nonce');
}

/**
 * Exchanges a signed challenge for an access token.
 * @param proof.signature Base64 of the raw 64 bytes.
 */
export async function verifyChallenge(
  api: ApiClient,
  proof: { nonce: string; signature: string },
  signal?: AbortSignal,
): Promise<{ token: string; expiresIn?: number }> {
  const data = expectObject(
    await api.callPublic({
      method: 'POST',
      path: '/api/v1/auth/ssh/verify',
      json: proof,
      secrets: [proof.signature],
      isRepeatable: true,
      ...(signal === undefined ? {} : { signal }),
    }),
    t('an access token'),
  );
  const token = data['access_token'];
  const type = data['token_type'];
  if (!isTokenText(token) || (typeof type === 'string' && type.toLowerCase() !== 'bearer')) {
    throw new I99dashError('PROTOCOL', t("The backend's answer is not {0}.", t('an access token')));
  }
  const expiresIn = optionalNumber(data, 'expires_in');
  return expiresIn === undefined ? { token } : { token, expiresIn };
}
