import { requestChallenge, verifyChallenge } from '../api/sshAuth';
import type { ApiClient } from '../api/client';
import { I99dashError, isI99dashError } from '../errors';
import { retry } from '../http/retry';
import { t } from '../text/l10n';
import type { Clock, Signer } from '../platform/interfaces';
import { tokenLifeMs } from './accessToken';
import type { KeyUseGuard } from './approvedBackends';
import { assertSignableNonce } from './nonce';

/**
 * Error code for an expired or used challenge. Older backends also return it for an unknown key.
 */
export const INVALID_CHALLENGE = 'SSH_CHALLENGE_INVALID';

export interface MintDeps {
  clock: Clock;
  /** Checked before a key signs for a backend. */
  keyUse: KeyUseGuard;
}

export interface AccessToken {
  token: string;
  /** Start of the request, in milliseconds since the epoch, by this computer's clock. */
  mintedAt: number;
  expiresAt: number;
}

/**
 * Signs in with a key: challenge, signature, access token. Retries once when the challenge has
 * expired. All signatures for backends are made here, and only for backends that the user approved
 * for the key.
 * @throws CHALLENGE_REFUSED, KEY_NOT_REGISTERED, SSH_AUTH_DISABLED
 * @throws SERVER, PROTOCOL, OFFLINE, TIMEOUT, TLS
 */
export async function requestTokenWithKey(
  api: ApiClient,
  signer: Signer,
  { clock, keyUse }: MintDeps,
  signal?: AbortSignal,
): Promise<AccessToken> {
  await keyUse.assertKnown({ fingerprint: signer.fingerprint, backendUrl: api.backendUrl });
  try {
    return await retry(clock, () => requestOnce(api, signer, clock, signal), {
      nextDelay: (error, failed) =>
        failed === 1 && getServerCode(error) === INVALID_CHALLENGE ? 0 : undefined,
    });
  } catch (error) {
    throw asSignInError(error, signer);
  }
}

async function requestOnce(
  api: ApiClient,
  signer: Signer,
  clock: Clock,
  signal?: AbortSignal,
): Promise<AccessToken> {
  const mintedAt = clock.now();
  const nonce = await requestChallenge(api, signer.fingerprint, signal);
  assertSignableNonce(nonce);
  const signature = await signer.sign(Buffer.from(nonce, 'utf8'), signal);
  const { token, expiresIn } = await verifyChallenge(
    api,
    { nonce, signature: Buffer.from(signature).toString('base64') },
    signal,
  );
  return { token, mintedAt, expiresAt: mintedAt + tokenLifeMs(token, expiresIn) };
}

function asSignInError(error: unknown, signer: Signer): unknown {
  const serverCode = getServerCode(error);
  if (serverCode === 'SSH_AUTH_DISABLED') {
    return new I99dashError(
      'SSH_AUTH_DISABLED',
      t(
        'Sign-in with an SSH key is switched off on this backend. An administrator turns it on with {0}.',
        'auth.ssh_enabled',
      ),
      { cause: error },
    );
  }
  if (serverCode === 'SSH_SIGNATURE_INVALID' || serverCode === INVALID_CHALLENGE) {
    return new I99dashError(
      'KEY_NOT_REGISTERED',
      t(
        'The backend does not know the key {0}. Add it to your account in the web console, then try again.',
        signer.fingerprint,
      ),
      { cause: error, publicKey: signer.publicKey },
    );
  }
  return error;
}

function getServerCode(error: unknown): string | undefined {
  return isI99dashError(error, 'SERVER') ? error.serverCode : undefined;
}
