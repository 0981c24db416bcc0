import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createPrivateKey, generateKeyPairSync, verify } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describeKey, discoverKeys } from '../../../src/core/ssh/keyDiscovery';
import { openKeyFile } from '../../../src/core/ssh/privateKey';
import { parsePublicKeyLine } from '../../../src/core/ssh/publicKey';
import { rejectsWith } from '../../support/expect';
import { toPutty } from '../../support/putty-key';
import { generateTestKey, toPublicKeyLine } from '../../support/ssh-key';
import { useTempFolder } from '../../support/temp-folder';
import { unlockWith } from '../../support/unlock-with';

const run = promisify(execFile);

/** Verifies a raw ed25519 signature with node:crypto alone. */
function isSignedBy(publicKeyLine: string, data: Buffer, signature: Uint8Array): boolean {
  const raw = Buffer.from(publicKeyLine.split(' ')[1] ?? '', 'base64').subarray(-32);
  const key = { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') };
  return verify(null, data, { key, format: 'jwk' }, signature);
}

/** Generates a key, on request one whose seed ends in a zero byte. */
function pemKey(endsInZero = false): { pem: string; publicKeyLine: string } {
  let key = generateKeyPairSync('ed25519');
  while (endsInZero && key.privateKey.export({ format: 'der', type: 'pkcs8' }).at(-1) !== 0) {
    key = generateKeyPairSync('ed25519');
  }
  const pem = key.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  return { pem, publicKeyLine: toPublicKeyLine(key.publicKey, '') };
}

describe('private keys', () => {
  const temp = useTempFolder();
  const data = Buffer.from('a challenge of sixteen or more');

  for (const { title, ...options } of [
    { title: 'OpenSSH' },
    { title: 'OpenSSH with a passphrase', passphrase: 'long enough', rounds: 2 },
    { title: 'OpenSSH with aes256-cbc', passphrase: 'pa ss', rounds: 2, cipher: 'aes256-cbc' },
    { title: 'OpenSSH with aes128-ctr', passphrase: 'pa ss', rounds: 2, cipher: 'aes128-ctr' },
    { title: 'OpenSSH with a passphrase in UTF-8', passphrase: 'كلمة السر ñ', rounds: 2 },
    { title: 'PKCS#8', format: 'pkcs8' as const },
    { title: 'PKCS#8 with a passphrase', format: 'pkcs8' as const, passphrase: 'long enough' },
  ]) {
    it(`opens ${title} and signs`, async () => {
      const key = await generateTestKey({ folder: temp.path, ...options });
      const signer = await openKeyFile(key.path, unlockWith(key.passphrase));
      assert.equal(signer.fingerprint, key.fingerprint);
      assert.equal(signer.publicKey, key.publicKeyLine);
      const signature = await signer.sign(data);
      assert.equal(signature.length, 64);
      assert.ok(isSignedBy(key.publicKeyLine, data, signature));
    });
  }

  for (const version of [2, 3] as const) {
    for (const endsInZero of [false, true]) {
      it(`opens PuTTY format ${version}${endsInZero ? ' with a seed that ends in zero' : ''}`, async () => {
        const key = pemKey(endsInZero);
        const path = join(temp.path, 'key.ppk');
        await writeFile(path, toPutty(key, version));
        const signer = await openKeyFile(path);
        assert.ok(isSignedBy(key.publicKeyLine, data, await signer.sign(data)));
      });
    }
  }

  it('opens PuTTY format 2 with its passphrase', async () => {
    const key = pemKey();
    const path = join(temp.path, 'key.ppk');
    await writeFile(path, toPutty(key, 2, 'the passphrase'));
    const signer = await openKeyFile(path, unlockWith('the passphrase'));
    assert.ok(isSignedBy(key.publicKeyLine, data, await signer.sign(data)));
    await rejectsWith('KEY_ENCRYPTED', openKeyFile(path));
    for (const wrong of ['wrong', 'wrong as well', '']) {
      await rejectsWith('KEY_WRONG_PASSPHRASE', openKeyFile(path, unlockWith(wrong)));
    }
  });

  it('suggests a conversion of PuTTY format 3 without a passphrase prompt', async () => {
    const path = join(temp.path, 'key.ppk');
    await writeFile(path, toPutty(pemKey(), 3, 'the passphrase'));
    for (const passphrase of [undefined, 'the passphrase']) {
      const { message } = await rejectsWith(
        'KEY_UNREADABLE',
        openKeyFile(path, unlockWith(passphrase)),
      );
      assert.match(message, /puttygen .*key\.ppk -O private-openssh-new/u);
    }
  });

  it('computes the same fingerprint as ssh-keygen', async () => {
    const key = await generateTestKey({ folder: temp.path });
    const { stdout } = await run('ssh-keygen', ['-l', '-f', key.path]);
    assert.equal(stdout.split(' ')[1], (await openKeyFile(key.path)).fingerprint);
  });

  it('reads a file with CRLF, a byte order mark and trailing spaces', async () => {
    const key = await generateTestKey({ folder: temp.path });
    const text = await readFile(key.path, 'utf8');
    await writeFile(key.path, `\uFEFF${text.replaceAll('\n', ' \r\n')}\r\n  `);
    assert.equal((await openKeyFile(key.path)).fingerprint, key.fingerprint);
  });

  it('works without the .pub file', async () => {
    const key = await generateTestKey({ folder: temp.path });
    await writeFile(key.publicKeyPath, 'something else');
    assert.equal((await openKeyFile(key.path)).publicKey.split(' ').length, 2);
  });

  describe('errors', () => {
    it('throws KEY_NOT_FOUND for a missing file', async () => {
      await rejectsWith('KEY_NOT_FOUND', openKeyFile(join(temp.path, 'missing')));
    });

    it('throws KEY_UNREADABLE for garbage, a public key, an empty file, a folder and 1 MB of zeros', async () => {
      const key = await generateTestKey({ folder: temp.path });
      await rejectsWith('KEY_UNREADABLE', openKeyFile(key.publicKeyPath));
      await rejectsWith('KEY_UNREADABLE', openKeyFile(temp.path));
      const header = '-----BEGIN OPENSSH PRIVATE KEY-----';
      const bodies = ['', 'garbage', header, `${header}\nAAAA\n`, '\0'.repeat(1_000_000)];
      for (const [index, body] of bodies.entries()) {
        const path = join(temp.path, `garbage-${index}`);
        await writeFile(path, body);
        await rejectsWith('KEY_UNREADABLE', openKeyFile(path));
      }
    });

    it('throws KEY_UNREADABLE for a key truncated at any byte', async () => {
      const key = await generateTestKey({ folder: temp.path });
      const text = await readFile(key.path, 'utf8');
      for (const share of [0.3, 0.6, 0.9]) {
        await writeFile(key.path, text.slice(0, text.length * share));
        await rejectsWith('KEY_UNREADABLE', openKeyFile(key.path));
      }
    });

    it('throws KEY_UNREADABLE for a named pipe without waiting for a writer', async () => {
      const path = join(temp.path, 'pipe');
      await run('mkfifo', [path]);
      await rejectsWith('KEY_UNREADABLE', openKeyFile(path));
    });

    it('throws KEY_UNREADABLE without read permission', async function () {
      const key = await generateTestKey({ folder: temp.path });
      await chmod(key.path, 0);
      const opened = await openKeyFile(key.path).catch((error: unknown) => error);
      if (process.getuid?.() === 0) {
        assert.ok(opened, 'root reads everything');
      } else {
        assert.equal((opened as { code?: string }).code, 'KEY_UNREADABLE');
      }
    });

    for (const type of ['rsa', 'ecdsa'] as const) {
      for (const format of ['openssh', 'pem', 'pkcs8'] as const) {
        it(`throws KEY_UNSUPPORTED for ${type} as ${format}`, async () => {
          const key = await generateTestKey({ folder: temp.path, type, format });
          await rejectsWith('KEY_UNSUPPORTED', openKeyFile(key.path));
        });
      }
    }

    it('throws KEY_UNSUPPORTED for an encrypted RSA key before a passphrase prompt', async () => {
      const key = await generateTestKey({
        folder: temp.path,
        type: 'rsa',
        passphrase: 'x1234',
        rounds: 2,
      });
      await rejectsWith('KEY_UNSUPPORTED', openKeyFile(key.path));
    });

    it('throws KEY_WRONG_PASSPHRASE for a passphrase that decrypts a PKCS#8 file to garbage', async () => {
      const key = await generateTestKey({
        folder: temp.path,
        format: 'pkcs8',
        passphrase: 'right',
      });
      const pem = await readFile(key.path);
      const wrong = Array.from({ length: 10_000 }, (_, index) => `wrong ${index}`).find(
        (passphrase) => decryptsToNonsense(pem, passphrase),
      );
      assert.ok(wrong !== undefined, 'one in 250 does');
      await rejectsWith('KEY_WRONG_PASSPHRASE', openKeyFile(key.path, unlockWith(wrong)));
    });

    for (const format of ['openssh', 'pkcs8'] as const) {
      it(`throws KEY_ENCRYPTED without and KEY_WRONG_PASSPHRASE with a wrong passphrase (${format})`, async () => {
        const folder = temp.path;
        const key = await generateTestKey({ folder, format, passphrase: 'right one', rounds: 2 });
        await rejectsWith('KEY_ENCRYPTED', openKeyFile(key.path));
        for (const wrong of ['wrong one', '', 'right one ']) {
          const error = await rejectsWith(
            'KEY_WRONG_PASSPHRASE',
            openKeyFile(key.path, unlockWith(wrong)),
          );
          assert.ok(!error.message.includes('wrong one'));
        }
      });
    }
  });

  describe('in a folder', () => {
    it('lists keys with fingerprint, comment and encryption, and no other files', async () => {
      const folder = temp.path;
      const plain = await generateTestKey({ folder, comment: 'work laptop' });
      const locked = await generateTestKey({
        folder,
        name: 'locked',
        passphrase: 'x1234',
        rounds: 2,
      });
      const pkcs8 = await generateTestKey({ folder, name: 'pkcs8', format: 'pkcs8' });
      await generateTestKey({ folder, type: 'rsa' });
      await writeFile(join(folder, 'config'), 'Host *\n');
      await writeFile(join(folder, 'notes'), 'nothing');
      await mkdir(join(folder, 'sub'));
      const found = await discoverKeys(folder);
      assert.deepEqual(found, [
        {
          path: plain.path,
          fingerprint: plain.fingerprint,
          comment: 'work laptop',
          encrypted: false,
        },
        {
          path: locked.path,
          fingerprint: locked.fingerprint,
          comment: 'test@example.com',
          encrypted: true,
        },
        {
          path: pkcs8.path,
          fingerprint: pkcs8.fingerprint,
          comment: 'test@example.com',
          encrypted: false,
        },
      ]);
    });

    it('returns no keys for a missing folder', async () => {
      assert.deepEqual(await discoverKeys(join(temp.path, 'missing')), []);
      assert.equal(await describeKey(join(temp.path, 'missing')), undefined);
    });
  });
});

describe('public key lines', () => {
  it('reads lines with and without a comment, and only when type and blob agree', () => {
    const line = toPublicKeyLine(generateKeyPairSync('ed25519').publicKey, 'my key é');
    assert.equal(parsePublicKeyLine(line)?.comment, 'my key é');
    assert.equal(parsePublicKeyLine(`${line} \r\n`)?.comment, 'my key é');
    assert.equal(parsePublicKeyLine(line.split(' ').slice(0, 2).join(' '))?.comment, '');
    assert.equal(parsePublicKeyLine(line.replace('ssh-ed25519', 'ssh-rsa')), undefined);
    assert.equal(parsePublicKeyLine('ssh-ed25519'), undefined);
    assert.equal(parsePublicKeyLine(''), undefined);
  });
});

/** The padding is valid by chance: one passphrase in 256 gets this far. */
function decryptsToNonsense(pem: Buffer, passphrase: string): boolean {
  try {
    createPrivateKey({ key: pem, passphrase });
  } catch (error) {
    return error instanceof Error && !error.message.includes('bad decrypt');
  }
  return false;
}
