import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { open, readFile, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { mock } from 'node:test';
import { promisify } from 'node:util';
import { computeFingerprint } from '../../../src/core/ssh/publicKey';
import { looksLikePrivateKey, readPublicKeyFile } from '../../../src/core/ssh/publicKeyFile';
import { rejectsWith } from '../../support/expect';
import { fingerprintOfLine, generateTestKey, toPublicKeyLine } from '../../support/ssh-key';
import { useTempFolder } from '../../support/temp-folder';

const run = promisify(execFile);

describe('public key files', () => {
  const temp = useTempFolder();
  const line = toPublicKeyLine(generateKeyPairSync('ed25519').publicKey, 'Zoë’s 鍵 laptop');

  async function write(content: string | Buffer): Promise<string> {
    const path = join(temp.path, 'key.pub');
    await writeFile(path, content);
    return path;
  }

  it('read type, blob and comment as ssh-keygen wrote them', async () => {
    const key = await generateTestKey({ folder: temp.path, comment: 'work laptop' });
    const { type, blob, comment } = await readPublicKeyFile(key.publicKeyPath);
    assert.deepEqual([type, comment], ['ssh-ed25519', 'work laptop']);
    assert.equal(computeFingerprint(blob), key.fingerprint);
  });

  for (const [title, content] of Object.entries<string | Buffer>({
    'in the usual form': `${line}\n`,
    'without a line end': line,
    'with CRLF': `${line}\r\n`,
    'with a byte order mark': `\uFEFF${line}\n`,
    'surrounded by spaces and blank lines': `\n  ${line} \t \r\n\r\n  \n`,
    'with a comment line above': `# my key\n${line}\n`,
    'in UTF-16 as PowerShell writes it': Buffer.from(`\uFEFF${line}\r\n`, 'utf16le'),
    'in big-endian UTF-16': Buffer.from(`\uFEFF${line}\r\n`, 'utf16le').swap16(),
  })) {
    it(`read a file ${title}`, async () => {
      const { blob, comment } = await readPublicKeyFile(await write(content));
      assert.equal(computeFingerprint(blob), fingerprintOfLine(line));
      assert.equal(comment, 'Zoë’s 鍵 laptop');
    });
  }

  describe('KEY_IS_PRIVATE', () => {
    for (const options of [
      { title: 'OpenSSH' },
      { title: 'OpenSSH with a passphrase', passphrase: 'long enough', rounds: 2 },
      { title: 'PKCS#8', format: 'pkcs8' as const },
      { title: 'PKCS#8 with a passphrase', format: 'pkcs8' as const, passphrase: 'long enough' },
      { title: 'RSA as PEM', type: 'rsa' as const, format: 'pem' as const },
      { title: 'ECDSA as PEM', type: 'ecdsa' as const, format: 'pem' as const },
    ]) {
      it(`is thrown for a private key: ${options.title}`, async () => {
        const key = await generateTestKey({ folder: temp.path, ...options });
        const error = await rejectsWith('KEY_IS_PRIVATE', readPublicKeyFile(key.path));
        assert.equal(error.file, key.path);
        const [, secret = ''] = (await readFile(key.path, 'utf8')).split('\n');
        assert.ok(secret.length > 20 && !error.message.includes(secret));
      });
    }

    const ed25519 = generateKeyPairSync('ed25519').privateKey;
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const der = { format: 'der', type: 'pkcs8' } as const;
    const pem = ed25519.export({ format: 'pem', type: 'pkcs8' }).toString();
    for (const [title, content] of Object.entries<string | Buffer>({
      PuTTY: 'PuTTY-User-Key-File-3: ssh-ed25519\r\nEncryption: none\r\n',
      'SSH.com': '---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nComment: "x"\n',
      'SSH 1': 'SSH PRIVATE KEY FILE FORMAT 1.1\n\0\0\0',
      'OpenSSH without armour': 'openssh-key-v1\0\0\0\0\u0004none',
      JWK: JSON.stringify(ed25519.export({ format: 'jwk' })),
      'PKCS#8 in DER': ed25519.export(der),
      'RSA in DER': rsa.privateKey.export({ format: 'der', type: 'pkcs1' }),
      'encrypted PKCS#8 in DER': ed25519.export({ ...der, cipher: 'aes-256-cbc', passphrase: 'x' }),
      'PEM in UTF-16': Buffer.from(`\uFEFF${pem}`, 'utf16le'),
      'PEM with CRLF, a byte order mark and blank lines': `\uFEFF\r\n\r\n${pem.replaceAll('\n', '\r\n')}`,
      'PEM below a public key': `${line}\n${pem}`,
      'PEM below a long text': `${'Bag Attributes\n'.repeat(20)}${pem}`,
    })) {
      it(`is thrown for a private key: ${title}`, async () => {
        await rejectsWith('KEY_IS_PRIVATE', readPublicKeyFile(await write(content)));
      });
    }

    it('is thrown after reading the head of the file only', async () => {
      const key = await generateTestKey({ folder: temp.path });
      const handle = await open(key.path);
      const reading = mock.method(Object.getPrototypeOf(handle) as FileHandle, 'readFile');
      try {
        await rejectsWith('KEY_IS_PRIVATE', readPublicKeyFile(key.path));
        assert.equal(reading.mock.callCount(), 0);
        await readPublicKeyFile(key.publicKeyPath);
        assert.equal(reading.mock.callCount(), 1);
      } finally {
        reading.mock.restore();
        await handle.close();
      }
    });

    it('is thrown without showing the key when it is passed as the path', async () => {
      const error = await rejectsWith('KEY_IS_PRIVATE', readPublicKeyFile(pem));
      assert.ok(!`${error.message} ${error.file ?? ''}`.includes(pem.split('\n')[1] ?? ''));
    });

    it('is never thrown for a public key in any format, or for a path', () => {
      const spki = rsa.publicKey.export({ format: 'pem', type: 'spki' }).toString();
      const jwk = JSON.stringify(rsa.publicKey.export({ format: 'jwk' }));
      for (const text of [line, `${line} PRIVATE KEY`, spki, jwk, '~/.ssh/id_ed25519', '']) {
        assert.equal(looksLikePrivateKey(text), false, text);
      }
    });
  });

  for (const type of ['rsa', 'ecdsa'] as const) {
    it(`throw KEY_UNSUPPORTED and name the type ${type}`, async () => {
      const key = await generateTestKey({ folder: temp.path, type });
      const error = await rejectsWith('KEY_UNSUPPORTED', readPublicKeyFile(key.publicKeyPath));
      assert.ok(error.message.includes(key.publicKeyLine.split(' ')[0] ?? '-'));
    });
  }

  it('throw KEY_UNSUPPORTED for a certificate', async () => {
    const key = await generateTestKey({ folder: temp.path });
    await run('ssh-keygen', ['-q', '-s', key.path, '-I', 'id', '-n', 'me', key.publicKeyPath]);
    await rejectsWith('KEY_UNSUPPORTED', readPublicKeyFile(`${key.path}-cert.pub`));
  });

  it('throw KEY_NOT_FOUND for a missing file', async () => {
    await rejectsWith('KEY_NOT_FOUND', readPublicKeyFile(join(temp.path, 'missing.pub')));
    const path = await write(line);
    await rejectsWith('KEY_NOT_FOUND', readPublicKeyFile(join(path, 'below a file')));
  });

  it('throw KEY_UNREADABLE and ask for one key when there are several', async () => {
    for (const content of [`${line}\n${line}\n`, `${line}\r\n\r\n# next\r\n${line}`]) {
      const error = await rejectsWith('KEY_UNREADABLE', readPublicKeyFile(await write(content)));
      assert.match(error.message, /one key is wanted/u);
    }
  });

  it('throw KEY_UNREADABLE for an empty or large file, garbage, a folder and a pipe', async () => {
    for (const content of [
      '',
      ' \n',
      '# nothing',
      'garbage',
      '\0\u0001\u0002',
      line.repeat(2000),
    ]) {
      await rejectsWith('KEY_UNREADABLE', readPublicKeyFile(await write(content)));
    }
    await rejectsWith('KEY_UNREADABLE', readPublicKeyFile(temp.path));
    await run('mkfifo', [join(temp.path, 'pipe')]);
    await rejectsWith('KEY_UNREADABLE', readPublicKeyFile(join(temp.path, 'pipe')));
  });

  it('throw KEY_UNREADABLE for a key that is truncated, too long, or of another type', async () => {
    const [type = '', base64 = ''] = line.split(' ');
    const longer = Buffer.concat([Buffer.from(base64, 'base64'), Buffer.from('x')]);
    const damaged = [
      `${type} ${base64.slice(0, -4)}`,
      `${type} ${base64.slice(0, 20)}`,
      `${type} ${longer.toString('base64')}`,
      `${type} ${base64.replace('A', '!')}`,
      `ssh-rsa ${base64}`,
      base64,
      type,
    ];
    for (const content of damaged) {
      await rejectsWith('KEY_UNREADABLE', readPublicKeyFile(await write(content)));
    }
  });

  it('throw KEY_UNREADABLE and name the expected format', async () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const pem = publicKey.export({ format: 'pem', type: 'spki' });
    for (const content of [pem, '---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n']) {
      const error = await rejectsWith('KEY_UNREADABLE', readPublicKeyFile(await write(content)));
      assert.match(error.message, /OpenSSH's format/u);
    }
  });
});
