/**
 * PuTTY key files, formats 2 and 3. Encrypted keys of format 3 need Argon2, which node:crypto
 * lacks.
 */
import { createHash } from 'node:crypto';
import { I99dashError } from '../../errors';
import { t } from '../../text/l10n';
import { shellQuote } from '../../platform/shellQuote';
import { decrypt } from './decrypt';
import type { KeyContainer, KeyUnlock } from './keyContainer';
import { damagedKey, fail, unknownEncryption, wrongPassphrase } from './keyErrors';
import { passphraseEncodings } from './passphraseEncodings';
import { privateKeyFromSeed, publicBlobOfKey } from './pkcs8';
import { ED25519_BYTES, readKeyType } from '../publicKey';
import { SshReader } from './sshWire';

interface PuttyFields {
  version: number;
  encryption: string;
  publicBlob: Buffer;
  /** Encrypted, if the key is. */
  privateBlob: Buffer;
}

/** Reads a PuTTY key file. Returns undefined when the lines are not one, or are truncated. */
export function readPuttyKey(lines: readonly string[]): KeyContainer | undefined {
  const fields = readPuttyFields(lines);
  if (fields === undefined) {
    return undefined;
  }
  const keyType = readKeyType(fields.publicBlob);
  return {
    format: 'putty',
    encrypted: fields.encryption !== 'none',
    publicBlob: fields.publicBlob,
    ...(keyType === undefined ? {} : { keyType }),
    refusal: (path) => whyUnreadable(fields, path),
    readSeed: async (path, unlock) => Promise.resolve(readPuttySeed(fields, path, unlock)),
  };
}

function readPuttyFields(lines: readonly string[]): PuttyFields | undefined {
  const first = lines.find((line) => line !== '') ?? '';
  const version = /^PuTTY-User-Key-File-([23]):/u.exec(first)?.[1];
  const encryption = header(lines, 'Encryption');
  const publicBlob = body(lines, 'Public-Lines');
  const privateBlob = body(lines, 'Private-Lines');
  return version === undefined || encryption === undefined || !publicBlob || !privateBlob
    ? undefined
    : { version: Number(version), encryption, publicBlob, privateBlob };
}

function header(lines: readonly string[], name: string): string | undefined {
  return lines
    .find((line) => line.startsWith(`${name}:`))
    ?.slice(name.length + 1)
    .trim();
}

/** Returns undefined when there are fewer lines than the header states. */
function body(lines: readonly string[], name: string): Buffer | undefined {
  const count = Number(header(lines, name));
  const start = lines.findIndex((line) => line.startsWith(`${name}:`)) + 1;
  return start > 0 && count > 0 && start + count <= lines.length
    ? Buffer.from(lines.slice(start, start + count).join(''), 'base64')
    : undefined;
}

function whyUnreadable(
  { version, encryption }: PuttyFields,
  path: string,
): I99dashError | undefined {
  if (encryption === 'none') {
    return undefined;
  }
  if (version === 3) {
    return sealedPutty3(path);
  }
  return encryption === 'aes256-cbc' ? undefined : unknownEncryption(path);
}

/** Reads the seed and checks that it matches the public key. */
function readPuttySeed(fields: PuttyFields, path: string, unlock: KeyUnlock | undefined): Buffer {
  if (fields.encryption === 'none') {
    return matchingSeed(fields.privateBlob, fields) ?? fail(damagedKey(path));
  }
  const reason = whyUnreadable(fields, path);
  if (reason !== undefined) {
    throw reason;
  }
  if (fields.privateBlob.length % 16 !== 0) {
    throw damagedKey(path);
  }
  // PuTTY uses the bytes of the passphrase in the system's code page.
  for (const phrase of unlock === undefined ? [] : passphraseEncodings(unlock.passphrase)) {
    const opened = decryptPutty(fields.privateBlob, phrase, path);
    const seed = opened === undefined ? undefined : matchingSeed(opened, fields);
    opened?.fill(0);
    phrase.fill(0);
    if (seed !== undefined) {
      return seed;
    }
  }
  throw wrongPassphrase(path);
}

function decryptPutty(sealed: Buffer, phrase: Buffer, path: string): Buffer | undefined {
  const halves = [0, 1].map((count) =>
    createHash('sha1')
      .update(Buffer.of(0, 0, 0, count))
      .update(phrase)
      .digest(),
  );
  const key = Buffer.concat(halves, 32);
  try {
    return decrypt({ cipher: 'aes-256-cbc', key, iv: Buffer.alloc(16), sealed }, path);
  } finally {
    key.fill(0);
    halves.forEach((half) => half.fill(0));
  }
}

/** Returns undefined when the bytes do not contain the seed of this public key. */
function matchingSeed(bytes: Buffer, { publicBlob }: PuttyFields): Buffer | undefined {
  let stored: Buffer;
  try {
    stored = new SshReader(bytes).string();
  } catch {
    return undefined;
  }
  if (stored.subarray(ED25519_BYTES).some((byte) => byte !== 0)) {
    return undefined;
  }
  // PuTTY stores the seed as a little-endian number without trailing zeros.
  const seed = Buffer.concat([stored], ED25519_BYTES);
  return publicBlobOfKey(privateKeyFromSeed(seed)).equals(publicBlob) ? seed : undefined;
}

function sealedPutty3(path: string): I99dashError {
  const message = t(
    '{0} is a PuTTY key of format 3 with a passphrase, which cannot be read here. Turn it into an OpenSSH key, with PuTTYgen (Conversions → Export OpenSSH key) or: {1}',
    path,
    `puttygen ${shellQuote(path)} -O private-openssh-new -o ${shellQuote(`${path}.new`)}`,
  );
  return new I99dashError('KEY_UNREADABLE', message, { file: path });
}
