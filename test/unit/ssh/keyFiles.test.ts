import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createCipheriv, generateKeyPairSync, pbkdf2Sync, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeKey } from '../../../src/core/ssh/keyDiscovery';
import { openKeyFile } from '../../../src/core/ssh/privateKey';
import { rejectsWith } from '../../support/expect';
import { toPutty } from '../../support/putty-key';
import { fingerprintOfLine, generateTestKey, toPublicKeyLine } from '../../support/ssh-key';
import { useTempFolder } from '../../support/temp-folder';
import { unlockWith } from '../../support/unlock-with';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const SEED = privateKey.export({ type: 'pkcs8', format: 'der' }).subarray(-32);
const POINT = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
const LINE = toPublicKeyLine(publicKey, '');
const FINGERPRINT = fingerprintOfLine(LINE);
const PASSPHRASE = 'Zoë café';
const ARABIC = 'كلمة السر';

interface Sample {
  text: string;
  passphrase?: string;
  fingerprint?: string;
  /** Whether the file contains the public key. */
  isListed?: true;
}

/** Encodings of one key, as OpenSSL writes them. */
const OPENSSL: Readonly<Record<string, readonly string[]>> = {
  'PBKDF2 with SHA-256': ['-iter', '2048'],
  'PBKDF2 with SHA-1 and AES-128': ['-v2', 'aes128', '-v2prf', 'hmacWithSHA1', '-iter', '9'],
  'PBKDF2 with SHA-512 and AES-192': ['-v2', 'aes192', '-v2prf', 'hmacWithSHA512', '-iter', '9'],
  'PBKDF2 with 3DES': ['-v2', 'des3', '-iter', '9'],
  scrypt: ['-scrypt', '-scrypt_N', '1024', '-scrypt_r', '8', '-scrypt_p', '2'],
  'PBE-SHA1-3DES': ['-v1', 'PBE-SHA1-3DES', '-iter', '50'],
};

function byOpenSsl(options: readonly string[]): string {
  const args = ['pkcs8', '-topk8', '-passout', `pass:${PASSPHRASE}`, ...options];
  return execFileSync('openssl', args, { input: PEM, encoding: 'utf8' });
}

function der(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  assert.ok(content.length < 256);
  const length = content.length < 128 ? [content.length] : [0x81, content.length];
  return Buffer.concat([Buffer.of(tag, ...length), content]);
}

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(' ', ''), 'hex');
}

function armour(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/gu) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

/**
 * PKCS#8 version 2. RFC 8410 stores the public key as an implicit `[1]`; older versions of ring
 * wrap it.
 */
function versionTwo(form: 'implicit' | 'wrapped', point = POINT, ...attributes: Buffer[]): Buffer {
  const secret = der(0x04, der(0x04, SEED));
  const bits = Buffer.concat([Buffer.of(0), point]);
  const field = form === 'implicit' ? der(0x81, bits) : der(0xa1, der(0x03, bits));
  return der(0x30, hex('020101 3005 0603 2b6570'), secret, ...attributes, field);
}

const ATTRIBUTES = hex('a01f301d060a2a864886f70d01090914310f0c0d437572646c6520436861697273');

/** PBES2 with PBKDF2 of SHA-1 and AES-256, or under the name of another cipher. */
function seal(plain: Buffer, cipherId = '6086480165030401 2a'): string {
  const [salt, iv] = [Buffer.alloc(8, 1), Buffer.alloc(16, 2)];
  const cipher = createCipheriv('aes-256-cbc', pbkdf2Sync(PASSPHRASE, salt, 5, 32, 'sha1'), iv);
  const kdf = der(
    0x30,
    der(0x06, hex('2a864886f70d01050c')),
    der(0x30, der(0x04, salt), der(0x02, Buffer.of(5))),
  );
  const encryption = der(0x30, der(0x06, hex(cipherId)), der(0x04, iv));
  const scheme = der(0x30, der(0x06, hex('2a864886f70d01050d')), der(0x30, kdf, encryption));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return armour('ENCRYPTED PRIVATE KEY', der(0x30, scheme, der(0x04, sealed)));
}

/** Written by PuTTYgen 0.78 with the passphrase in a Windows code page. */
function byPuttygen(sealed: string): Sample {
  const blob = 'AAAAC3NzaC1lZDI1NTE5AAAAIFwbKcdfzfBRtXnuh38ACg5ugr0nJO4XWQb4MZ/5Ujve';
  const text = [
    'PuTTY-User-Key-File-2: ssh-ed25519',
    'Encryption: aes256-cbc',
    'Comment: from putty',
    'Public-Lines: 1',
    blob,
    'Private-Lines: 1',
    sealed,
    'Private-MAC: f7ba8a9fe2129bf15ba04ebcf0091c4f7755ae59',
    '',
  ].join('\n');
  return { text, fingerprint: fingerprintOfLine(`ssh-ed25519 ${blob}`), isListed: true };
}

/** Text allowed around a key. `text` is the whole file. */
const SURROUNDINGS: Readonly<Record<string, (text: string) => string | Buffer>> = {
  nothing: (text) => text,
  CRLF: (text) => text.replaceAll('\n', '\r\n'),
  CR: (text) => text.replaceAll('\n', '\r'),
  'a byte order mark': (text) => `\uFEFF${text}`,
  'UTF-16 of PowerShell': (text) => Buffer.from(`\uFEFF${text}`, 'utf16le'),
  'UTF-16 with the high byte first': (text) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16(),
  'blank lines': (text) => `\n \n\t\n${text}\n\n `,
  'trailing blanks': (text) => text.replaceAll('\n', ' \t\n'),
  'an indent': (text) => `  ${text.replaceAll('\n', '\n  ')}`,
  'no line end': (text) => text.trimEnd(),
};

const CERTIFICATE = `-----BEGIN CERTIFICATE-----\n${Buffer.alloc(1200, 1).toString('base64')}\n-----END CERTIFICATE-----\n`;
const BAG = `Bag Attributes\n    localKeyID: 54 69 6D 65 \n    friendlyName: ${'long '.repeat(300)}\nKey Attributes: <No Attributes>\n`;

/** Text allowed around a PEM key in addition. */
const PEM_SURROUNDINGS: typeof SURROUNDINGS = {
  'Bag Attributes before': (text) => BAG + text,
  'a certificate before': (text) => CERTIFICATE + text,
  'a certificate and attributes before': (text) => BAG + CERTIFICATE + BAG + text,
  'a certificate and a note behind': (text) => `${text}\nthis is my key\n${CERTIFICATE}`,
  'all of it, with CRLF': (text) =>
    `\uFEFF\r\n${(BAG + CERTIFICATE + text + CERTIFICATE).replaceAll('\n', '\r\n')}`,
};

const PEM_SAMPLES: Readonly<Record<string, Sample>> = {
  'PKCS#8': { text: PEM },
  'PKCS#8 with attributes': {
    text: armour(
      'PRIVATE KEY',
      der(0x30, hex('020100 3005 0603 2b6570'), der(0x04, der(0x04, SEED)), ATTRIBUTES),
    ),
  },
  'PKCS#8 of version 2': { text: armour('PRIVATE KEY', versionTwo('implicit')), isListed: true },
  'PKCS#8 of version 2 with attributes': {
    text: armour('PRIVATE KEY', versionTwo('implicit', POINT, ATTRIBUTES)),
    isListed: true,
  },
  'PKCS#8 of version 2 as old versions of ring have it': {
    text: armour('PRIVATE KEY', versionTwo('wrapped')),
    isListed: true,
  },
  'encrypted PKCS#8 of version 2': { text: seal(versionTwo('implicit')), passphrase: PASSPHRASE },
  ...Object.fromEntries(
    Object.entries(OPENSSL).map(([name, options]) => [
      `encrypted PKCS#8, ${name}`,
      { text: byOpenSsl(options), passphrase: PASSPHRASE },
    ]),
  ),
};

const PUTTY_SAMPLES: Readonly<Record<string, Sample>> = {
  "PuTTY's format 2": { text: putty(2), isListed: true },
  "PuTTY's format 3": { text: putty(3), isListed: true },
  "PuTTY's format 2, encrypted": {
    ...{ text: putty(2, PASSPHRASE), passphrase: PASSPHRASE, isListed: true },
  },
  "PuTTY's format 2, encrypted in Windows' Arabic code page": {
    text: putty(2, hex('dfe1e3c920c7e1d3d1')),
    passphrase: ARABIC,
    isListed: true,
  },
  'PuTTYgen’s file from the code page 1252': {
    ...byPuttygen('ghiJKyx/iTUuQ/NpxigjDFQt5WPK6Rh3rf2UvNh5KcyIV7qKneqw5UV490yF9SDT'),
    passphrase: PASSPHRASE,
  },
  'PuTTYgen’s file from the code page 1256': {
    ...byPuttygen('RnmxMu0FFkQ/hBy5pyiKB73UhkFDEc3vkLFJ8wK3BlDn8nkK0hltM7aLTlCZV0tH'),
    passphrase: ARABIC,
  },
};

function putty(version: 2 | 3, passphrase?: string | Buffer): string {
  const text = toPutty({ pem: PEM, publicKeyLine: LINE }, version, passphrase);
  return text.replaceAll('\r\n', '\n');
}

describe('private key files', () => {
  const temp = useTempFolder();

  async function assertOpens(
    { text, passphrase, fingerprint = FINGERPRINT, isListed }: Sample,
    surroundings: typeof SURROUNDINGS,
  ): Promise<void> {
    const path = join(temp.path, 'key');
    for (const [name, surround] of Object.entries(surroundings)) {
      await writeFile(path, surround(text));
      const signer = await openKeyFile(path, unlockWith(passphrase)).catch((error: unknown) =>
        assert.fail(`${name}: ${String(error)}`),
      );
      assert.equal(signer.fingerprint, fingerprint, name);
      if (passphrase !== undefined) {
        await rejectsWith('KEY_ENCRYPTED', openKeyFile(path));
      }
      if (passphrase !== undefined && name === 'nothing') {
        await rejectsWith('KEY_WRONG_PASSPHRASE', openKeyFile(path, unlockWith('zoë café')));
      }
      const listed = isListed === true ? fingerprint : undefined;
      assert.equal((await describeKey(path))?.fingerprint, listed, name);
    }
  }

  for (const [name, sample] of Object.entries(PEM_SAMPLES)) {
    it(`opens ${name} with any allowed text around the key`, async () => {
      await assertOpens(sample, { ...SURROUNDINGS, ...PEM_SURROUNDINGS });
    });
  }

  for (const [name, sample] of Object.entries(PUTTY_SAMPLES)) {
    it(`opens ${name} with any allowed text around the key`, async () => {
      await assertOpens(sample, SURROUNDINGS);
    });
  }

  for (const passphrase of [undefined, PASSPHRASE]) {
    const isSealed = passphrase === undefined ? '' : ', encrypted';
    it(`opens OpenSSH format${isSealed} with any allowed text around the key`, async () => {
      const folder = join(temp.path, 'made');
      const key = await generateTestKey({
        ...{ folder, rounds: 1 },
        ...(passphrase === undefined ? {} : { passphrase }),
      });
      const { fingerprint } = key;
      const sample: Sample = { text: readFileSync(key.path, 'utf8'), fingerprint, isListed: true };
      await assertOpens(
        { ...sample, ...(passphrase === undefined ? {} : { passphrase }) },
        { ...SURROUNDINGS, ...PEM_SURROUNDINGS },
      );
    });
  }

  it('opens the output of `openssl pkcs12`', async () => {
    const file = join(temp.path, 'plain.pem');
    const p12 = join(temp.path, 'key.p12');
    await writeFile(file, PEM, { mode: 0o600 });
    const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
    const certificate = openssl('req', '-x509', '-key', file, '-subj', '/CN=me', '-days', '1');
    assert.ok(new X509Certificate(certificate).subject);
    await writeFile(join(temp.path, 'both.pem'), `${PEM}${certificate.toString()}`);
    const both = join(temp.path, 'both.pem');
    openssl('pkcs12', '-export', '-in', both, '-name', 'me', '-passout', 'pass:', '-out', p12);
    const written = openssl('pkcs12', '-in', p12, '-nodes', '-passin', 'pass:').toString();
    assert.match(written, /^Bag Attributes/u);
    await assertOpens({ text: written }, { nothing: (text) => text });
  });

  it('reports a file as damaged when it contains another public key', async () => {
    const other = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' });
    const path = join(temp.path, 'key');
    const plain = versionTwo('implicit', other.subarray(-32));
    for (const text of [armour('PRIVATE KEY', plain), seal(plain)]) {
      await writeFile(path, text);
      const opened = openKeyFile(path, unlockWith(PASSPHRASE));
      assert.match((await rejectsWith('KEY_UNREADABLE', opened)).message, /damaged/u);
    }
  });

  it('never reports an unknown algorithm as a wrong passphrase', async () => {
    const path = join(temp.path, 'key');
    const unknown = [
      seal(versionTwo('implicit'), '2b06010401ff7f01'),
      putty(2, PASSPHRASE).replace('aes256-cbc', 'aes512-cbc'),
    ];
    for (const text of unknown) {
      await writeFile(path, text);
      for (const passphrase of [undefined, PASSPHRASE, 'wrong']) {
        const opened = openKeyFile(path, unlockWith(passphrase));
        const { message } = await rejectsWith('KEY_UNREADABLE', opened);
        assert.match(message, /encrypted in a way that cannot be read here/u);
      }
    }
  });
});
