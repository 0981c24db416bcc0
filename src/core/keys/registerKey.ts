import { addSshKey, listSshKeys, type KeyPurpose, type SshKey } from '../api/sshKeys';
import type { ApiClient } from '../api/client';
import { fingerprintOf, publicKeyLine } from '../auth/publicKey';
import { I99dashError } from '../errors';
import { t } from '../l10n';
import { mayHaveArrived } from '../retry';

/** The longest name that the backend takes, in UTF-16 code units. */
export const MAX_NAME_LENGTH = 80;

/** A key to be registered. */
export interface NewKey {
  /** The public key blob. */
  blob: Buffer;
  name: string;
  purpose: KeyPurpose;
}

/**
 * Registers a public key, unless the account has it. Its comment is not sent: it often names a person and a computer. Where the answer is
 * lost, the list of keys tells whether it is registered now.
 * @throws KEY_EXISTS, which says under which name; else what the API client throws
 */
export async function registerKey(
  api: ApiClient,
  { blob, name, purpose }: NewKey,
  signal?: AbortSignal,
): Promise<SshKey> {
  const fingerprint = fingerprintOf(blob);
  assertNotRegistered(await listSshKeys(api, signal), fingerprint);
  try {
    const publicKey = publicKeyLine(blob);
    return await addSshKey(api, { publicKey, name: keyName(name), purpose }, signal);
  } catch (error) {
    const arrived = mayHaveArrived(error) ? await find(api, fingerprint, signal) : undefined;
    if (arrived === undefined) {
      throw error;
    }
    return arrived;
  }
}

/** @throws KEY_EXISTS, which says under which name */
export function assertNotRegistered(keys: readonly SshKey[], fingerprint: string): void {
  const known = keys.find((key) => key.fingerprint === fingerprint);
  if (known !== undefined) {
    throw new I99dashError(
      'KEY_EXISTS',
      t('This key is registered already, as “{0}” ({1}).', known.name, known.purpose),
    );
  }
}

/** Undefined too when nobody can tell. */
async function find(
  api: ApiClient,
  fingerprint: string,
  signal?: AbortSignal,
): Promise<SshKey | undefined> {
  const keys = await listSshKeys(api, signal).catch(() => []);
  return keys.find((key) => key.fingerprint === fingerprint);
}

/** A key's name as the backend takes it: one line, no control characters, at most {@link MAX_NAME_LENGTH}. */
export function keyName(text: string, fallback = 'SSH key'): string {
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
