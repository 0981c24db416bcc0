import { readPublicKeyFile } from './publicKeyFile';
import { publicKeyPaths } from './publicKeyPaths';

/** Checks whether a folder (`~/.ssh`) contains an ed25519 public key. Never rejects. */
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
