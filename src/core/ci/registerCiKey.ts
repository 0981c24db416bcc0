import { ApiClient } from '../api/client';
import { listSshKeys, type SshKey } from '../api/sshKeys';
import { throwIfCancelled } from '../errors';
import type { KeyPair } from '../ssh/keyPair';
import { registerKey } from '../account/registerKey';
import { removeKey } from '../account/removeKey';
import type { TokenSource, Transport } from '../platform/interfaces';

export interface CiKeyDeps {
  backendUrl: string;
  transport: Transport;
  tokens: TokenSource;
}

/**
 * Registers the key of a pipeline for login: `i99dash login` accepts no other purpose, and keys of
 * purpose `attest` are for native apps. On failure the key is removed again if the backend is
 * reachable.
 * @throws The errors of {@link registerKey}, CancelledError.
 */
export async function registerCiKey(
  deps: CiKeyDeps,
  { blob, signer }: Pick<KeyPair, 'blob' | 'signer'>,
  name: string,
  signal?: AbortSignal,
): Promise<SshKey> {
  const api = new ApiClient(deps.backendUrl, deps.transport, deps.tokens);
  try {
    const key = await registerKey(api, { blob, name, purpose: 'login' }, signal);
    throwIfCancelled(signal);
    return key;
  } catch (error) {
    await revokeCiKey(deps, signer.fingerprint);
    throw error;
  }
}

/**
 * Removes a key whose private half was not stored anywhere. Never rejects.
 * @returns Whether the key is no longer registered.
 */
export async function revokeCiKey(deps: CiKeyDeps, fingerprint: string): Promise<boolean> {
  const api = new ApiClient(deps.backendUrl, deps.transport, deps.tokens);
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
