import { readTextFile } from '../readTextFile';
import { publicKeyPaths } from './publicKeyPaths';

/** No public key is larger, in bytes. */
const MAX_KEY_BYTES = 64 * 1024;

/** Whether a folder (`~/.ssh`) holds the public half of an ed25519 key. Never rejects. */
export async function hasPublicKey(folder: string): Promise<boolean> {
  for (const paths of await publicKeyPaths(folder)) {
    const texts = await Promise.all(
      paths.map((path) => readTextFile(path, MAX_KEY_BYTES).catch(() => '')),
    );
    if (texts.some((text) => /^[ \t]*ssh-ed25519 /mu.test(text))) {
      return true;
    }
  }
  return false;
}
