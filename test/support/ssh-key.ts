import { execFile } from 'node:child_process';
import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface TestKeyOptions {
  /** The folder of the key pair, which is created if it is missing. */
  readonly folder: string;
  /** File name of the private key; the default is `id_<type>`. */
  readonly name?: string;
  readonly type?: 'ed25519' | 'rsa' | 'ecdsa';
  readonly passphrase?: string;
  readonly comment?: string;
  /** The format of the private key; `pem` is for rsa and ecdsa only. */
  readonly format?: 'openssh' | 'pem' | 'pkcs8';
  /** Rounds of the key derivation for a passphrase; few keep tests fast. */
  readonly rounds?: number;
  /** Cipher of an encrypted OpenSSH key, as `ssh -Q cipher` names it. */
  readonly cipher?: string;
}

export interface TestKey {
  readonly path: string;
  readonly publicKeyPath: string;
  /** `<type> <base64> <comment>`, without a line end. */
  readonly publicKeyLine: string;
  /** `SHA256:…` */
  readonly fingerprint: string;
  readonly passphrase?: string;
}

const COMMENT = 'test@example.com';
const FORMATS = { pem: 'PEM', pkcs8: 'PKCS8' } as const;
/** The smallest sizes that ssh-keygen and current OpenSSL accept by default. */
const BITS = { ed25519: [], rsa: ['-b', '2048'], ecdsa: ['-b', '256'] } as const;

/**
 * Creates a key pair with ssh-keygen.
 * @throws when the file exists or ssh-keygen fails
 */
export async function generateTestKey(options: TestKeyOptions): Promise<TestKey> {
  const { folder, type = 'ed25519', passphrase } = options;
  const path = join(folder, options.name ?? `id_${type}`);
  if (existsSync(path)) throw new Error(`${path} exists`);
  await mkdir(folder, { recursive: true });
  // ssh-keygen always writes ed25519 keys in its own format, so the PKCS#8 file is written here.
  if (type === 'ed25519' && options.format === 'pkcs8') await writePkcs8(options, path);
  else await run('ssh-keygen', keygenArguments(options, path));
  const publicKeyPath = `${path}.pub`;
  const publicKeyLine = (await readFile(publicKeyPath, 'utf8')).trim();
  const fingerprint = fingerprintOfLine(publicKeyLine);
  const key = { path, publicKeyPath, publicKeyLine, fingerprint };
  return passphrase === undefined ? key : { ...key, passphrase };
}

function keygenArguments(options: TestKeyOptions, path: string): string[] {
  const { type = 'ed25519', passphrase = '', comment = COMMENT } = options;
  const { format, rounds, cipher } = options;
  return [
    ...['-q', '-t', type, ...BITS[type], '-N', passphrase, '-C', comment, '-f', path],
    ...(format === undefined || format === 'openssh' ? [] : ['-m', FORMATS[format]]),
    ...(rounds === undefined ? [] : ['-a', String(rounds)]),
    ...(cipher === undefined ? [] : ['-Z', cipher]),
  ];
}

async function writePkcs8({ passphrase, comment = COMMENT }: TestKeyOptions, path: string) {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const encryption = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase };
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8', ...encryption });
  await writeFile(path, pem, { mode: 0o600 });
  await writeFile(`${path}.pub`, `${toPublicKeyLine(publicKey, comment)}\n`);
}

/** Returns the OpenSSH line of an ed25519 public key. */
export function toPublicKeyLine(publicKey: KeyObject, comment = COMMENT): string {
  const { x = '' } = publicKey.export({ format: 'jwk' });
  const strings = [Buffer.from('ssh-ed25519'), Buffer.from(x, 'base64url')];
  const blob = strings.flatMap((bytes) => [uint32(bytes.length), bytes]);
  return `ssh-ed25519 ${Buffer.concat(blob).toString('base64')} ${comment}`;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Returns OpenSSH's fingerprint of a public key line. */
export function fingerprintOfLine(line: string): string {
  const blob = Buffer.from(line.split(' ')[1] ?? '', 'base64');
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}
