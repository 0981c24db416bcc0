/**
 * OpenSSH's private key format (PROTOCOL.key) with all ciphers of ssh-keygen. Existing packages
 * only support the older ciphers.
 */
import { I99dashError } from '../../errors';
import { t } from '../../text/l10n';
import { shellQuote } from '../../platform/shellQuote';
import { chacha20 } from './chacha20';
import { TAG_BYTES, decrypt } from './decrypt';
import type { KeyContainer, KeyUnlock } from './keyContainer';
import { damagedKey, fail, unknownEncryption, wrongPassphrase } from './keyErrors';
import { ED25519, ED25519_BYTES, readKeyType } from '../publicKey';
import { SshReader } from './sshWire';

/** Magic bytes of the container. */
export const OPENSSH_MAGIC = 'openssh-key-v1\0';
/** A round takes tens of milliseconds, so more than this takes minutes. */
const MAX_ROUNDS = 1024;

/** The fields of a file. The private section is still encrypted. */
interface OpenSshFields {
  /** `none` without a passphrase. */
  cipher: string;
  kdf: string;
  kdfOptions: Buffer;
  /** The public key blob. */
  publicBlob: Buffer;
  sealed: Buffer;
  /** The bytes after the private section: the tag of an authenticated cipher. */
  tag: Buffer;
}

interface KdfOptions {
  salt: Buffer;
  rounds: number;
}

/** Sizes in bytes. */
interface Cipher {
  key: number;
  iv: number;
  block: number;
  /**
   * Returns undefined when the key is wrong.
   * @throws KEY_UNREADABLE when this process lacks the cipher
   */
  open: (key: Buffer, iv: Buffer, fields: OpenSshFields, path: string) => Buffer | undefined;
}

const CIPHERS: Readonly<Record<string, Cipher>> = {
  'aes128-cbc': classic('aes-128-cbc', 16),
  'aes192-cbc': classic('aes-192-cbc', 24),
  'aes256-cbc': classic('aes-256-cbc', 32),
  'aes128-ctr': classic('aes-128-ctr', 16),
  'aes192-ctr': classic('aes-192-ctr', 24),
  'aes256-ctr': classic('aes-256-ctr', 32),
  '3des-cbc': classic('des-ede3-cbc', 24, 8),
  'aes128-gcm@openssh.com': gcm('aes-128-gcm', 16),
  'aes256-gcm@openssh.com': gcm('aes-256-gcm', 32),
  // The second half of the key encrypts packet lengths, and block 0 yields the key of the tag. The
  // tag itself is not checked: the seed is correct if it matches the public key.
  'chacha20-poly1305@openssh.com': {
    ...{ key: 64, iv: 0, block: 8 },
    open: (key, _iv, { sealed }) => chacha20(key.subarray(0, 32), 1, sealed),
  },
};

function classic(cipher: string, size: number, block = 16): Cipher {
  return {
    ...{ key: size, iv: block, block },
    open: (key, iv, { sealed }, path) => decrypt({ cipher, key, iv, sealed }, path),
  };
}

function gcm(cipher: string, size: number): Cipher {
  return {
    ...{ key: size, iv: 12, block: 16 },
    open: (key, iv, { sealed, tag }, path) =>
      tag.length < TAG_BYTES
        ? undefined
        : decrypt({ cipher, key, iv, sealed, tag: tag.subarray(0, TAG_BYTES) }, path),
  };
}

function cipherNamed(name: string): Cipher | undefined {
  return Object.hasOwn(CIPHERS, name) ? CIPHERS[name] : undefined;
}

/**
 * Reads the body of an `OPENSSH PRIVATE KEY` block. Returns undefined when it is damaged,
 * truncated, or contains several keys.
 * @param bytes Without the armor.
 */
export function readOpenSshKey(bytes: Buffer): KeyContainer | undefined {
  const fields = readOpenSshFields(bytes);
  if (fields === undefined) {
    return undefined;
  }
  const { publicBlob, cipher } = fields;
  const keyType = readKeyType(publicBlob);
  return {
    format: 'openssh',
    encrypted: cipher !== 'none',
    publicBlob,
    ...(keyType === undefined ? {} : { keyType }),
    refusal: (path) => whyUndecryptable(fields, path),
    readSeed: (path, unlock) => readSeed(fields, path, unlock),
  };
}

function readOpenSshFields(bytes: Buffer): OpenSshFields | undefined {
  const reader = new SshReader(bytes);
  try {
    if (reader.bytes(OPENSSH_MAGIC.length).toString('latin1') !== OPENSSH_MAGIC) {
      return undefined;
    }
    const cipher = reader.string().toString('latin1');
    const kdf = reader.string().toString('latin1');
    const kdfOptions = reader.string();
    const keyCount = reader.uint32();
    const publicBlob = reader.string();
    const sealed = reader.string();
    return keyCount === 1 && sealed.length > 0
      ? { cipher, kdf, kdfOptions, publicBlob, sealed, tag: reader.rest }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Returns why this key cannot be opened with any passphrase, or undefined when it can. */
function whyUndecryptable(
  { cipher, kdf, kdfOptions }: OpenSshFields,
  path: string,
): I99dashError | undefined {
  if (cipher === 'none') {
    return undefined;
  }
  if (cipherNamed(cipher) === undefined || kdf !== 'bcrypt') {
    return unknownEncryption(path);
  }
  const rounds = readKdfOptions(kdfOptions)?.rounds ?? 0;
  return rounds > MAX_ROUNDS ? tooManyRounds(path, rounds) : undefined;
}

async function readSeed(
  fields: OpenSshFields,
  path: string,
  unlock: KeyUnlock | undefined,
): Promise<Buffer> {
  const point = fields.publicBlob.subarray(-ED25519_BYTES);
  if (fields.cipher === 'none') {
    return readPrivatePart(fields.sealed, point) ?? fail(damagedKey(path));
  }
  const reason = whyUndecryptable(fields, path);
  if (reason !== undefined) {
    throw reason;
  }
  const opened = unlock === undefined ? undefined : await decryptOpenSsh(fields, path, unlock);
  const seed = opened === undefined ? undefined : readPrivatePart(opened, point);
  opened?.fill(0);
  return seed ?? fail(wrongPassphrase(path));
}

/** Returns undefined when the cipher shows that the passphrase is wrong. */
async function decryptOpenSsh(
  fields: OpenSshFields,
  path: string,
  unlock: KeyUnlock,
): Promise<Buffer | undefined> {
  const cipher = cipherNamed(fields.cipher) ?? fail(unknownEncryption(path));
  const options = readKdfOptions(fields.kdfOptions);
  if (options === undefined || fields.sealed.length % cipher.block !== 0) {
    throw damagedKey(path);
  }
  if (unlock.passphrase === '') {
    return undefined;
  }
  const secret = await deriveKey(options, cipher.key + cipher.iv, unlock);
  try {
    return cipher.open(secret.subarray(0, cipher.key), secret.subarray(cipher.key), fields, path);
  } finally {
    secret.fill(0);
  }
}

async function deriveKey(
  { salt, rounds }: KdfOptions,
  length: number,
  { passphrase, deriveBcrypt, signal }: KeyUnlock,
): Promise<Buffer> {
  const phrase = Buffer.from(passphrase);
  try {
    const input = { passphrase: phrase, salt: Uint8Array.from(salt), rounds, length };
    const key = await deriveBcrypt(input, signal);
    return Buffer.from(key.buffer, key.byteOffset, key.byteLength);
  } finally {
    phrase.fill(0);
  }
}

/** Returns undefined when the options are damaged. */
function readKdfOptions(bytes: Buffer): KdfOptions | undefined {
  const reader = new SshReader(bytes);
  try {
    const salt = reader.string();
    const rounds = reader.uint32();
    return rounds > 0 && salt.length > 0 ? { salt, rounds } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Reads a decrypted private section: two equal numbers, the key, a comment, padding of 1, 2, 3, …
 * Returns undefined when the bytes are not one.
 * @param point The public key, which the section contains twice.
 */
function readPrivatePart(bytes: Buffer, point: Buffer): Buffer | undefined {
  const reader = new SshReader(bytes);
  try {
    const isOpen = reader.uint32() === reader.uint32();
    const type = reader.string().toString('latin1');
    const isPoint = reader.string().equals(point);
    const pair = reader.string();
    reader.string(); // the comment
    const isPadded = reader.rest.every((byte, index) => byte === index + 1);
    const isPair = pair.length === 2 * ED25519_BYTES && pair.subarray(ED25519_BYTES).equals(point);
    return isOpen && type === ED25519 && isPoint && isPair && isPadded
      ? Buffer.from(pair.subarray(0, ED25519_BYTES))
      : undefined;
  } catch {
    return undefined;
  }
}

function tooManyRounds(path: string, rounds: number): I99dashError {
  const message = t(
    'The key at {0} wants {1} rounds to try its passphrase; more than {2} are not worth waiting for. Fewer will do: {3}',
    path,
    rounds,
    MAX_ROUNDS,
    `ssh-keygen -p -a 64 -f ${shellQuote(path)}`,
  );
  return new I99dashError('KEY_UNREADABLE', message, { file: path });
}
