/**
 * OpenSSH's own private key format (PROTOCOL.key), with every cipher that ssh-keygen seals it with. The packages that read it know the older
 * ciphers alone.
 */
import { createDecipheriv, type CipherGCMTypes } from 'node:crypto';
import bcrypt from 'bcrypt-pbkdf';
import { I99dashError } from '../errors';
import { t } from '../l10n';
import { chacha20 } from './chacha20';
import { ED25519, ED25519_BYTES } from './publicKey';
import { SshReader } from './sshWire';

const MAGIC = 'openssh-key-v1\0';
/** A round takes milliseconds: a file that asks for more than this would hold the editor up for minutes. */
const MAX_ROUNDS = 1024;
const TAG_BYTES = 16;

/** The container of one private key, with the private part still sealed. */
export interface OpenSshContainer {
  /** `none` where there is no passphrase. */
  cipher: string;
  kdf: string;
  kdfOptions: Buffer;
  /** The public key blob. */
  publicBlob: Buffer;
  sealed: Buffer;
  /** What stands behind the private part: the tag of an authenticating cipher. */
  tag: Buffer;
}

/** Sizes in bytes. */
interface Cipher {
  key: number;
  iv: number;
  block: number;
  open: (key: Buffer, iv: Buffer, container: OpenSshContainer) => Buffer;
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
  // The second half of the key is for the lengths of packets. Block 0 makes the tag's key. The tag itself is not looked at: a seed
  // that gives the public key in the clear is the right one.
  'chacha20-poly1305@openssh.com': {
    ...{ key: 64, iv: 0, block: 8 },
    open: (key, _iv, { sealed }) => chacha20(key.subarray(0, 32), 1, sealed),
  },
};

function classic(name: string, key: number, block = 16): Cipher {
  const open: Cipher['open'] = (secret, iv, { sealed }) => {
    const decipher = createDecipheriv(name, secret, iv).setAutoPadding(false);
    return Buffer.concat([decipher.update(sealed), decipher.final()]);
  };
  return { key, iv: block, block, open };
}

function gcm(name: CipherGCMTypes, key: number): Cipher {
  const open: Cipher['open'] = (secret, iv, { sealed, tag }) => {
    const decipher = createDecipheriv(name, secret, iv, { authTagLength: TAG_BYTES });
    decipher.setAuthTag(tag.subarray(0, TAG_BYTES));
    return Buffer.concat([decipher.update(sealed), decipher.final()]);
  };
  return { key, iv: 12, block: 16, open };
}

/** Takes the container apart; undefined when the lines are none, or one cut short, or hold several keys. */
export function readOpenSshContainer(lines: readonly string[]): OpenSshContainer | undefined {
  const body = lines.filter((line) => line !== '' && !line.startsWith('-----')).join('');
  const reader = new SshReader(Buffer.from(body, 'base64'));
  try {
    if (reader.bytes(MAGIC.length).toString('latin1') !== MAGIC) {
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

/**
 * The 32-byte seed of an ed25519 key. That it belongs to the container's public key is for the caller to check.
 * @param passphrase needed when the container is sealed
 * @throws KEY_WRONG_PASSPHRASE, KEY_UNREADABLE (damaged, a cipher we do not know, a passphrase that would take minutes to try)
 */
export function openSshSeed(
  container: OpenSshContainer,
  path: string,
  passphrase?: string,
): Buffer {
  const point = container.publicBlob.subarray(-ED25519_BYTES);
  if (container.cipher === 'none') {
    return readSeed(container.sealed, point) ?? fail(damaged(path));
  }
  const opened = unseal(container, path, passphrase ?? '');
  const seed = opened === undefined ? undefined : readSeed(opened, point);
  opened?.fill(0);
  return seed ?? fail(wrongPassphrase(path));
}

/** Undefined when the passphrase is a wrong one, as far as the cipher can tell. */
function unseal(container: OpenSshContainer, path: string, passphrase: string): Buffer | undefined {
  const cipher = Object.hasOwn(CIPHERS, container.cipher) ? CIPHERS[container.cipher] : undefined;
  if (cipher === undefined || container.kdf !== 'bcrypt') {
    throw unknownForm(path);
  }
  if (container.sealed.length % cipher.block !== 0) {
    throw damaged(path);
  }
  const secret = deriveKey(container.kdfOptions, cipher.key + cipher.iv, path, passphrase);
  try {
    return cipher.open(secret.subarray(0, cipher.key), secret.subarray(cipher.key), container);
  } catch {
    return undefined;
  } finally {
    secret.fill(0);
  }
}

function deriveKey(options: Buffer, length: number, path: string, passphrase: string): Buffer {
  const reader = new SshReader(options, () => damaged(path));
  const salt = reader.string();
  const rounds = reader.uint32();
  if (rounds > MAX_ROUNDS) {
    const message = t(
      'The key at {0} wants {1} rounds to try its passphrase; more than {2} are not worth waiting for. Fewer will do: {3}',
      path,
      rounds,
      MAX_ROUNDS,
      `ssh-keygen -p -a 64 -f ${path}`,
    );
    throw new I99dashError('KEY_UNREADABLE', message, { file: path });
  }
  if (rounds === 0 || salt.length === 0) {
    throw damaged(path);
  }
  if (passphrase === '') {
    throw wrongPassphrase(path);
  }
  const phrase = Buffer.from(passphrase);
  const secret = Buffer.alloc(length);
  bcrypt.pbkdf(phrase, phrase.length, salt, salt.length, secret, length, rounds);
  phrase.fill(0);
  return secret;
}

/**
 * Undefined when the bytes are no private part: two equal numbers, the key, a comment, padding of 1, 2, 3 …
 * @param point the public key, which stands in there twice
 */
function readSeed(bytes: Buffer, point: Buffer): Buffer | undefined {
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

function damaged(path: string): I99dashError {
  return new I99dashError('KEY_UNREADABLE', t('The key at {0} is damaged.', path), { file: path });
}

function wrongPassphrase(path: string): I99dashError {
  const message = t('This is not the passphrase of {0}.', path);
  return new I99dashError('KEY_WRONG_PASSPHRASE', message, { file: path });
}

function unknownForm(path: string): I99dashError {
  const message = t(
    'The key at {0} is kept in a form that cannot be read here. Rewrite it with: {1}',
    path,
    `ssh-keygen -p -f ${path}`,
  );
  return new I99dashError('KEY_UNREADABLE', message, { file: path });
}

function fail(error: Error): never {
  throw error;
}
