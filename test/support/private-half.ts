import { readFileSync } from 'node:fs';

/**
 * Returns the private half of an unencrypted OpenSSH ed25519 key file: the base64 lines that
 * contain it, and the seed in other encodings.
 */
export function privateHalf(path: string): string[] {
  const lines = readFileSync(path, 'utf8').trim().split('\n').slice(1, -1);
  const bytes = Buffer.from(lines.join(''), 'base64');
  const point = bytes.subarray(bytes.indexOf('ssh-ed25519') + 15).subarray(0, 32);
  // The second public key is followed by the length of the pair and the pair itself: seed and
  // public key.
  const second = bytes.indexOf(point, bytes.indexOf(point) + 32);
  const seed = bytes.subarray(second + 36, second + 68);
  if (!bytes.subarray(second + 68, second + 100).equals(point)) {
    throw new Error(`${path} is not laid out as it should be`);
  }
  const encodings = ['base64', 'base64url', 'hex', 'latin1'] as const;
  return [...lines.slice(2, 4), ...encodings.map((encoding) => seed.toString(encoding))];
}
