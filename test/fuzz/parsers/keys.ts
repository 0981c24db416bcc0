import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createPrivateKey, generateKeyPairSync, verify } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bcryptKey } from '../../../src/core/ssh/formats/bcrypt';
import type { KeyUnlock } from '../../../src/core/ssh/formats/keyContainer';
import { describeKey } from '../../../src/core/ssh/keyDiscovery';
import { openKeyFile } from '../../../src/core/ssh/privateKey';
import { readKeyType, parsePublicKeyLine, publicKeyLine } from '../../../src/core/ssh/publicKey';
import type { ErrorCode } from '../../../src/core/errors';
import type { Signer } from '../../../src/core/platform/interfaces';
import { hasPublicKey } from '../../../src/core/ssh/keyFolder';
import { makeKeyPair } from '../../../src/core/ssh/keyPair';
import { readPublicKeyFile } from '../../../src/core/ssh/publicKeyFile';
import { privateHalf } from '../../support/private-half';
import { toPutty } from '../../support/putty-key';
import { generateTestKey, toPublicKeyLine } from '../../support/ssh-key';
import { unlockWith } from '../../support/unlock-with';
import { plain, type Parser, type Seed, type Verdict } from '../parser';
import { orRefuse } from '../promises';

const PASSPHRASE = 'correct horse battery';
const CIPHERS = [
  ...['aes256-ctr', 'aes256-cbc', '3des-cbc', 'aes256-gcm@openssh.com'],
  'chacha20-poly1305@openssh.com',
];
const LABELS = ['OPENSSH PRIVATE KEY', 'PRIVATE KEY', 'ENCRYPTED PRIVATE KEY', 'RSA PRIVATE KEY'];
const KEY_CODES: readonly ErrorCode[] = [
  ...(['KEY_NOT_FOUND', 'KEY_UNREADABLE', 'KEY_UNSUPPORTED', 'KEY_ENCRYPTED'] as const),
  'KEY_WRONG_PASSPHRASE',
];
/**
 * A round of bcrypt takes milliseconds, and a thousand rounds are allowed, so the total time is no
 * fault.
 */
const MOST_ROUNDS = 4;

const secrets = new Set<string>([PASSPHRASE]);

/** The bytes within base64 armor, for mutation there. */
function armoured(pem: string): Seed {
  const [begin = '', ...lines] = pem.trim().split(/\r?\n/u);
  const end = lines.pop() ?? '';
  return {
    bytes: Buffer.from(lines.join(''), 'base64'),
    wrap: (bytes) =>
      Buffer.from(
        [begin, ...(bytes.toString('base64').match(/.{1,70}/gu) ?? []), end, ''].join('\n'),
      ),
  };
}

async function privateKeys(folder: string): Promise<Seed[]> {
  const made = await generateTestKey({ folder });
  for (const part of privateHalf(made.path)) secrets.add(part);
  const files = [made.path];
  for (const [index, cipher] of CIPHERS.entries()) {
    const options = { folder, name: `sealed${index}`, passphrase: PASSPHRASE, rounds: 1, cipher };
    files.push((await generateTestKey(options)).path);
  }
  const rsa = await generateTestKey({ folder, type: 'rsa', format: 'pem' });
  const texts = [...files, rsa.path].map((file) => readFileSync(file, 'utf8'));
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const seed = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' }).subarray(-32);
  for (const encoding of ['base64', 'hex', 'base64url'] as const)
    secrets.add(seed.toString(encoding));
  texts.push(pem, ...sealedPems(pem, folder));
  const key = { pem, publicKeyLine: toPublicKeyLine(publicKey, '') };
  const putty = [toPutty(key, 2), toPutty(key, 3), toPutty(key, 2, PASSPHRASE)];
  return [...texts.map(armoured), ...texts.map(plain), ...putty.map(plain)];
}

/** PKCS#8 with its passphrase, in the variants of OpenSSL. */
function sealedPems(pem: string, folder: string): string[] {
  const file = join(folder, 'plain.pem');
  writeFileSync(file, pem, { mode: 0o600 });
  return [
    ['-iter', '1'],
    ['-iter', '70000'],
    ['-scrypt', '-scrypt_N', '16'],
    ['-v1', 'PBE-SHA1-3DES', '-iter', '1'],
  ].map((options) =>
    execFileSync(
      'openssl',
      ['pkcs8', '-topk8', '-in', file, '-passout', `pass:${PASSPHRASE}`, ...options],
      { encoding: 'utf8' },
    ),
  );
}

/**
 * Unlocks a key whose passphrase is cheap to try; treats all others as locked with another
 * passphrase.
 */
function cheapUnlock(passphrase: string): KeyUnlock {
  const deriveBcrypt: KeyUnlock['deriveBcrypt'] = async (input) =>
    Promise.resolve(input.rounds > MOST_ROUNDS ? new Uint8Array(input.length) : bcryptKey(input));
  return { passphrase, deriveBcrypt };
}

async function assertSigns(signer: Signer): Promise<void> {
  const data = Buffer.from('a challenge of some length');
  const { blob } = parsePublicKeyLine(signer.publicKey) ?? assert.fail('its own line is none');
  const key = { kty: 'OKP', crv: 'Ed25519', x: blob.subarray(-32).toString('base64url') };
  const signature = await signer.sign(data);
  assert.ok(verify(null, data, { key, format: 'jwk' }, signature), 'a signature of another key');
}

export const privateKey: Parser = {
  name: 'private key file',
  seeds: privateKeys,
  words: [
    ...LABELS.flatMap((label) => [`-----BEGIN ${label}-----\n`, `-----END ${label}-----\n`]),
    ...[
      'PuTTY-User-Key-File-2: ',
      'PuTTY-User-Key-File-3: ',
      'Encryption: aes256-cbc',
      'Public-Lines: ',
    ],
    ...[
      'Proc-Type: 4,ENCRYPTED\n',
      'DEK-Info: AES-128-CBC,00\n',
      'openssh-key-v1\0',
      'ssh-ed25519',
      'ssh-rsa',
    ],
    ...['bcrypt', 'none', 'aes256-ctr'],
    Buffer.from('2a864886f70d01050c', 'hex'),
    Buffer.from('02047fffffff', 'hex'),
  ],
  check: async (input, folder) => {
    const path = join(folder, 'key');
    await writeFile(path, input);
    await describeKey(path);
    const open = async (unlock?: KeyUnlock): Promise<void> =>
      assertSigns(await openKeyFile(path, unlock));
    const verdict = await orRefuse(KEY_CODES, () => open(), [...secrets]);
    return verdict === 'accepted'
      ? verdict
      : orRefuse(KEY_CODES, () => open(cheapUnlock(PASSPHRASE)), [...secrets]);
  },
  maxBytes: 70_000,
};

/** Checks whether OpenSSH accepts it as a public key too. */
function assertOpenSshReads(path: string): void {
  execFileSync('ssh-keygen', ['-l', '-f', path], { stdio: ['ignore', 'ignore', 'pipe'] });
}

let accepted = 0;
/** Starting a program takes milliseconds, so only some inputs are checked with it. */
const SAMPLE = 20;

async function publicKeys(folder: string): Promise<Seed[]> {
  const keys = [
    await generateTestKey({ folder }),
    await generateTestKey({ folder, type: 'rsa' }),
    await generateTestKey({ folder, type: 'ecdsa', comment: 'a b\tc' }),
  ];
  for (const part of privateHalf(keys[0]!.path)) secrets.add(part);
  const lines = keys.map(({ publicKeyLine: line }) => `${line}\n`);
  const [first = ''] = lines;
  const [type = '', blob = ''] = first.split(' ');
  return [
    ...lines.map(plain),
    {
      bytes: Buffer.from(blob, 'base64'),
      wrap: (bytes) =>
        Buffer.from(`${readKeyType(bytes) ?? type} ${bytes.toString('base64')} me\n`),
    },
    plain(`# a comment\n\n${first}`),
    {
      bytes: Buffer.from(first),
      wrap: (bytes) => Buffer.from(`\uFEFF${bytes.toString()}`, 'utf16le'),
    },
    plain(await readFile(keys[0]!.path)),
  ];
}

const PUBLIC_WORDS = [
  ...['ssh-ed25519 ', 'ssh-ed25519', 'ssh-rsa ', 'AAAAC3NzaC1lZDI1NTE5AAAAI', ' ', '\t', '\n', '#'],
  ...[
    '-----BEGIN OPENSSH PRIVATE KEY-----',
    '---- BEGIN SSH2 PUBLIC KEY ----',
    'BEGIN ',
    '{"d":',
    '\u2029',
  ],
];

export const publicKeyFile: Parser = {
  name: 'public key file',
  seeds: publicKeys,
  words: PUBLIC_WORDS,
  check: async (input, folder) => {
    const path = join(folder, 'key.pub');
    await writeFile(path, input);
    const codes: ErrorCode[] = [
      'KEY_IS_PRIVATE',
      'KEY_NOT_FOUND',
      'KEY_UNREADABLE',
      'KEY_UNSUPPORTED',
    ];
    await hasPublicKey(folder);
    return orRefuse(codes, async () => {
      const { blob, comment } = await readPublicKeyFile(path);
      const line = publicKeyLine(blob, comment);
      assert.deepEqual(parsePublicKeyLine(line)?.blob, blob, 'what is sent is another key');
      if (accepted++ % SAMPLE === 0) {
        await writeFile(path, `${line}\n`);
        assertOpenSshReads(path);
      }
    }, [...secrets]);
  },
  maxBytes: 70_000,
};

export const publicKeyText: Parser = {
  name: 'public key line',
  seeds: publicKeys,
  words: PUBLIC_WORDS,
  check: (input) => {
    const parts = parsePublicKeyLine(input.toString());
    if (parts === undefined) return 'refused';
    assert.deepEqual(parsePublicKeyLine(publicKeyLine(parts.blob, parts.comment)), parts);
    return 'accepted';
  },
  maxBytes: 70_000,
};

/** The input is a comment, followed by a zero byte and a passphrase. */
export const madeKey: Parser = {
  name: 'key made here',
  seeds: () => ['me@home', 'me\0', 'me@home\0secret', '\u00fcber\0\u00e9'].map(plain),
  words: ['\0', '\n', '\ud83d\ude00'],
  check: async (input, folder): Promise<Verdict> => {
    const [text = '', ...rest] = input.toString().split('\0');
    const comment = text
      .replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')
      .trim()
      .slice(0, 255);
    // Each passphrase costs all the rounds of a new key.
    const passphrase = input.length % 16 === 0 ? rest.join('') : '';
    const unlock = passphrase === '' ? undefined : unlockWith(passphrase);
    const { file, blob, signer } = await makeKeyPair(comment, unlock);
    const path = join(folder, 'made');
    await writeFile(path, file, { mode: 0o600 });
    const opened = await openKeyFile(path, unlock);
    assert.equal(opened.fingerprint, signer.fingerprint);
    await assertSigns(opened);
    if (accepted++ % SAMPLE === 0) {
      const args = ['-y', '-P', passphrase, '-f', path];
      const line = execFileSync('ssh-keygen', args, { encoding: 'utf8' });
      assert.deepEqual(parsePublicKeyLine(line)?.blob, blob, 'OpenSSH reads another key');
    }
    return 'accepted';
  },
  runs: 15,
  maxBytes: 2_000,
};
