import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseKeyFile, readIfKeyFile, readPublicKeyBeside } from './keyFile';
import { ED25519, fingerprintOf, keyTypeOf } from './publicKey';

/** A key file a person can sign in with. */
export interface DiscoveredKey {
  path: string;
  fingerprint: string;
  comment: string;
  encrypted: boolean;
}

/** Names in `~/.ssh` that are never private keys. */
const NOT_KEYS = /^(known_hosts.*|authorized_keys.*|config|environment|rc|.*\.pub)$/u;
/** A `~/.ssh` larger than this is somebody's archive; the rest is reached by browsing. */
const MAX_FILES = 500;
/** So many are read at once: a process may hold only so many files open. */
const AT_ONCE = 32;

/** The ed25519 private keys of a folder (`~/.ssh`), by name; none when the folder is missing or closed to us. */
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

/** Where not all can be read: names of keys as `ssh-keygen` gives them first, then those that speak of the kind. */
function likelihood(name: string): number {
  return name.startsWith('id_') ? 2 : /ed25519/iu.test(name) ? 1 : 0;
}

/** What a picker shows of a key file; undefined when it is no ed25519 key, or tells not which it is. */
export async function describeKey(path: string): Promise<DiscoveredKey | undefined> {
  const key = parseKeyFile(await readIfKeyFile(path));
  if (key === undefined) {
    return undefined;
  }
  // PKCS#8 seldom holds the public key, but `ssh-keygen` leaves it in a file of its own.
  const beside = await readPublicKeyBeside(path);
  const blob = key.publicBlob ?? beside?.blob;
  if (blob === undefined || keyTypeOf(blob) !== ED25519) {
    return undefined;
  }
  const comment = beside?.blob.equals(blob) === true ? beside.comment : '';
  return { path, fingerprint: fingerprintOf(blob), comment, encrypted: key.encrypted };
}
