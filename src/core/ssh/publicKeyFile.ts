import { open, type FileHandle } from 'node:fs/promises';
import {
  ED25519,
  ED25519_BYTES,
  ed25519Blob,
  parsePublicKeyLine,
  type PublicKeyParts,
} from './publicKey';
import { I99dashError, systemErrorCode } from '../errors';
import { expandHome } from '../platform/homePath';
import { t } from '../text/l10n';
import { READ_WITHOUT_WAITING, decodeText } from '../platform/readTextFile';

/** Limit for a public key file, in bytes. */
const MAX_PUBLIC_KEY_BYTES = 64 * 1024;
/** Covers the first line of every private key format, even in UTF-16. In bytes. */
const FIRST_LINE_BYTES = 64;

/** PEM and SSH.com; PuTTY; SSH 1; OpenSSH's container without armor, raw and as base64. */
const PRIVATE_KEY =
  /-{4,5} ?BEGIN [A-Z0-9 ]*PRIVATE KEY|^[^\S\r\n\u2028\u2029]*(?:PuTTY-User-Key-File-|SSH PRIVATE KEY FILE|openssh-key-v1|b3BlbnNzaC1rZXktdjE)/mu;
/** `{1 2 840 113549 1 5}`, the prefix of the algorithm of an encrypted PKCS#8 structure. */
const PASSWORD_BASED = Buffer.from('2a864886f70d0105', 'hex');

/**
 * Reads the single ed25519 public key of an OpenSSH `.pub` file, for upload or copying.
 * @param path Absolute or with `~`.
 * @throws KEY_IS_PRIVATE when the file is a private key, or a private key was pasted as the path
 * @throws KEY_NOT_FOUND
 * @throws KEY_UNREADABLE when it has no permission, is damaged, in another format or has several
 * keys
 * @throws KEY_UNSUPPORTED when it is not an ed25519 key
 */
export async function readPublicKeyFile(path: string): Promise<PublicKeyParts> {
  if (looksLikePrivateKey(path)) {
    // Omits the path: it is the private key.
    throw new I99dashError(
      'KEY_IS_PRIVATE',
      t(
        'This is a private key. It never leaves this machine: choose the public key, the file that ends in .pub.',
      ),
    );
  }
  const file = expandHome(path);
  const handle = await open(file, READ_WITHOUT_WAITING).catch((error: unknown) => {
    throw asPublicKeyError(error, file);
  });
  try {
    return parse(await readPublicText(handle, file), file);
  } catch (error) {
    throw asPublicKeyError(error, file);
  } finally {
    await handle.close();
  }
}

/** Checks for the text, or the first line, of a private key in any common format. */
export function looksLikePrivateKey(text: string): boolean {
  const isPrivateJwk = /^\s*\{/u.test(text) && /"d"\s*:/u.test(text);
  return isPrivateJwk || PRIVATE_KEY.test(text);
}

/** Checks the head before it reads the rest, so that a private key is never fully in memory. */
async function readPublicText(handle: FileHandle, file: string): Promise<string> {
  const stats = await handle.stat();
  if (!stats.isFile() || stats.size > MAX_PUBLIC_KEY_BYTES) {
    throw unreadablePublicKey(file, t('{0} is not a public key file.', file));
  }
  const head = Buffer.alloc(Math.min(FIRST_LINE_BYTES, stats.size));
  await handle.read(head, 0, head.length, 0);
  assertPublic(head, file);
  const bytes = await handle.readFile();
  assertPublic(bytes, file);
  return decodeText(bytes);
}

function assertPublic(bytes: Buffer, file: string): void {
  if (isPrivateDer(bytes) || looksLikePrivateKey(decodeText(bytes))) {
    bytes.fill(0);
    throw new I99dashError(
      'KEY_IS_PRIVATE',
      t(
        '{0} is a private key. It never leaves this machine: choose the public key, the file that ends in .pub.',
        file,
      ),
      { file },
    );
  }
}

/**
 * A binary private key starts with a sequence that starts with a small version number, or is
 * password-based.
 */
function isPrivateDer(bytes: Buffer): boolean {
  const [tag, length = 0] = bytes;
  const content = length < 0x80 ? 2 : 2 + (length & 0x7f);
  const hasVersion = bytes[content] === 0x02 && bytes[content + 1] === 0x01;
  return (
    tag === 0x30 && (hasVersion || bytes.subarray(0, FIRST_LINE_BYTES).includes(PASSWORD_BASED))
  );
}

function parse(text: string, file: string): PublicKeyParts {
  const lines = text.split(/\r\n|\r|\n/u).filter((line) => /^\s*[^\s#]/u.test(line));
  const [line = ''] = lines;
  if (/^\s*-{4,5} ?BEGIN /u.test(line)) {
    throw unreadablePublicKey(
      file,
      t("{0} is not in OpenSSH's format, one line that begins with {1}.", file, ED25519),
    );
  }
  if (lines.length > 1) {
    throw unreadablePublicKey(
      file,
      t('{0} has several lines with keys. One file with one key is wanted.', file),
    );
  }
  const parts = parsePublicKeyLine(line);
  if (parts === undefined) {
    throw unreadablePublicKey(file, t('{0} holds no public key, or a damaged one.', file));
  }
  if (parts.type !== ED25519) {
    const message = t(
      '{0} is a key of type {1}. Only ed25519 keys are supported.',
      file,
      parts.type,
    );
    throw new I99dashError('KEY_UNSUPPORTED', message, { file });
  }
  if (!parts.blob.equals(ed25519Blob(parts.blob.subarray(-ED25519_BYTES)))) {
    throw unreadablePublicKey(file, t('{0} holds a damaged public key.', file));
  }
  return parts;
}

function unreadablePublicKey(file: string, message: string, cause?: unknown): I99dashError {
  return new I99dashError('KEY_UNREADABLE', message, { file, cause });
}

function asPublicKeyError(error: unknown, file: string): unknown {
  const code = systemErrorCode(error);
  if (error instanceof I99dashError || code === undefined) {
    return error;
  }
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    const message = t('There is no public key at {0}.', file);
    return new I99dashError('KEY_NOT_FOUND', message, { file, cause: error });
  }
  return unreadablePublicKey(file, t('{0} cannot be read ({1}).', file, code), error);
}
