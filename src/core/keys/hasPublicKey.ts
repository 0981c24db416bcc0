import { readPublicKeyFile } from './publicKeyFile';
import { publicKeyPaths } from './publicKeyPaths';

/** Whether a folder (`~/.ssh`) holds the public half of an ed25519 key. Never rejects. */
export async function hasPublicKey(folder: string): Promise<boolean> {
  for (const paths of await publicKeyPaths(folder)) {
    const keys = await Promise.all(
      paths.map((path) => readPublicKeyFile(path).catch(() => undefined)),
    );
    if (keys.some((key) => key !== undefined)) {
      return true;
    }
  }
  return false;
}
