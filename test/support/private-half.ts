import { readFileSync } from 'node:fs';

/** The private half of an ed25519 key file of OpenSSH's, without passphrase: lines of its base64 that hold it, and the seed in other spellings. */
export function privateHalf(path: string): string[] {
  const lines = readFileSync(path, 'utf8').trim().split('\n').slice(1, -1);
  const bytes = Buffer.from(lines.join(''), 'base64');
  const point = bytes.subarray(bytes.indexOf('ssh-ed25519') + 15).subarray(0, 32);
  // Behind the second of the public keys stands the length of the pair, and then the pair: seed and public key.
  const second = bytes.indexOf(point, bytes.indexOf(point) + 32);
  const seed = bytes.subarray(second + 36, second + 68);
  if (!bytes.subarray(second + 68, second + 100).equals(point)) {
    throw new Error(`${path} is not laid out as it should be`);
  }
  const encodings = ['base64', 'base64url', 'hex', 'latin1'] as const;
  return [...lines.slice(2, 4), ...encodings.map((encoding) => seed.toString(encoding))];
}
