import { open } from 'node:fs/promises';
import { I99dashError, systemErrorCode } from '../errors';
import { readPublicKeyFile } from '../keys/publicKeyFile';
import { t } from '../l10n';
import { READ_WITHOUT_WAITING, decodeText, readHead } from '../readTextFile';
import type { KeyContainer } from './keyContainer';
import { damagedKey } from './keyErrors';
import { readOpenSshKey } from './openSshKey';
import { readEncryptedPkcs8, readPkcs8 } from './pkcs8';
import type { PublicKeyParts } from './publicKey';
import { readPuttyKey } from './puttyKey';

/** No private key worth reading is larger, in bytes. */
const MAX_KEY_FILE_BYTES = 64 * 1024;

/** Enough for the first line of a private key after some others, in bytes. */
const HEAD_BYTES = 1024;
const PUTTY_MARK = 'PuTTY-User-Key-File-';
/** How files with private keys begin; the last is how OpenSSL writes out a PKCS#12 file. */
const MARKS = ['-----BEGIN ', PUTTY_MARK, 'Bag Attributes'];

/**
 * Reads a key file whole, and of any other file nothing but its beginning.
 * @returns '' for what is no private key, or cannot be read
 */
export async function readIfKeyFile(path: string): Promise<string> {
  const handle = await open(path, READ_WITHOUT_WAITING).catch(() => undefined);
  try {
    if (handle === undefined || !(await handle.stat()).isFile()) {
      return '';
    }
    const head = decodeText(await readHead(handle, HEAD_BYTES));
    return MARKS.some((mark) => head.includes(mark)) ? await readKeyFile(path) : '';
  } catch {
    return '';
  } finally {
    await handle?.close();
  }
}

/**
 * Reads a key file whole.
 * @throws KEY_NOT_FOUND, KEY_UNREADABLE (a folder, a pipe, no permission, too large)
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
 * Reads the first private key of a text: OpenSSH's format, PKCS#8 or PuTTY's. Other PEM blocks and text around them are skipped, as in the
 * output of `openssl pkcs12`.
 * @returns undefined when there is none, or it is damaged
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
      // RSA, EC and DSA have labels of their own; ed25519 has none.
      return otherKey(block.label);
  }
}

/** @returns what stands before `PRIVATE KEY`, and the bytes; a last block may lack its end */
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

function otherKey(keyType: string): KeyContainer {
  return {
    ...{ format: 'pkcs8', encrypted: false, keyType },
    readSeed: (path) => Promise.reject(damagedKey(path)),
  };
}

/**
 * The public key in the `.pub` file beside a private key; undefined when there is none that can be read.
 */
export async function readPublicKeyBeside(path: string): Promise<PublicKeyParts | undefined> {
  return readPublicKeyFile(`${path}.pub`).catch(() => undefined);
}

/** The comment of the `.pub` file beside a private key, or '' where there is none or it belongs to another key. */
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
