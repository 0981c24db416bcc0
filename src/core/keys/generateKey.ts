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
import type { KeyUnlock } from '../auth/keyContainer';
import { fingerprintOf, publicKeyLine } from '../auth/publicKey';
import { I99dashError, systemErrorCode } from '../errors';
import { expandHome } from '../homePath';
import { t } from '../l10n';
import { runProgram } from '../runProgram';
import { makeKeyPair } from './keyPair';
import { readPublicKeyFile } from './publicKeyFile';

export interface GenerateKeyOptions {
  /** Where the private key goes, absolute or with `~`; the public one goes to `<path>.pub`. */
  path: string;
  /** Encrypts the private key; without it, or with an empty passphrase, the key stays unencrypted. */
  unlock?: KeyUnlock;
  /** Made into one line of at most 255 characters. Default {@link defaultKeyComment}. */
  comment?: string;
  /** The `ssh-keygen` to use, a name on PATH or an absolute path; null does without. */
  sshKeygen?: string | null;
  /** How long `ssh-keygen` may take, in milliseconds. Default 10,000. */
  sshKeygenTimeoutMs?: number;
}

export interface GeneratedKey {
  path: string;
  publicKeyPath: string;
  /** `SHA256:` and unpadded base64, as OpenSSH prints it. */
  fingerprint: string;
}

/** ssh-keygen takes milliseconds; one that hangs is done without. */
const SSH_KEYGEN_TIMEOUT_MS = 10_000;
/** ssh-keygen cuts a comment at 1,023 bytes, and a character has at most four. */
const MAX_COMMENT_CHARACTERS = 255;

/**
 * Makes an ed25519 key pair in OpenSSH's format: folder 0700 where it is missing, private key 0600, public key 0644.
 * Both files appear whole or not at all, and no file is ever overwritten.
 *
 * `ssh-keygen` is used where there is no passphrase. It would take one as an argument, which every user of the machine can
 * read in the process list, so a key with a passphrase is made in this process, as is one where there is no ssh-keygen.
 * @throws KEY_EXISTS (the private or the public file is there), KEY_UNREADABLE (the path or its folder will not do)
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
    return { path, publicKeyPath: `${path}.pub`, fingerprint: fingerprintOf(blob) };
  } catch (error) {
    throw asFolderError(error, folder);
  } finally {
    // The pair is in place or has failed already: a scanner that holds the folder open changes neither.
    await rm(staging, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }
}

/** `<user>@<host>`, as ssh-keygen has it. */
export function defaultKeyComment(): string {
  let user = '';
  try {
    user = `${userInfo().username}@`;
  } catch {
    // An account without an entry in the user database has no name.
  }
  return toComment(`${user}${hostname()}`);
}

/** Without what would break the line of a public key file, or of a terminal that shows it. */
function toComment(text: string): string {
  const begin = text.slice(0, 4 * MAX_COMMENT_CHARACTERS);
  const line = begin.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return Array.from(line).slice(0, MAX_COMMENT_CHARACTERS).join('').trim();
}

/**
 * The absolute path of a key that is to be made, checked as far as it can be before it is.
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

/** Looks at the nearest folder that exists; what else may fail shows when the files are written. */
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

/** The messages do not repeat what was given: people paste keys into the wrong field. */
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

/** A private folder beside the final place, on the same file system. */
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

/** Not mkdir's own `recursive`: where a parent is there but takes no folder, as /proc, Node.js then tries for ever. */
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

/** Undefined when there is no ssh-keygen, or none that makes ed25519 keys. */
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

/** Makes the pair in this process. */
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

/** The private key first: a crash in between leaves a whole key, of which the public half can be had. */
async function placePair(staged: string, path: string): Promise<void> {
  await placeNew(staged, path);
  try {
    await placeNew(`${staged}.pub`, `${path}.pub`);
  } catch (error) {
    await rm(path);
    throw error;
  }
}

/** A second name for the file appears at once and never replaces another; file systems without such names get a copy. */
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
