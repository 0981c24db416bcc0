/**
 * Private keys in PKCS#8 (RFC 5958), as OpenSSL writes them, and in version 2 with the public key,
 * as ring writes them (RFC 8410).
 */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { I99dashError } from '../../errors';
import { t } from '../../text/l10n';
import {
  BIT_STRING,
  OBJECT_ID,
  OCTET_STRING,
  derElements,
  derHex,
  derNumber,
  derSequence,
} from './der';
import type { KeyContainer } from './keyContainer';
import { damagedKey, fail, wrongPassphrase } from './keyErrors';
import { openSealedPkcs8, readSealedPkcs8, refuseSealedPkcs8 } from './sealedPkcs8';
import { ED25519, ED25519_BYTES, ed25519Blob } from '../publicKey';

/** RFC 8410: the bytes of an ed25519 PKCS#8 structure before the 32-byte seed. */
const PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
/** `[1]`: implicit as in RFC 5958, and explicit as older versions of ring write it. */
const PUBLIC_KEY = 0x81;
const WRAPPED_PUBLIC_KEY = 0xa1;

const KEY_TYPES: Readonly<Record<string, string>> = {
  '2b6570': ED25519,
  '2b6571': 'ed448',
  '2b656e': 'x25519',
  '2b656f': 'x448',
  '2a864886f70d010101': 'rsa',
  '2a864886f70d01010a': 'rsa-pss',
  '2a8648ce3d0201': 'ec',
  '2a8648ce380401': 'dsa',
};

interface Pkcs8Key {
  keyType: string;
  /** Undefined for other key types. */
  seed?: Buffer;
  /** Only in version 2. */
  publicBlob?: Buffer;
}

/** Reads the body of a `PRIVATE KEY` block. Returns undefined when it is damaged or truncated. */
export function readPkcs8(der: Buffer): KeyContainer | undefined {
  const key = readKey(der);
  if (key === undefined) {
    return undefined;
  }
  const { keyType, seed, publicBlob } = key;
  return {
    ...{ format: 'pkcs8', encrypted: false, keyType },
    ...(publicBlob === undefined ? {} : { publicBlob }),
    readSeed: async (path) => Promise.resolve(seed ?? fail(damagedKey(path))),
  };
}

/**
 * Reads the body of an `ENCRYPTED PRIVATE KEY` block. Returns undefined when it is damaged or
 * truncated.
 */
export function readEncryptedPkcs8(der: Buffer): KeyContainer | undefined {
  const sealed = readSealedPkcs8(der);
  return sealed === undefined
    ? undefined
    : {
        ...{ format: 'pkcs8', encrypted: true },
        refusal: (path) => refuseSealedPkcs8(sealed, path),
        readSeed: async (path, unlock) => {
          const opened =
            unlock === undefined ? undefined : await openSealedPkcs8(sealed, path, unlock);
          const key = opened === undefined ? undefined : readKey(opened);
          if (key === undefined) {
            throw wrongPassphrase(path);
          }
          assertEd25519(key.keyType, path);
          const seed = Buffer.from(key.seed ?? fail(damagedKey(path)));
          opened?.fill(0);
          if (key.publicBlob?.equals(publicBlobOfSeed(seed)) === false) {
            throw damagedKey(path);
          }
          return seed;
        },
      };
}

/**
 * Checks the type of a key.
 * @throws KEY_UNSUPPORTED for any type but ed25519
 */
export function assertEd25519(keyType: string, path: string): void {
  if (keyType !== ED25519) {
    const message = t('{0} is a key of type {1}. Only ed25519 keys are supported.', path, keyType);
    throw new I99dashError('KEY_UNSUPPORTED', message, { file: path });
  }
}

/** Creates an ed25519 private key for node:crypto. Zeroes the temporary copy of the seed. */
export function privateKeyFromSeed(seed: Buffer): KeyObject {
  const der = Buffer.concat([PREFIX, seed]);
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } finally {
    der.fill(0);
  }
}

/** Returns the SSH public key blob of a private key. */
export function publicBlobOfKey(key: KeyObject): Buffer {
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return ed25519Blob(spki.subarray(-ED25519_BYTES));
}

function publicBlobOfSeed(seed: Buffer): Buffer {
  return publicBlobOfKey(privateKeyFromSeed(seed));
}

function readKey(der: Buffer): Pkcs8Key | undefined {
  const [outer] = derElements(der);
  const [version, algorithm, secret, ...attributes] = derSequence(outer);
  const [type] = derSequence(algorithm);
  const number = derNumber(version);
  if (number === undefined || number > 1 || secret?.tag !== OCTET_STRING) {
    return undefined;
  }
  const oid = derHex(type, OBJECT_ID);
  const keyType = Object.hasOwn(KEY_TYPES, oid) ? KEY_TYPES[oid] : undefined;
  if (keyType !== ED25519) {
    return oid === '' ? undefined : { keyType: keyType ?? t('unknown') };
  }
  const [seed] = derElements(secret.content);
  if (seed?.tag !== OCTET_STRING || seed.content.length !== ED25519_BYTES) {
    return undefined;
  }
  const point = readPublicKey(attributes);
  if (point !== undefined && point.length !== ED25519_BYTES) {
    return undefined;
  }
  return {
    ...{ keyType, seed: Buffer.from(seed.content) },
    ...(point === undefined ? {} : { publicBlob: ed25519Blob(point) }),
  };
}

/** Reads the public key of version 2, of any length. Returns undefined when there is none. */
function readPublicKey(fields: readonly { tag: number; content: Buffer }[]): Buffer | undefined {
  for (const { tag, content } of fields) {
    if (tag === PUBLIC_KEY) {
      return content.subarray(1);
    }
    if (tag === WRAPPED_PUBLIC_KEY) {
      const [inner] = derElements(content);
      return inner?.tag === BIT_STRING ? inner.content.subarray(1) : Buffer.alloc(0);
    }
  }
  return undefined;
}
