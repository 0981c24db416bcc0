import { ApiClient } from '../api/client';
import { listSshKeys, type SshKey } from '../api/sshKeys';
import { authenticateWithKey, type AuthenticationPorts } from '../auth/authenticate';
import { isI99dashError } from '../errors';
import type { KeyPair } from '../keys/keyPair';
import { registerKey } from '../keys/registerKey';
import { removeKey } from '../keys/removeKey';
import type { TokenSource } from '../ports';

export interface CiKeyPorts extends AuthenticationPorts {
  backendUrl: string;
  tokens: TokenSource;
}

/**
 * Registers the key of a pipeline with the least that its `i99dash login` needs. No public source says whether that asks for
 * publishing alone, which is all that a key of purpose `attest` gets; so the key is registered as one and signs in once in the way that
 * is known: without a scope, then asking who it is. Where the backend refuses that, the key is registered for login instead.
 * @throws what {@link registerKey} and signing in throw; the key is then not registered any more, if the backend can be reached
 */
export async function registerCiKey(
  ports: CiKeyPorts,
  pair: Pick<KeyPair, 'blob' | 'signer'>,
  name: string,
  signal?: AbortSignal,
): Promise<SshKey> {
  const api = new ApiClient(ports.backendUrl, ports.transport, ports.tokens);
  const { blob, signer } = pair;
  try {
    const key = await registerKey(api, { blob, name, purpose: 'attest' }, signal);
    if (await canLogIn(ports, pair, signal)) {
      return key;
    }
    await removeKey(api, key.id, signal);
    return await registerKey(api, { blob, name, purpose: 'login' }, signal);
  } catch (error) {
    await withdrawCiKey(ports, signer.fingerprint);
    throw error;
  }
}

/**
 * Removes a key whose private half has gone nowhere. Never rejects.
 * @returns whether it is not registered any more
 */
export async function withdrawCiKey(ports: CiKeyPorts, fingerprint: string): Promise<boolean> {
  const api = new ApiClient(ports.backendUrl, ports.transport, ports.tokens);
  try {
    const key = (await listSshKeys(api)).find((each) => each.fingerprint === fingerprint);
    if (key !== undefined) {
      await removeKey(api, key.id);
    }
    return true;
  } catch {
    return false;
  }
}

/** False when the backend refuses; what fails for another reason is thrown. */
async function canLogIn(
  ports: CiKeyPorts,
  { signer }: Pick<KeyPair, 'signer'>,
  signal?: AbortSignal,
): Promise<boolean> {
  try {
    // The person has agreed that this key, which is made for this backend alone, is registered there.
    const agreed = { ...ports, keyUse: { assertKnown: () => Promise.resolve() } };
    await authenticateWithKey(agreed, ports.backendUrl, signer, { source: 'ssh' }, signal);
    return true;
  } catch (error) {
    if (isRefusal(error)) {
      return false;
    }
    throw error;
  }
}

function isRefusal(error: unknown): boolean {
  if (isI99dashError(error, 'SIGN_IN_REJECTED') || isI99dashError(error, 'KEY_NOT_REGISTERED')) {
    return true;
  }
  return isI99dashError(error, 'SERVER') && (error.status === 400 || error.status === 403);
}
