import { open } from 'node:fs/promises';
import { I99dashError, systemErrorCode } from '../errors';
import { t } from '../l10n';
import { READ_WITHOUT_WAITING, readHead } from '../readTextFile';
import { readOpenSshContainer, type OpenSshContainer } from './openSshKey';
import { keyTypeOf, parsePublicKeyLine } from './publicKey';

/** No private key worth reading is larger, in bytes. */
const MAX_KEY_FILE_BYTES = 64 * 1024;

/** What a private key file tells without its passphrase. */
export interface KeyFileOutline {
  format: 'openssh' | 'putty' | 'pkcs8';
  encrypted: boolean;
  /** `ssh-ed25519` … where the format says so in the clear. */
  keyType?: string;
  /** The public key blob where the format holds it in the clear. */
  publicBlob?: Buffer;
  /** Of OpenSSH's format. */
  container?: OpenSshContainer;
  /** Of PuTTY's format: 2 or 3. */
  version?: number;
}

/** Enough for the first line of a private key after some empty ones, in bytes. */
const HEAD_BYTES = 1024;
const MARKS = ['PRIVATE KEY-----', 'PuTTY-User-Key-File-'];

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
    const head = await readHead(handle, HEAD_BYTES);
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
    return (await readHead(handle, MAX_KEY_FILE_BYTES, stats.size)).toString('utf8');
  } catch (error) {
    throw asKeyFileError(error, path);
  } finally {
    await handle.close();
  }
}

/** Looks at a private key's container; undefined when the text holds no private key, or one cut short. */
export function outlineKeyFile(text: string): KeyFileOutline | undefined {
  const lines = text
    .replace(/^\uFEFF/u, '')
    .split(/\r\n|\r|\n/u)
    .map((line) => line.trim());
  const first = lines.find((line) => line !== '') ?? '';
  const version = /^PuTTY-User-Key-File-([23]):/u.exec(first)?.[1];
  if (version !== undefined) {
    return { ...outlinePutty(lines), version: Number(version) };
  }
  const label = /^-----BEGIN ([A-Z0-9 ]{0,32})PRIVATE KEY-----$/u.exec(first)?.[1]?.trim();
  switch (label) {
    case undefined:
      return undefined;
    case 'OPENSSH':
      return outlineOpenSsh(lines);
    case '':
    case 'ENCRYPTED':
      return { format: 'pkcs8', encrypted: label === 'ENCRYPTED' };
    default:
      // RSA, EC and DSA have labels of their own; ed25519 has none.
      return { format: 'pkcs8', encrypted: false, keyType: label };
  }
}

function outlineOpenSsh(lines: string[]): KeyFileOutline | undefined {
  const container = readOpenSshContainer(lines);
  return container === undefined
    ? undefined
    : withPublicBlob(
        { format: 'openssh', encrypted: container.cipher !== 'none', container },
        container.publicBlob,
      );
}

function outlinePutty(lines: string[]): KeyFileOutline {
  const header = (name: string): string | undefined =>
    lines
      .find((line) => line.startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim();
  const start = lines.findIndex((line) => line.startsWith('Public-Lines:')) + 1;
  const count = Number(header('Public-Lines'));
  const blob = Buffer.from(lines.slice(start, start + count).join(''), 'base64');
  return withPublicBlob({ format: 'putty', encrypted: header('Encryption') !== 'none' }, blob);
}

function withPublicBlob(outline: KeyFileOutline, publicBlob: Buffer): KeyFileOutline {
  const keyType = keyTypeOf(publicBlob);
  return { ...outline, publicBlob, ...(keyType === undefined ? {} : { keyType }) };
}

/** The comment of the `.pub` file beside a private key, or '' where there is none or it belongs to another key. */
export async function commentBeside(path: string, publicBlob: Buffer): Promise<string> {
  const text = await readKeyFile(`${path}.pub`).catch(() => '');
  const parts = parsePublicKeyLine(text.split(/\r?\n/u)[0] ?? '');
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
