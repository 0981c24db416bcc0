import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseKeyFile, readIfKeyFile, readPublicKeyBeside } from './keyFile';
import { ED25519, computeFingerprint, readKeyType } from './publicKey';

/** A key file for sign-in. */
export interface DiscoveredKey {
  path: string;
  fingerprint: string;
  comment: string;
  encrypted: boolean;
}

/** Files in `~/.ssh` that are never private keys. */
const NOT_KEYS = /^(known_hosts.*|authorized_keys.*|config|environment|rc|.*\.pub)$/u;
/** Limit for a large `~/.ssh`. The user can browse for other files. */
const MAX_FILES = 500;
/** Number of files read concurrently, because a process can open only so many. */
const AT_ONCE = 32;

/**
 * Finds the ed25519 private keys in a folder (`~/.ssh`), sorted by name. Empty when the folder is
 * missing or not readable.
 */
export async function discoverKeys(folder: string): Promise<DiscoveredKey[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries
    .filter((entry) => (entry.isFile() || entry.isSymbolicLink()) && !NOT_KEYS.test(entry.name))
    .map((entry) => entry.name)
    .sort((a, b) => likelihood(b) - likelihood(a) || (a < b ? -1 : 1))
    .slice(0, MAX_FILES)
    .sort();
  let keys: DiscoveredKey[] = [];
  for (let from = 0; from < names.length; from += AT_ONCE) {
    const batch = names.slice(from, from + AT_ONCE).map((name) => describeKey(join(folder, name)));
    keys = keys.concat((await Promise.all(batch)).filter((key) => key !== undefined));
  }
  return keys;
}

/**
 * Ranks names when there are more than the limit: default names of `ssh-keygen` first, then names
 * that contain the key type.
 */
function likelihood(name: string): number {
  return name.startsWith('id_') ? 2 : /ed25519/iu.test(name) ? 1 : 0;
}

/**
 * Describes a key file for a picker. Returns undefined when it is not an ed25519 key, or its public
 * key is unknown.
 */
export async function describeKey(path: string): Promise<DiscoveredKey | undefined> {
  const key = parseKeyFile(await readIfKeyFile(path));
  if (key === undefined) {
    return undefined;
  }
  // PKCS#8 rarely contains the public key, but `ssh-keygen` writes it to a separate file.
  const beside = await readPublicKeyBeside(path);
  const blob = key.publicBlob ?? beside?.blob;
  if (blob === undefined || readKeyType(blob) !== ED25519) {
    return undefined;
  }
  const comment = beside?.blob.equals(blob) === true ? beside.comment : '';
  return { path, fingerprint: computeFingerprint(blob), comment, encrypted: key.encrypted };
}
