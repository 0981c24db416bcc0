import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { openKeyFile } from '../../../../src/core/ssh/privateKey';
import { SshReader, sshString, sshUint32 } from '../../../../src/core/ssh/formats/sshWire';
import { rejectsWith } from '../../../support/expect';
import { generateTestKey } from '../../../support/ssh-key';
import { useTempFolder } from '../../../support/temp-folder';
import { unlockWith } from '../../../support/unlock-with';

const run = promisify(execFile);
const PASSPHRASE = 'a passphrase, كلمة';
const MAGIC = Buffer.from('openssh-key-v1\0');

/** Ciphers that ssh-keygen supports on this machine. */
const CIPHERS = execFileSync('ssh', ['-Q', 'cipher'], { encoding: 'utf8' }).trim().split('\n');

/**
 * The strings of a key file after its magic: cipher, kdf, kdf options, key count, public key,
 * private part, tag.
 */
interface Parts {
  cipher: Buffer;
  kdf: Buffer;
  options: Buffer;
  count: number;
  publicBlob: Buffer;
  sealed: Buffer;
  tag: Buffer;
}

/** Edits a key file in OpenSSH format. */
async function rewrite(path: string, change: (parts: Parts) => Partial<Parts>): Promise<void> {
  const text = await readFile(path, 'utf8');
  const reader = new SshReader(Buffer.from(text.split('\n').slice(1, -2).join(''), 'base64'));
  reader.bytes(MAGIC.length);
  const [cipher, kdf, options] = [reader.string(), reader.string(), reader.string()];
  const count = reader.uint32();
  const [publicBlob, sealed] = [reader.string(), reader.string()];
  const parts = { cipher, kdf, options, count, publicBlob, sealed, tag: reader.rest };
  const next = { ...parts, ...change(parts) };
  const bytes = Buffer.concat([
    ...[MAGIC, sshString(next.cipher), sshString(next.kdf), sshString(next.options)],
    ...[sshUint32(next.count), sshString(next.publicBlob), sshString(next.sealed), next.tag],
  ]);
  await writeFile(
    path,
    `-----BEGIN OPENSSH PRIVATE KEY-----\n${bytes.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`,
  );
}

function flipped(bytes: Buffer, index: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[index] = (copy[index] ?? 0) ^ 1;
  return copy;
}

describe('keys in OpenSSH format', () => {
  const temp = useTempFolder();
  const make = (options: Partial<Parameters<typeof generateTestKey>[0]> = {}) =>
    generateTestKey({ folder: temp.path, ...options });
  const makeSealed = (cipher = 'aes256-ctr', rounds = 2) =>
    make({ passphrase: PASSPHRASE, rounds, cipher });

  it('covers more ciphers than common packages support', () => {
    assert.ok(CIPHERS.includes('chacha20-poly1305@openssh.com'));
    assert.ok(CIPHERS.includes('aes256-gcm@openssh.com'));
  });

  for (const cipher of CIPHERS) {
    it(`opens a key encrypted with ${cipher}`, async () => {
      const key = await makeSealed(cipher);
      assert.equal(
        (await openKeyFile(key.path, unlockWith(PASSPHRASE))).fingerprint,
        key.fingerprint,
      );
      await rejectsWith('KEY_ENCRYPTED', openKeyFile(key.path));
      for (const wrong of ['wrong', '', `${PASSPHRASE} `]) {
        await rejectsWith('KEY_WRONG_PASSPHRASE', openKeyFile(key.path, unlockWith(wrong)));
      }
    });
  }

  it('opens a key after ssh-keygen changed its passphrase, comment and rounds', async () => {
    const key = await make({ comment: 'ноутбук 💻 à la maison' });
    const change = ['-p', '-f', key.path, '-P', ''];
    await run('ssh-keygen', [...change, '-N', PASSPHRASE, '-a', '3']);
    await run('ssh-keygen', ['-c', '-f', key.path, '-P', PASSPHRASE, '-C', 'x'.repeat(700)]);
    const signer = await openKeyFile(key.path, unlockWith(PASSPHRASE));
    assert.equal(signer.fingerprint, key.fingerprint);
    assert.match(signer.publicKey, / x{700}$/u);
  });

  it('opens a key with CRLF, a byte order mark, trailing spaces and blank lines', async () => {
    const key = await makeSealed('aes256-gcm@openssh.com');
    const text = await readFile(key.path, 'utf8');
    for (const [name, changed] of [
      ['CRLF', text.replaceAll('\n', '\r\n')],
      ['CR', text.replaceAll('\n', '\r')],
      ['a byte order mark', `\uFEFF${text}`],
      ['trailing blanks', text.replaceAll('\n', ' \t\n')],
      ['indented', text.replaceAll('\n', '\n  ')],
      ['blank lines', `\n\n${text}\n\n `],
      ['no line end', text.trimEnd()],
    ] as const) {
      await writeFile(key.path, changed);
      const { fingerprint } = await openKeyFile(key.path, unlockWith(PASSPHRASE));
      assert.equal(fingerprint, key.fingerprint, name);
    }
  });

  it('distinguishes an excessive number of rounds from a wrong passphrase at once', async () => {
    const key = await makeSealed();
    for (const rounds of [1025, 2 ** 31, 2 ** 32 - 1]) {
      await rewrite(key.path, ({ options }) => ({
        options: Buffer.concat([options.subarray(0, -4), sshUint32(rounds)]),
      }));
      const { message } = await rejectsWith(
        'KEY_UNREADABLE',
        openKeyFile(key.path, unlockWith(PASSPHRASE)),
      );
      assert.match(message, new RegExp(`${rounds} rounds .* ssh-keygen -p -a 64 -f `, 'u'));
    }
  });

  it('reports damage for missing rounds or salt, half a block, or truncated options', async () => {
    const changes: ((parts: Parts) => Partial<Parts>)[] = [
      ({ options }) => ({ options: Buffer.concat([options.subarray(0, -4), sshUint32(0)]) }),
      () => ({ options: Buffer.concat([sshString(Buffer.alloc(0)), sshUint32(2)]) }),
      ({ options }) => ({ options: options.subarray(0, 10) }),
      ({ sealed }) => ({ sealed: sealed.subarray(0, -1) }),
    ];
    for (const [index, change] of changes.entries()) {
      const key = await make({ name: `k${index}`, passphrase: PASSPHRASE, rounds: 2 });
      await rewrite(key.path, change);
      const { message } = await rejectsWith(
        'KEY_UNREADABLE',
        openKeyFile(key.path, unlockWith(PASSPHRASE)),
      );
      assert.match(message, /damaged/u);
    }
  });

  it('reports damage when a byte of an unencrypted private part changes', async () => {
    const key = await make();
    const text = await readFile(key.path);
    for (const index of [0, 5, 12, 30, 70, 110, -1]) {
      await writeFile(key.path, text);
      await rewrite(key.path, ({ sealed }) => ({
        sealed: flipped(sealed, index < 0 ? sealed.length + index : index),
      }));
      await rejectsWith('KEY_UNREADABLE', openKeyFile(key.path));
    }
  });

  it('rejects a different public key and a damaged authentication tag', async () => {
    for (const cipher of ['aes256-gcm@openssh.com', 'chacha20-poly1305@openssh.com']) {
      const name = cipher.slice(0, 6);
      const key = await make({ name, passphrase: PASSPHRASE, rounds: 2, cipher });
      const text = await readFile(key.path);
      for (const change of [
        ({ publicBlob }: Parts) => ({ publicBlob: flipped(publicBlob, 40) }),
        // Of the seed: bytes keep their positions in the cipher stream.
        ({ sealed }: Parts) => ({ sealed: flipped(sealed, 8 + 19 + 36 + 10) }),
      ]) {
        await writeFile(key.path, text);
        await rewrite(key.path, change);
        await rejectsWith('KEY_WRONG_PASSPHRASE', openKeyFile(key.path, unlockWith(PASSPHRASE)));
      }
    }
  });

  it('rejects an unknown cipher or key derivation and suggests a conversion', async () => {
    for (const change of [{ cipher: 'aes512-xyz' }, { cipher: 'toString' }, { kdf: 'argon9' }]) {
      const [part, value] = Object.entries(change)[0] ?? ['', ''];
      const key = await make({ name: value, passphrase: PASSPHRASE, rounds: 2 });
      await rewrite(key.path, () => ({ [part]: Buffer.from(value) }));
      const { message } = await rejectsWith(
        'KEY_UNREADABLE',
        openKeyFile(key.path, unlockWith(PASSPHRASE)),
      );
      assert.match(message, /encrypted in a way that cannot be read here/u);
    }
  });

  it('rejects a file with several keys', async () => {
    const key = await make();
    await rewrite(key.path, () => ({ count: 2 }));
    await rejectsWith('KEY_UNREADABLE', openKeyFile(key.path));
  });
});
