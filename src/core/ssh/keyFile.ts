import { open } from 'node:fs/promises';
import { I99dashError, systemErrorCode } from '../errors';
import { readPublicKeyFile } from './publicKeyFile';
import { t } from '../text/l10n';
import { READ_WITHOUT_WAITING, decodeText, readHead } from '../platform/readTextFile';
import type { KeyContainer } from './formats/keyContainer';
import { damagedKey } from './formats/keyErrors';
import { readOpenSshKey } from './formats/openSshKey';
import { readEncryptedPkcs8, readPkcs8 } from './formats/pkcs8';
import type { PublicKeyParts } from './publicKey';
import { readPuttyKey } from './formats/puttyKey';

/** Limit for a private key file, in bytes. */
const MAX_KEY_FILE_BYTES = 64 * 1024;

/** Covers the first line of a private key and some text before it, in bytes. */
const KEY_HEAD_BYTES = 1024;
const PUTTY_MARK = 'PuTTY-User-Key-File-';
/** How files with private keys begin. The last is how OpenSSL prints a PKCS#12 file. */
const MARKS = ['-----BEGIN ', PUTTY_MARK, 'Bag Attributes'];

/**
 * Reads a key file. Of any other file, reads only the beginning.
 * @returns '' when the file is not a private key or not readable
 */
export async function readIfKeyFile(path: string): Promise<string> {
  const handle = await open(path, READ_WITHOUT_WAITING).catch(() => undefined);
  try {
    if (handle === undefined || !(await handle.stat()).isFile()) {
      return '';
    }
    const head = decodeText(await readHead(handle, KEY_HEAD_BYTES));
    return MARKS.some((mark) => head.includes(mark)) ? await readKeyFile(path) : '';
  } catch {
    return '';
  } finally {
    await handle?.close();
  }
}

/**
 * Reads a key file.
 * @throws KEY_NOT_FOUND
 * @throws KEY_UNREADABLE for a folder, a pipe, a file without permission, or one that is too large
 */
export async function readKeyFile(path: string): Promise<string> {
  const handle = await open(path, READ_WITHOUT_WAITING).catch((error: unknown) => {
    throw asKeyFileError(error, path);
  });
  try {
    const stats = await handle.stat();
    if (!stats.isFile() || stats.size > MAX_KEY_FILE_BYTES) {
      throw new I99dashError('KEY_UNREADABLE', t('{0} is not a key file.', path), { file: path });
    }
    return decodeText(await readHead(handle, MAX_KEY_FILE_BYTES, stats.size));
  } catch (error) {
    throw asKeyFileError(error, path);
  } finally {
    await handle.close();
  }
}

/**
 * Parses the first private key in a text: OpenSSH, PKCS#8 or PuTTY format. Skips other PEM blocks
 * and text around them, as in the output of `openssl pkcs12`.
 * @returns undefined when there is none or it is damaged
 */
export function parseKeyFile(text: string): KeyContainer | undefined {
  const lines = text.split(/\r\n|\r|\n/u).map((line) => line.trim());
  if (lines.find((line) => line !== '')?.startsWith(PUTTY_MARK) === true) {
    return readPuttyKey(lines);
  }
  const block = findPrivateKeyBlock(lines);
  if (block === undefined) {
    return undefined;
  }
  switch (block.label) {
    case 'OPENSSH':
      return readOpenSshKey(block.bytes);
    case '':
      return readPkcs8(block.bytes);
    case 'ENCRYPTED':
      return readEncryptedPkcs8(block.bytes);
    default:
      // RSA, EC and DSA have their own labels; ed25519 has none.
      return unsupportedKey(block.label);
  }
}

/**
 * Finds the first private key block. The last block may lack its end line.
 * @returns The text before `PRIVATE KEY` in the label, and the bytes.
 */
function findPrivateKeyBlock(
  lines: readonly string[],
): { label: string; bytes: Buffer } | undefined {
  const labels = lines.map(
    (line) => /^-----BEGIN ([A-Z0-9 ]{0,32})PRIVATE KEY-----$/u.exec(line)?.[1],
  );
  const start = labels.findIndex((label) => label !== undefined);
  if (start < 0) {
    return undefined;
  }
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => line.startsWith('-----'));
  const body = (end < 0 ? rest : rest.slice(0, end)).join('');
  return { label: labels[start]?.trim() ?? '', bytes: Buffer.from(body, 'base64') };
}

function unsupportedKey(keyType: string): KeyContainer {
  return {
    ...{ format: 'pkcs8', encrypted: false, keyType },
    readSeed: (path) => Promise.reject(damagedKey(path)),
  };
}

/**
 * Reads the public key from the `.pub` file next to a private key. Returns undefined when it is
 * missing or not readable.
 */
export async function readPublicKeyBeside(path: string): Promise<PublicKeyParts | undefined> {
  return readPublicKeyFile(`${path}.pub`).catch(() => undefined);
}

/**
 * Reads the comment of the `.pub` file next to a private key. Returns '' when the file is missing
 * or belongs to another key.
 */
export async function readPubFileComment(path: string, publicBlob: Buffer): Promise<string> {
  const parts = await readPublicKeyBeside(path);
  return parts?.blob.equals(publicBlob) === true ? parts.comment : '';
}

function asKeyFileError(error: unknown, path: string): unknown {
  switch (systemErrorCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new I99dashError('KEY_NOT_FOUND', t('There is no key at {0}.', path), {
        file: path,
        cause: error,
      });
    case undefined:
      return error;
    case 'EACCES':
    case 'EPERM':
      return new I99dashError('KEY_UNREADABLE', t('You may not read the key at {0}.', path), {
        file: path,
        cause: error,
      });
    default:
      return error instanceof I99dashError
        ? error
        : new I99dashError('KEY_UNREADABLE', t('The key at {0} cannot be read.', path), {
            file: path,
            cause: error,
          });
  }
}
