import type { ApiClient } from '../api/client';
import { listSshKeys, removeSshKey } from '../api/sshKeys';
import { isI99dashError } from '../errors';
import { mayHaveArrived } from '../retry';

/**
 * Removes a key from the account; one that is gone already is removed. Where the answer leaves open whether it is gone, the list of keys
 * tells: a 404 may come from a gateway that knows no keys at all.
 * @throws what the API client throws; the key is then still registered, as far as anybody can tell
 */
export async function removeKey(api: ApiClient, id: string, signal?: AbortSignal): Promise<void> {
  try {
    await removeSshKey(api, id, signal);
  } catch (error) {
    const isMissing = isI99dashError(error, 'SERVER') && error.status === 404;
    if (!(isMissing || mayHaveArrived(error)) || !(await isGone(api, id, signal))) {
      throw error;
    }
  }
}

/** False too when nobody can tell. */
async function isGone(api: ApiClient, id: string, signal?: AbortSignal): Promise<boolean> {
  return listSshKeys(api, signal).then(
    (keys) => !keys.some((key) => key.id === id),
    () => false,
  );
}
