import { createCipheriv, randomBytes } from 'node:crypto';
import type { KeyUnlock } from './keyContainer';
import { OPENSSH_MAGIC } from './openSshKey';
import { ED25519, ed25519Blob } from '../publicKey';
import { sshString, sshUint32 } from './sshWire';

/** OpenSSH's default since 9.4. */
const CIPHER = 'aes256-ctr';
const ROUNDS = 24;
const KEY_BYTES = 32;
const IV_BYTES = 16;
const SALT_BYTES = 16;
const BLOCK_BYTES = 16;

/** The content of a private key file. */
interface Content {
  /** The raw public key. */
  point: Buffer;
  seed: Buffer;
  /** One line. */
  comment: string;
}

/**
 * Encrypts a private key in OpenSSH format (PROTOCOL.key). sshpk could do this, but derives the key
 * synchronously, which blocks the extension host for a second or two.
 * @throws CancelledError
 */
export async function writeEncryptedOpenSshKey(
  content: Content,
  unlock: KeyUnlock,
): Promise<Buffer> {
  const open = privatePart(content);
  try {
    const { sealed, options } = await seal(open, unlock);
    const container = Buffer.concat([
      Buffer.from(OPENSSH_MAGIC),
      sshString(Buffer.from(CIPHER)),
      sshString(Buffer.from('bcrypt')),
      sshString(options),
      sshUint32(1),
      sshString(ed25519Blob(content.point)),
      sshString(sealed),
    ]);
    return armour(container);
  } finally {
    open.fill(0);
  }
}

/**
 * Builds the private section: two equal numbers, the key, its comment, and padding of 1, 2, 3, … up
 * to the block size.
 */
function privatePart({ point, seed, comment }: Content): Buffer {
  const check = randomBytes(4);
  const pair = Buffer.concat([seed, point]);
  const part = Buffer.concat([
    ...[check, check, sshString(Buffer.from(ED25519)), sshString(point), sshString(pair)],
    sshString(Buffer.from(comment)),
  ]);
  const missing = (BLOCK_BYTES - (part.length % BLOCK_BYTES)) % BLOCK_BYTES;
  const padded = Buffer.concat([
    part,
    Buffer.from(Array.from({ length: missing }, (_, i) => i + 1)),
  ]);
  pair.fill(0);
  part.fill(0);
  return padded;
}

async function seal(
  open: Buffer,
  { passphrase, deriveBcrypt, signal }: KeyUnlock,
): Promise<{ sealed: Buffer; options: Buffer }> {
  const salt = randomBytes(SALT_BYTES);
  const phrase = Buffer.from(passphrase);
  const input = { passphrase: phrase, salt, rounds: ROUNDS, length: KEY_BYTES + IV_BYTES };
  const secret = await deriveBcrypt(input, signal).finally(() => phrase.fill(0));
  const cipher = createCipheriv(
    'aes-256-ctr',
    secret.subarray(0, KEY_BYTES),
    secret.subarray(KEY_BYTES),
  );
  secret.fill(0);
  const sealed = Buffer.concat([cipher.update(open), cipher.final()]);
  return { sealed, options: Buffer.concat([sshString(salt), sshUint32(ROUNDS)]) };
}

/** Wraps base64 at 70 characters between OpenSSH's markers. */
function armour(container: Buffer): Buffer {
  const lines = container.toString('base64').match(/.{1,70}/gu) ?? [];
  const name = 'OPENSSH PRIVATE KEY';
  return Buffer.from([`-----BEGIN ${name}-----`, ...lines, `-----END ${name}-----`, ''].join('\n'));
}
