import { addSshKey, listSshKeys, type KeyPurpose, type SshKey } from '../api/sshKeys';
import type { ApiClient } from '../api/client';
import { computeFingerprint, publicKeyLine } from '../ssh/publicKey';
import { I99dashError } from '../errors';
import { t } from '../text/l10n';
import { mayHaveSucceeded } from '../http/retry';

/** The backend's limit for names, in UTF-16 units. */
export const MAX_NAME_LENGTH = 80;

/** A key to register. */
export interface NewKey {
  /** The public key blob. */
  blob: Buffer;
  name: string;
  purpose: KeyPurpose;
}

/**
 * Registers a public key. Does not send its comment, which often contains the name of a user and a
 * computer. When the response is lost, checks the list of keys for the outcome.
 * @throws KEY_EXISTS when the account has the key; the message contains its name
 * @throws The errors of the API client.
 */
export async function registerKey(
  api: ApiClient,
  { blob, name, purpose }: NewKey,
  signal?: AbortSignal,
): Promise<SshKey> {
  const fingerprint = computeFingerprint(blob);
  assertNotRegistered(await listSshKeys(api, signal), fingerprint);
  try {
    const publicKey = publicKeyLine(blob);
    return await addSshKey(api, { publicKey, name: toKeyName(name), purpose }, signal);
  } catch (error) {
    const arrived = mayHaveSucceeded(error) ? await find(api, fingerprint, signal) : undefined;
    if (arrived === undefined) {
      throw error;
    }
    return arrived;
  }
}

/**
 * Checks that the account does not have the key.
 * @throws KEY_EXISTS; the message contains the name of the key
 */
export function assertNotRegistered(keys: readonly SshKey[], fingerprint: string): void {
  const known = keys.find((key) => key.fingerprint === fingerprint);
  if (known !== undefined) {
    throw new I99dashError(
      'KEY_EXISTS',
      t('This key is registered already, as “{0}” ({1}).', known.name, known.purpose),
    );
  }
}

/** Returns undefined also when the list is unavailable. */
async function find(
  api: ApiClient,
  fingerprint: string,
  signal?: AbortSignal,
): Promise<SshKey | undefined> {
  const keys = await listSshKeys(api, signal).catch(() => []);
  return keys.find((key) => key.fingerprint === fingerprint);
}

/**
 * Sanitizes a key name for the backend: one line, no control characters, at most {@link
 * MAX_NAME_LENGTH}.
 */
export function toKeyName(text: string, fallback = 'SSH key'): string {
  const begin = text.slice(0, 4 * MAX_NAME_LENGTH);
  const line = begin.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\s]+/gu, ' ').trim();
  let name = '';
  for (const character of line) {
    if (name.length + character.length > MAX_NAME_LENGTH) {
      break;
    }
    name += character;
  }
  return name.trim() || fallback;
}
