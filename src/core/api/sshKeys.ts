import { ED25519 } from '../ssh/publicKey';
import { I99dashError, isI99dashError } from '../errors';
import { expectObject, expectString, optionalString, type JsonObject } from '../platform/json';
import { t } from '../text/l10n';
import type { ApiClient } from './client';
import { pathSegment } from './pathSegment';

const KEYS_PATH = '/api/v1/account/ssh-keys';

/** The purpose of a key: sign in, or issue tokens of scope `publish` only. */
export type KeyPurpose = 'login' | 'attest';

/** A key registered with the account. Times are ISO 8601. */
export interface SshKey {
  id: string;
  name: string;
  /** `SHA256:` and unpadded base64. */
  fingerprint: string;
  keyType: string;
  /** A {@link KeyPurpose}, or one that a later backend adds. */
  purpose: string;
  /** Null when the backend does not report it. */
  createdAt: string | null;
  /** Null when the key was never used. */
  lastUsedAt: string | null;
}

/**
 * Lists the keys of the account, in the order of the backend.
 * @throws The errors of {@link ApiClient.call}.
 */
export async function listSshKeys(api: ApiClient, signal?: AbortSignal): Promise<SshKey[]> {
  const data = await api.call({ method: 'GET', path: KEYS_PATH, ...withSignal(signal) });
  const { keys } = expectObject(data, t('a list of keys'));
  if (!Array.isArray(keys)) {
    throw new I99dashError('PROTOCOL', t("The backend's answer is not {0}.", t('a list of keys')));
  }
  // Removes duplicates, because views and commands identify keys by ID.
  return [...new Map(keys.map(toSshKey).map((key) => [key.id, key])).values()];
}

/**
 * Registers a public key.
 * @param key.publicKey One line in OpenSSH format.
 * @throws KEY_EXISTS when the key is already registered with this or another account
 * @throws The errors of {@link ApiClient.call}.
 */
export async function addSshKey(
  api: ApiClient,
  { publicKey, name, purpose }: { publicKey: string; name: string; purpose: KeyPurpose },
  signal?: AbortSignal,
): Promise<SshKey> {
  const json = { public_key: publicKey, name, purpose };
  try {
    return toSshKey(
      await api.call({ method: 'POST', path: KEYS_PATH, json, ...withSignal(signal) }),
    );
  } catch (error) {
    if (isI99dashError(error, 'SERVER') && error.status === 409) {
      const message = t('This key is registered already, perhaps with another account.');
      throw new I99dashError('KEY_EXISTS', message, { cause: error });
    }
    throw error;
  }
}

/**
 * Removes a key from the account.
 * @throws PROTOCOL for an ID that cannot be part of a URL
 * @throws The errors of {@link ApiClient.call}.
 */
export async function removeSshKey(
  api: ApiClient,
  id: string,
  signal?: AbortSignal,
): Promise<void> {
  const path = `${KEYS_PATH}/${pathSegment(id)}`;
  await api.call({ method: 'DELETE', path, ignoreAnswer: true, ...withSignal(signal) });
}

function toSshKey(value: unknown): SshKey {
  const key = expectObject(value, t('an SSH key'));
  const fingerprint = expectString(key, 'fingerprint');
  return {
    id: expectString(key, 'id'),
    name: optionalString(key, 'name') ?? fingerprint,
    fingerprint,
    keyType: either(key, 'key_type', 'keyType') ?? ED25519,
    purpose: optionalString(key, 'purpose') ?? 'login',
    createdAt: either(key, 'created_at', 'createdAt'),
    lastUsedAt: either(key, 'last_used_at', 'lastUsedAt'),
  };
}

function either(key: JsonObject, snakeCase: string, camelCase: string): string | null {
  return optionalString(key, snakeCase) ?? optionalString(key, camelCase);
}

function withSignal(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
