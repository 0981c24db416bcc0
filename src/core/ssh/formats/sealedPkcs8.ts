/**
 * Encrypted PKCS#8 (RFC 5958): PBES2 with PBKDF2 or scrypt (RFC 8018, RFC 7914), and PBE-SHA1-3DES
 * (RFC 7292), the one older scheme that OpenSSL 3 still supports by default. Not delegated to
 * OpenSSL, so that an unknown algorithm is never mistaken for a wrong passphrase, whatever crypto
 * library this process has.
 */
import { pbkdf2, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { CancelledError, I99dashError, throwIfCancelled } from '../../errors';
import { t } from '../../text/l10n';
import { shellQuote } from '../../platform/shellQuote';
import { decrypt } from './decrypt';
import {
  OBJECT_ID,
  OCTET_STRING,
  DER_SEQUENCE,
  derElements,
  derHex,
  derNumber,
  derSequence,
  type DerElement,
} from './der';
import type { KeyUnlock } from './keyContainer';
import { rewritableEncryption, unknownEncryption } from './keyErrors';
import { pkcs12Key } from './pkcs12Kdf';

const PBES2 = '2a864886f70d01050d';
const PBKDF2 = '2a864886f70d01050c';
const SCRYPT = '2b06010401da47040b';
const PBE_SHA1_3DES = '2a864886f70d010c0103';
/** Prefixes of the PKCS#5 and PKCS#12 algorithms in OpenSSL 3's legacy provider. */
const LEGACY = /^2a864886f70d01(?:05|0c01)0\w$/u;

const HASHES: Readonly<Record<string, string>> = {
  '2a864886f70d0207': 'sha1',
  '2a864886f70d0208': 'sha224',
  '2a864886f70d0209': 'sha256',
  '2a864886f70d020a': 'sha384',
  '2a864886f70d020b': 'sha512',
};

interface Pkcs8Cipher {
  name: string;
  /** In bytes. */
  key: number;
  iv: number;
}

const TRIPLE_DES: Pkcs8Cipher = { name: 'des-ede3-cbc', key: 24, iv: 8 };
const PKCS8_CIPHERS: Readonly<Record<string, Pkcs8Cipher>> = {
  '608648016503040102': { name: 'aes-128-cbc', key: 16, iv: 16 },
  '608648016503040116': { name: 'aes-192-cbc', key: 24, iv: 16 },
  '60864801650304012a': { name: 'aes-256-cbc', key: 32, iv: 16 },
  '2a864886f70d0307': TRIPLE_DES,
};

/**
 * Two million rounds of PBKDF2 take about a second and are several times the recommendations of
 * OpenSSL and OWASP. The same limit fits scrypt.
 */
const MAX_PBKDF2_ROUNDS = 2_000_000;
/** Each round of PBE-SHA1-3DES blocks the event loop for microseconds. OpenSSL uses 2,048. */
const MAX_LEGACY_ROUNDS = 10_000;

/** The key derivation. */
type Kdf =
  | { kind: 'pbkdf2'; salt: Buffer; rounds: number; hash: string }
  | { kind: 'scrypt'; salt: Buffer; cost: number; blockSize: number; parallel: number }
  | { kind: 'pkcs12'; salt: Buffer; rounds: number };

/** An encrypted key. */
export interface SealedPkcs8 {
  /** Object identifier of the scheme, in hex. */
  scheme: string;
  /** Undefined when the scheme is not supported. */
  way: { kdf: Kdf; cipher: Pkcs8Cipher; iv?: Buffer } | undefined;
  sealed: Buffer;
}

/** Reads the structure without decrypting it. Returns undefined when it is damaged or truncated. */
export function readSealedPkcs8(der: Buffer): SealedPkcs8 | undefined {
  const [outer] = derElements(der);
  const [algorithm, sealed] = derSequence(outer);
  const [oid, parameters] = derSequence(algorithm);
  const scheme = derHex(oid, OBJECT_ID);
  if (scheme === '' || sealed?.tag !== OCTET_STRING || sealed.content.length === 0) {
    return undefined;
  }
  const way =
    scheme === PBES2
      ? readPbes2(parameters)
      : scheme === PBE_SHA1_3DES
        ? readPbe(parameters)
        : undefined;
  return { scheme, way, sealed: sealed.content };
}

/**
 * Returns why this key cannot be opened with any passphrase, or undefined when it can.
 * @param path The key file, for the message.
 */
export function refuseSealedPkcs8(
  { scheme, way }: SealedPkcs8,
  path: string,
): I99dashError | undefined {
  if (way === undefined) {
    return LEGACY.test(scheme)
      ? rewritableEncryption(path, rewriteCommand(path, '-provider legacy -provider default'))
      : unknownEncryption(path);
  }
  const { kdf } = way;
  switch (kdf.kind) {
    case 'pbkdf2':
      return kdf.rounds > MAX_PBKDF2_ROUNDS ? tooManyPkcs8Rounds(path) : undefined;
    case 'pkcs12':
      return kdf.rounds > MAX_LEGACY_ROUNDS ? tooManyPkcs8Rounds(path) : undefined;
    case 'scrypt':
      return kdf.cost * kdf.blockSize * kdf.parallel > MAX_PBKDF2_ROUNDS
        ? tooMuchScrypt(path)
        : undefined;
  }
}

/**
 * Decrypts a key. Returns undefined when the padding shows that the passphrase is wrong.
 * @throws KEY_UNREADABLE when {@link refuseSealedPkcs8} returns an error
 * @throws CancelledError
 */
export async function openSealedPkcs8(
  sealed: SealedPkcs8,
  path: string,
  { passphrase, signal }: KeyUnlock,
): Promise<Buffer | undefined> {
  const { way } = sealed;
  const reason = refuseSealedPkcs8(sealed, path);
  if (way === undefined || reason !== undefined) {
    throw reason ?? unknownEncryption(path);
  }
  const { cipher } = way;
  const phrase = Buffer.from(passphrase);
  const derived = derive(way.kdf, phrase, cipher).catch(() => {
    // The hash is not available in this process, or the parameters of scrypt are invalid.
    throw unknownEncryption(path);
  });
  void derived.finally(() => phrase.fill(0)).catch(() => undefined);
  const secret = await orCancelled(derived, signal);
  const key = secret.subarray(0, cipher.key);
  const iv = way.iv ?? secret.subarray(cipher.key);
  try {
    const input = { cipher: cipher.name, key, iv, sealed: sealed.sealed, padded: true };
    return decrypt(input, path);
  } finally {
    secret.fill(0);
  }
}

function readPbes2(parameters: DerElement | undefined): SealedPkcs8['way'] {
  const [derivation, encryption] = derSequence(parameters);
  const [cipherId, iv] = derSequence(encryption);
  const oid = derHex(cipherId, OBJECT_ID);
  const cipher = Object.hasOwn(PKCS8_CIPHERS, oid) ? PKCS8_CIPHERS[oid] : undefined;
  const kdf = readKdf(derivation);
  return kdf !== undefined && iv?.tag === OCTET_STRING && iv.content.length === cipher?.iv
    ? { kdf, cipher, iv: iv.content }
    : undefined;
}

function readKdf(element: DerElement | undefined): Kdf | undefined {
  const [oid, parameters] = derSequence(element);
  const fields = derSequence(parameters);
  const [salt, ...others] = fields;
  const [first, second, third] = others.map(derNumber);
  if (salt?.tag !== OCTET_STRING || first === undefined) {
    return undefined;
  }
  switch (derHex(oid, OBJECT_ID)) {
    case PBKDF2: {
      const [named] = derSequence(fields.find(({ tag }) => tag === DER_SEQUENCE));
      const hash = named === undefined ? 'sha1' : HASHES[derHex(named, OBJECT_ID)];
      return hash === undefined || first === 0
        ? undefined
        : { kind: 'pbkdf2', salt: salt.content, rounds: first, hash };
    }
    case SCRYPT:
      return second === undefined || third === undefined
        ? undefined
        : { kind: 'scrypt', salt: salt.content, cost: first, blockSize: second, parallel: third };
    default:
      return undefined;
  }
}

function readPbe(parameters: DerElement | undefined): SealedPkcs8['way'] {
  const [salt, iterations] = derSequence(parameters);
  const rounds = derNumber(iterations);
  return salt?.tag === OCTET_STRING && salt.content.length > 0 && rounds !== undefined && rounds > 0
    ? { kdf: { kind: 'pkcs12', salt: salt.content, rounds }, cipher: TRIPLE_DES }
    : undefined;
}

/** Derives the cipher's key, followed by the initialization vector if the scheme derives it. */
async function derive(kdf: Kdf, phrase: Buffer, cipher: Pkcs8Cipher): Promise<Buffer> {
  switch (kdf.kind) {
    case 'pbkdf2':
      return promisify(pbkdf2)(phrase, kdf.salt, kdf.rounds, cipher.key, kdf.hash);
    case 'scrypt':
      return runScrypt(kdf, phrase, cipher.key);
    case 'pkcs12':
      return Buffer.concat([
        pkcs12Key(1, kdf, phrase, cipher.key),
        pkcs12Key(2, kdf, phrase, cipher.iv),
      ]);
  }
}

async function runScrypt(
  { salt, cost, blockSize, parallel }: Extract<Kdf, { kind: 'scrypt' }>,
  phrase: Buffer,
  length: number,
): Promise<Buffer> {
  const maxmem = 256 * blockSize * (cost + parallel);
  return new Promise((resolve, reject) => {
    const options = { N: cost, r: blockSize, p: parallel, maxmem };
    scrypt(phrase, salt, length, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

/**
 * Stops waiting on cancellation. The derivation cannot be aborted and ends within about a second.
 */
async function orCancelled<T>(task: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  throwIfCancelled(signal);
  let cancel: (() => void) | undefined;
  try {
    return await new Promise<T>((resolve, reject) => {
      cancel = () => reject(new CancelledError());
      signal?.addEventListener('abort', cancel, { once: true });
      task.then(resolve, reject);
    });
  } finally {
    if (cancel !== undefined) {
      signal?.removeEventListener('abort', cancel);
    }
  }
}

/** Builds a command for which OpenSSL asks for both passphrases. */
function rewriteCommand(path: string, options: string): string {
  return `openssl pkcs8 -topk8 ${options} -in ${shellQuote(path)} -out ${shellQuote(`${path}.new`)}`;
}

function tooManyPkcs8Rounds(path: string): I99dashError {
  const message = t(
    'The key at {0} wants more rounds to try its passphrase than are worth waiting for. Fewer will do: {1}',
    path,
    rewriteCommand(path, '-iter 600000'),
  );
  return new I99dashError('KEY_UNREADABLE', message, { file: path });
}

/** Suggests no command, because OpenSSL rejects some of these keys for their memory use. */
function tooMuchScrypt(path: string): I99dashError {
  const message = t(
    'The key at {0} wants more work to try its passphrase than is worth waiting for. Export it again from the program that made it, with less.',
    path,
  );
  return new I99dashError('KEY_UNREADABLE', message, { file: path });
}
