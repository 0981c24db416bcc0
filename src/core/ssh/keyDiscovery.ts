import { parseKeyFile, readIfKeyFile, readPublicKeyBeside } from './keyFile';
import { readKeyFolder } from './keyFolder';
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
/**
 * Finds the ed25519 private keys in a folder (`~/.ssh`), sorted by name. Empty when the folder is
 * missing or not readable.
 */
export async function discoverKeys(folder: string): Promise<DiscoveredKey[]> {
  const keys: DiscoveredKey[] = [];
  for await (const key of readKeyFolder(folder, (name) => !NOT_KEYS.test(name), describeKey)) {
    keys.push(key);
  }
  return keys;
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
