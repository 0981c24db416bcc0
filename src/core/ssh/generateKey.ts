import { constants } from 'node:fs';
import {
  access,
  chmod,
  copyFile,
  link,
  lstat,
  mkdir,
  mkdtemp,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { KeyUnlock } from './formats/keyContainer';
import { computeFingerprint, publicKeyLine } from './publicKey';
import { I99dashError, systemErrorCode } from '../errors';
import { expandHome } from '../platform/homePath';
import { t } from '../text/l10n';
import { runProgram } from '../platform/runProgram';
import { makeKeyPair } from './keyPair';
import { readPublicKeyFile } from './publicKeyFile';

export interface GenerateKeyOptions {
  /** Path of the private key, absolute or with `~`. The public key is written to `<path>.pub`. */
  path: string;
  /**
   * Encrypts the private key. Without it, or with an empty passphrase, the key is not encrypted.
   */
  unlock?: KeyUnlock;
  /** Sanitized to one line of at most 255 characters. Default {@link defaultKeyComment}. */
  comment?: string;
  /** The `ssh-keygen` to use: a name on PATH or an absolute path. Null to not use it. */
  sshKeygen?: string | null;
  /** Time limit for `ssh-keygen`, in milliseconds. Default 10,000. */
  sshKeygenTimeoutMs?: number;
}

export interface GeneratedKey {
  path: string;
  publicKeyPath: string;
  /** `SHA256:` and unpadded base64, as OpenSSH prints it. */
  fingerprint: string;
}

/** ssh-keygen takes milliseconds. If it hangs, the key is generated without it. */
const SSH_KEYGEN_TIMEOUT_MS = 10_000;
/** ssh-keygen truncates comments at 1,023 bytes, and a character has up to four bytes. */
const MAX_COMMENT_CHARACTERS = 255;

/**
 * Generates an ed25519 key pair in OpenSSH format. Creates the folder with mode 0700 if it is
 * missing; the private key gets 0600, the public key 0644. Both files are created atomically, and
 * no file is overwritten.
 *
 * Uses `ssh-keygen` only without a passphrase: it takes the passphrase as an argument, which every
 * local user can read in the process list. Keys with a passphrase are generated in this process, as
 * are all keys when ssh-keygen is missing.
 * @throws KEY_EXISTS when the private or the public file exists
 * @throws KEY_UNREADABLE when the path is invalid or the folder not writable
 */
export async function generateKey(options: GenerateKeyOptions): Promise<GeneratedKey> {
  const path = await newKeyPath(options.path);
  const folder = dirname(path);
  const staging = await makeStagingFolder(folder);
  try {
    const staged = join(staging, 'key');
    const blob = await writeKeyPair(staged, options);
    await chmod(staged, 0o600);
    await chmod(`${staged}.pub`, 0o644);
    await placePair(staged, path);
    return { path, publicKeyPath: `${path}.pub`, fingerprint: computeFingerprint(blob) };
  } catch (error) {
    throw asFolderError(error, folder);
  } finally {
    // Best effort: the key pair is complete or has failed already, and a virus scanner may still
    // hold the folder open.
    await rm(staging, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }
}

/** Returns `<user>@<host>`, the default of ssh-keygen. */
export function defaultKeyComment(): string {
  let user = '';
  try {
    user = `${userInfo().username}@`;
  } catch {
    // The account has no entry in the user database.
  }
  return toComment(`${user}${hostname()}`);
}

/** Removes characters that would break the line in a public key file or in a terminal. */
function toComment(text: string): string {
  const begin = text.slice(0, 4 * MAX_COMMENT_CHARACTERS);
  const line = begin.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return Array.from(line).slice(0, MAX_COMMENT_CHARACTERS).join('').trim();
}

/**
 * Resolves the path of a new key and checks it as far as possible in advance.
 * @throws KEY_EXISTS, KEY_UNREADABLE as {@link generateKey}
 */
export async function newKeyPath(path: string): Promise<string> {
  const target = targetPath(path);
  for (const file of [target, `${target}.pub`]) {
    if (await lstat(file).catch(() => undefined)) {
      throw keyExists(file);
    }
  }
  await assertFolderCanBeMade(dirname(target));
  return target;
}

/** Checks the nearest existing folder. Other errors only show when the files are written. */
async function assertFolderCanBeMade(folder: string): Promise<void> {
  for (let nearest = folder; ; nearest = dirname(nearest)) {
    const stats = await stat(nearest).catch(() => undefined);
    if (stats?.isDirectory() === false) {
      throw unwritable(folder, 'ENOTDIR');
    }
    if (stats !== undefined || nearest === dirname(nearest)) {
      await access(nearest, constants.W_OK).catch((error: unknown) => {
        throw unwritable(folder, systemErrorCode(error) ?? '', error);
      });
      return;
    }
  }
}

/** The messages do not repeat the input, because users paste keys into the wrong field. */
function targetPath(path: string): string {
  const expanded = expandHome(path);
  if (!isAbsolute(expanded)) {
    throw new I99dashError(
      'KEY_UNREADABLE',
      t('A new key needs a full path, or one that begins with ~.'),
    );
  }
  if (/[\\/]$/u.test(expanded) || /\.pub$/iu.test(expanded)) {
    const message = t(
      'The path of a new key must name the private file: no folder, and without .pub.',
    );
    throw new I99dashError('KEY_UNREADABLE', message);
  }
  return resolve(expanded);
}

/** Creates a private folder next to the final path, so that it is on the same file system. */
async function makeStagingFolder(folder: string): Promise<string> {
  const prefix = join(folder, '.i99dash-');
  try {
    return await mkdtemp(prefix).catch(async (error: unknown) => {
      if (systemErrorCode(error) !== 'ENOENT') {
        throw error;
      }
      await makeFolder(folder);
      return mkdtemp(prefix);
    });
  } catch (error) {
    throw asFolderError(error, folder);
  }
}

/**
 * Does not use mkdir's `recursive`: Node.js loops forever when the parent exists but accepts no
 * folder, as in /proc.
 */
async function makeFolder(folder: string): Promise<void> {
  try {
    await makeOneFolder(folder);
  } catch (error) {
    const parent = dirname(folder);
    if (systemErrorCode(error) !== 'ENOENT' || parent === folder) {
      throw error;
    }
    await makeFolder(parent);
    await makeOneFolder(folder);
  }
}

async function makeOneFolder(folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
    if (systemErrorCode(error) !== 'EEXIST') {
      throw error;
    }
  });
}

/** Writes `staged` and `staged.pub`. Returns the public key blob. */
async function writeKeyPair(staged: string, options: GenerateKeyOptions): Promise<Buffer> {
  const { unlock, sshKeygen = 'ssh-keygen', sshKeygenTimeoutMs } = options;
  const isSealed = unlock !== undefined && unlock.passphrase !== '';
  const comment = options.comment === undefined ? defaultKeyComment() : toComment(options.comment);
  const blob =
    !isSealed && sshKeygen !== null
      ? await runSshKeygen(sshKeygen, staged, comment, sshKeygenTimeoutMs)
      : undefined;
  return blob ?? (await writeOwnKeyPair(staged, comment, isSealed ? unlock : undefined));
}

/** Returns undefined when ssh-keygen is missing or does not support ed25519. */
async function runSshKeygen(
  program: string,
  staged: string,
  comment: string,
  timeoutMs = SSH_KEYGEN_TIMEOUT_MS,
): Promise<Buffer | undefined> {
  const args = ['-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', staged];
  const exitCode = await runProgram(program, args, {
    cwd: dirname(staged),
    timeoutMs,
  });
  try {
    const { size } = await stat(staged);
    const { blob } = await readPublicKeyFile(`${staged}.pub`);
    return exitCode === 0 && size > 0 ? blob : undefined;
  } catch {
    return undefined;
  }
}

/** Generates the key pair in this process. */
async function writeOwnKeyPair(
  staged: string,
  comment: string,
  unlock: KeyUnlock | undefined,
): Promise<Buffer> {
  const { blob, file } = await makeKeyPair(comment, unlock);
  try {
    await writeFile(staged, file, { mode: 0o600, flush: true });
  } finally {
    file.fill(0);
  }
  await writeFile(`${staged}.pub`, `${publicKeyLine(blob, comment)}\n`, { flush: true });
  return blob;
}

/**
 * Places the private key first: after a crash in between, the public key can be derived from it.
 */
async function placePair(staged: string, path: string): Promise<void> {
  await placeNew(staged, path);
  try {
    await placeNew(`${staged}.pub`, `${path}.pub`);
  } catch (error) {
    await rm(path);
    throw error;
  }
}

/** A hard link is atomic and never replaces a file. Copies on file systems without hard links. */
async function placeNew(source: string, path: string): Promise<void> {
  try {
    await link(source, path).catch(() => copyFile(source, path, constants.COPYFILE_EXCL));
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') {
      throw keyExists(path, error);
    }
    throw error;
  }
}

function keyExists(path: string, cause?: unknown): I99dashError {
  const message = t('{0} is there already and stays as it is. Choose another name.', path);
  return new I99dashError('KEY_EXISTS', message, { file: path, cause });
}

function asFolderError(error: unknown, folder: string): unknown {
  const code = systemErrorCode(error);
  if (error instanceof I99dashError || code === undefined) {
    return error;
  }
  return unwritable(folder, code, error);
}

function unwritable(folder: string, code: string, cause?: unknown): I99dashError {
  const message = t('No key can be written to the folder {0} ({1}).', folder, code);
  return new I99dashError('KEY_UNREADABLE', message, { file: folder, cause });
}
