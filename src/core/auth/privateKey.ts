import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import sshpk from 'sshpk';
import { I99dashError } from '../errors';
import type { Signer } from '../ports';
import { commentBeside, outlineKeyFile, readKeyFile, type KeyFileOutline } from './keyFile';
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
    throw new I99dashError('KEY_UNREADABLE', `${path} holds no private key.`, { file: path });
  }
  assertEd25519(outline.keyType ?? ED25519, path);
  if (outline.encrypted && passphrase === undefined) {
    throw new I99dashError('KEY_ENCRYPTED', `The key at ${path} needs its passphrase.`, {
      file: path,
    });
  }
  const seed = decodeSeed(text, outline, path, passphrase);
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  seed.fill(0);
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

/** The 32-byte seed. sshpk's own PKCS#8 output for ed25519 is one that OpenSSL 3 refuses, so the seed is all we take from it. */
function decodeSeed(
  text: string,
  outline: KeyFileOutline,
  path: string,
  passphrase: string | undefined,
): Buffer {
  let key: sshpk.PrivateKey;
  try {
    const normalised = `${text.replace(/\r\n?/gu, '\n').trim()}\n`;
    key = sshpk.parsePrivateKey(normalised, 'auto', passphrase === undefined ? {} : { passphrase });
  } catch (error) {
    throw undecodable(outline, path, error);
  }
  assertEd25519(key.type === 'ed25519' ? ED25519 : key.type, path);
  const seed = key.parts.find((part) => part.name === 'k')?.data;
  if (seed?.length !== ED25519_BYTES) {
    throw undecodable(outline, path);
  }
  return Buffer.from(seed);
}

function publicBlobOf(key: KeyObject): Buffer {
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return ed25519Blob(spki.subarray(spki.length - ED25519_BYTES));
}

function assertEd25519(keyType: string, path: string): void {
  if (keyType !== ED25519) {
    throw new I99dashError(
      'KEY_UNSUPPORTED',
      `${path} is a key of type ${keyType}. Only ed25519 keys are supported.`,
      { file: path },
    );
  }
}

/** An encrypted container that decodes to nonsense was, first of all, opened with the wrong passphrase. */
function undecodable(outline: KeyFileOutline, path: string, error?: unknown): I99dashError {
  const reason = error instanceof Error ? error.message : '';
  const beyondUs = /unsupported|not ?supported|unknown KDF|excess bytes/iu.test(reason);
  if (outline.encrypted && !beyondUs) {
    return new I99dashError('KEY_WRONG_PASSPHRASE', `This is not the passphrase of ${path}.`, {
      file: path,
    });
  }
  const message = beyondUs
    ? `The key at ${path} is kept in a form that cannot be read here. Rewrite it with: ssh-keygen -p -f`
    : `The key at ${path} is damaged.`;
  return new I99dashError('KEY_UNREADABLE', message, { file: path });
}
