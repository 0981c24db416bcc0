import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import sshpk from 'sshpk';
import { I99dashError } from '../errors';
import { t } from '../l10n';
import type { Signer } from '../ports';
import { isTooSlow } from './keyDerivation';
import { commentBeside, outlineKeyFile, readKeyFile, type KeyFileOutline } from './keyFile';
import { openSshSeed } from './openSshKey';
import { ED25519, ED25519_BYTES, ed25519Blob, fingerprintOf, publicKeyLine } from './publicKey';

/** RFC 8410: everything of an ed25519 PKCS#8 structure that stands before the 32-byte seed. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * Opens a private key file for signing (OpenSSH, PKCS#8, PuTTY). The passphrase is not kept.
 * @throws KEY_NOT_FOUND, KEY_UNREADABLE, KEY_UNSUPPORTED (no ed25519 key), KEY_ENCRYPTED (a passphrase is needed),
 * KEY_WRONG_PASSPHRASE
 */
export async function openKeyFile(path: string, passphrase?: string): Promise<Signer> {
  const text = await readKeyFile(path);
  const outline = outlineKeyFile(text);
  if (outline === undefined) {
    throw new I99dashError('KEY_UNREADABLE', t('{0} holds no private key.', path), { file: path });
  }
  assertEd25519(outline.keyType ?? ED25519, path);
  if (outline.version === 3 && outline.encrypted) {
    throw sealedPutty3(path);
  }
  if (outline.encrypted && passphrase === undefined) {
    throw new I99dashError('KEY_ENCRYPTED', t('The key at {0} needs its passphrase.', path), {
      file: path,
    });
  }
  const key = toKeyObject(normalise(text), outline, path, passphrase);
  const blob = publicBlobOf(key);
  if (outline.publicBlob !== undefined && !outline.publicBlob.equals(blob)) {
    throw undecodable(outline, path);
  }
  return keySigner(key, blob, await commentBeside(path, blob));
}

function keySigner(key: KeyObject, blob: Buffer, comment: string): Signer {
  return {
    fingerprint: fingerprintOf(blob),
    publicKey: publicKeyLine(blob, comment),
    sign: (data) => Promise.resolve(sign(null, data, key)),
  };
}

/** Without a byte order mark, blanks around lines and foreign line ends. */
function normalise(text: string): string {
  const lines = text.replace(/^\uFEFF/u, '').split(/\r\n|\r|\n/u);
  return `${lines
    .map((line) => line.trim())
    .join('\n')
    .trim()}\n`;
}

function toKeyObject(
  text: string,
  outline: KeyFileOutline,
  path: string,
  passphrase?: string,
): KeyObject {
  if (outline.container !== undefined) {
    return fromSeed(openSshSeed(outline.container, path, passphrase));
  }
  if (outline.format === 'putty') {
    return fromSeed(puttySeed(text, outline, path, passphrase));
  }
  if (passphrase !== undefined && isTooSlow(text)) {
    throw tooSlow(path);
  }
  // Not through sshpk: it throws for a wrong passphrase from inside a stream's event, where nobody can catch it.
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: text, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch (error) {
    throw undecodable(outline, path, error);
  }
  assertEd25519(key.asymmetricKeyType === 'ed25519' ? ED25519 : key.asymmetricKeyType, path);
  return key;
}

/** sshpk's own PKCS#8 output for ed25519 is one that OpenSSL 3 refuses, so the seed is all we take from it. */
function fromSeed(seed: Buffer): KeyObject {
  const der = Buffer.concat([PKCS8_PREFIX, seed]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  der.fill(0);
  seed.fill(0);
  return key;
}

/** The 32-byte seed out of a PuTTY file. */
function puttySeed(
  text: string,
  outline: KeyFileOutline,
  path: string,
  passphrase?: string,
): Buffer {
  let key: sshpk.PrivateKey;
  try {
    const options = passphrase === undefined ? {} : { passphrase };
    // The types lack "putty", which sshpk itself reads.
    key = sshpk.parsePrivateKey(text, 'putty' as sshpk.PrivateKeyFormatType, options);
  } catch (error) {
    throw undecodable(outline, path, error);
  }
  const stored = key.parts.find((part) => part.name === 'k')?.data;
  if (stored === undefined || stored.length > ED25519_BYTES) {
    throw undecodable(outline, path);
  }
  // A number to PuTTY, the lowest byte first: zeros at its end are left out.
  return Buffer.concat([stored], ED25519_BYTES);
}

function publicBlobOf(key: KeyObject): Buffer {
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return ed25519Blob(spki.subarray(spki.length - ED25519_BYTES));
}

function assertEd25519(keyType: string | undefined, path: string): void {
  if (keyType !== ED25519) {
    throw new I99dashError(
      'KEY_UNSUPPORTED',
      t(
        '{0} is a key of type {1}. Only ed25519 keys are supported.',
        path,
        keyType ?? t('unknown'),
      ),
      { file: path },
    );
  }
}

function tooSlow(path: string): I99dashError {
  const message = t(
    'The key at {0} wants more rounds to try its passphrase than are worth waiting for. Fewer will do: {1}',
    path,
    `openssl pkcs8 -topk8 -iter 600000 -in ${path} -out NEW_FILE`,
  );
  return new I99dashError('KEY_UNREADABLE', message, { file: path });
}

/** Argon2 guards these, and neither node:crypto nor sshpk knows it. */
function sealedPutty3(path: string): I99dashError {
  const message = t(
    '{0} is a PuTTY key of format 3 with a passphrase, which cannot be read here. Turn it into an OpenSSH key, with PuTTYgen (Conversions → Export OpenSSH key) or: {1}',
    path,
    `puttygen ${path} -O private-openssh-new`,
  );
  return new I99dashError('KEY_UNREADABLE', message, { file: path });
}

/** What OpenSSL says of decrypted bytes that are no key: one wrong passphrase in 256 gets so far. */
const NONSENSE = 'DECODER routines::unsupported';

/** An encrypted container that decodes to nonsense was, first of all, opened with the wrong passphrase. */
function undecodable(outline: KeyFileOutline, path: string, error?: unknown): I99dashError {
  const reason = error instanceof Error ? error.message : '';
  const isNonsense = outline.encrypted && reason.includes(NONSENSE);
  const beyondUs = !isNonsense && /unsupported|not ?supported/iu.test(reason);
  if (outline.encrypted && !beyondUs) {
    return new I99dashError('KEY_WRONG_PASSPHRASE', t('This is not the passphrase of {0}.', path), {
      file: path,
    });
  }
  const message = beyondUs
    ? t(
        'The key at {0} is kept in a form that cannot be read here. Rewrite it with: {1}',
        path,
        `ssh-keygen -p -f ${path}`,
      )
    : t('The key at {0} is damaged.', path);
  return new I99dashError('KEY_UNREADABLE', message, { file: path });
}
