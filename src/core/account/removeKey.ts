import type { ApiClient } from '../api/client';
import { listSshKeys, removeSshKey } from '../api/sshKeys';
import { isI99dashError } from '../errors';
import { mayHaveSucceeded } from '../http/retry';

/**
 * Removes a key from the account. Succeeds when the key is already gone. When the response is
 * inconclusive, checks the list of keys: a 404 may come from a gateway without this endpoint.
 * @throws The errors of the API client. The key is then assumed to be still registered.
 */
export async function removeKey(api: ApiClient, id: string, signal?: AbortSignal): Promise<void> {
  try {
    await removeSshKey(api, id, signal);
  } catch (error) {
    const isMissing = isI99dashError(error, 'SERVER') && error.status === 404;
    if (!(isMissing || mayHaveSucceeded(error)) || !(await isGone(api, id, signal))) {
      throw error;
    }
  }
}

/** Returns false also when the list is unavailable. */
async function isGone(api: ApiClient, id: string, signal?: AbortSignal): Promise<boolean> {
  return listSshKeys(api, signal).then(
    (keys) => !keys.some((key) => key.id === id),
    () => false,
  );
}
