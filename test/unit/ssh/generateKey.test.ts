import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs, { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { homedir, hostname, userInfo } from 'node:os';
import { join, relative } from 'node:path';
import { mock } from 'node:test';
import { promisify } from 'node:util';
import { discoverKeys } from '../../../src/core/ssh/keyDiscovery';
import { openKeyFile } from '../../../src/core/ssh/privateKey';
import {
  defaultKeyComment,
  generateKey,
  type GenerateKeyOptions,
} from '../../../src/core/ssh/generateKey';
import { rejectsWith } from '../../support/expect';
import { isAlive } from '../../support/process';
import { useTempFolder } from '../../support/temp-folder';
import { unlockWith } from '../../support/unlock-with';

const run = promisify(execFile);

async function modeOf(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8);
}

/** The public key line without its comment, as ssh-keygen derives it from the private file. */
async function publicHalf(path: string, passphrase = ''): Promise<string> {
  const { stdout } = await run('ssh-keygen', ['-y', '-P', passphrase, '-f', path]);
  return stdout.trim().split(' ').slice(0, 2).join(' ');
}

/** The cipher and the number of key derivation rounds of an OpenSSH private key file. */
async function sealOf(path: string): Promise<{ cipher: string; kdf: string; rounds?: number }> {
  const armour = await readFile(path, 'utf8');
  const bytes = Buffer.from(armour.replace(/-----.*-----/gu, ''), 'base64');
  let offset = 'openssh-key-v1\0'.length;
  const next = (): Buffer => {
    const end = offset + 4 + bytes.readUInt32BE(offset);
    const value = bytes.subarray(offset + 4, end);
    offset = end;
    return value;
  };
  const [cipher, kdf, options] = [next().toString(), next().toString(), next()];
  return { cipher, kdf, ...(options.length === 0 ? {} : { rounds: options.readUInt32BE(20) }) };
}

describe('key generation', () => {
  const temp = useTempFolder();
  const target = (name = 'id_ed25519'): string => join(temp.path, name);

  /** A program that records its arguments and environment, then runs `then`. */
  async function fakeSshKeygen(then: string): Promise<{ program: string; log: string }> {
    const folder = join(temp.path, 'bin');
    await mkdir(folder);
    const program = join(folder, 'ssh-keygen');
    const log = join(folder, 'log');
    const script = `#!/bin/sh\nprintf '<%s>\\n' "$@" >> '${log}'\nenv >> '${log}'\n${then}\n`;
    await writeFile(program, script);
    await chmod(program, 0o755);
    return { program, log };
  }

  const cases: (Partial<GenerateKeyOptions> & { title: string })[] = [
    { title: 'by ssh-keygen' },
    { title: 'without ssh-keygen', sshKeygen: null },
    { title: 'with a passphrase', unlock: unlockWith('long enough') },
    { title: 'with a passphrase in UTF-8', unlock: unlockWith('كلمة السر ñ') },
    { title: 'with a passphrase and no ssh-keygen', unlock: unlockWith('pa ss'), sshKeygen: null },
  ];
  for (const { title, ...options } of cases) {
    it(`writes a key that ssh-keygen and the extension read: ${title}`, async () => {
      const key = await generateKey({ path: target(), comment: 'Zoë 鍵', ...options });
      assert.deepEqual(
        { path: key.path, publicKeyPath: key.publicKeyPath },
        { path: target(), publicKeyPath: `${target()}.pub` },
      );
      const line = await readFile(key.publicKeyPath, 'utf8');
      assert.match(line, /^ssh-ed25519 \S+ Zoë 鍵\n$/u);
      const listed = await run('ssh-keygen', ['-l', '-f', key.path]);
      assert.match(listed.stdout, /^256 SHA256:\S+ .*\(ED25519\)\n$/u);
      assert.equal(listed.stdout.split(' ')[1], key.fingerprint);
      assert.ok(line.startsWith(`${await publicHalf(key.path, options.unlock?.passphrase)} `));
      const signer = await openKeyFile(key.path, options.unlock);
      assert.equal(signer.fingerprint, key.fingerprint);
      assert.equal(`${signer.publicKey}\n`, line);
      assert.deepEqual(await discoverKeys(temp.path), [
        {
          path: key.path,
          fingerprint: key.fingerprint,
          comment: 'Zoë 鍵',
          encrypted: options.unlock !== undefined,
        },
      ]);
      assert.deepEqual((await readdir(temp.path)).sort(), ['id_ed25519', 'id_ed25519.pub']);
    });
  }

  it('requires the passphrase to open the key', async () => {
    const { path } = await generateKey({ path: target(), unlock: unlockWith('right one') });
    await rejectsWith('KEY_ENCRYPTED', openKeyFile(path));
    await rejectsWith('KEY_WRONG_PASSPHRASE', openKeyFile(path, unlockWith('wrong one')));
    await assert.rejects(publicHalf(path, 'wrong one'));
  });

  it('encrypts as OpenSSH does, and not at all with an empty passphrase', async () => {
    const locked = await generateKey({ path: target('locked'), unlock: unlockWith('x') });
    const { cipher, kdf, rounds = 0 } = await sealOf(locked.path);
    assert.deepEqual([cipher, kdf], ['aes256-ctr', 'bcrypt']);
    assert.ok(rounds >= 16);
    for (const sshKeygen of [null, 'ssh-keygen']) {
      const path = target(`open-${String(sshKeygen)}`);
      await generateKey({ path, unlock: unlockWith(''), sshKeygen });
      assert.deepEqual(await sealOf(path), { cipher: 'none', kdf: 'none' });
    }
  });

  it('generates a different key each time', async () => {
    const keys = await Promise.all(
      [1, 2, 3].map((n) => generateKey({ path: target(`key-${n}`), sshKeygen: null })),
    );
    assert.equal(new Set(keys.map((key) => key.fingerprint)).size, 3);
  });

  describe('through ssh-keygen', () => {
    it('is skipped with a passphrase, which never appears in arguments or environment', async () => {
      const { program, log } = await fakeSshKeygen('exec ssh-keygen "$@"');
      await generateKey({ path: target('open'), comment: 'me', sshKeygen: program });
      const noted = await readFile(log, 'utf8');
      assert.match(noted, /<-t>\n<ed25519>\n<-N>\n<>\n<-C>\n<me>\n/u);
      await writeFile(log, '');
      await generateKey({
        path: target('locked'),
        unlock: unlockWith('hush hush'),
        sshKeygen: program,
      });
      assert.equal(await readFile(log, 'utf8'), '');
      await publicHalf(target('locked'), 'hush hush');
    });

    it('falls back when ssh-keygen is missing or fails midway', async () => {
      const missing = join(temp.path, 'missing');
      await publicHalf((await generateKey({ path: target('a'), sshKeygen: missing })).path);
      const spoilt = 'for last; do :; done; ssh-keygen "$@"; echo half > "$last"; exit 1';
      const { program, log } = await fakeSshKeygen(spoilt);
      const key = await generateKey({ path: target('b'), sshKeygen: program });
      assert.match(await readFile(log, 'utf8'), /<ed25519>/u);
      await publicHalf(key.path);
      assert.deepEqual([await modeOf(key.path), await modeOf(key.publicKeyPath)], ['600', '644']);
    });

    it('falls back when ssh-keygen hangs and ignores signals, and leaves no process behind', async () => {
      const { program, log } = await fakeSshKeygen(
        `trap '' TERM; echo "pid $$" >> "$0.pid"; sleep 600`,
      );
      const timing = { sshKeygenTimeoutMs: 1_500 };
      const key = await generateKey({ path: target(), sshKeygen: program, ...timing });
      await publicHalf(key.path);
      const [, pid] = /^pid (\d+)$/u.exec((await readFile(`${program}.pid`, 'utf8')).trim()) ?? [];
      assert.match(await readFile(log, 'utf8'), /<ed25519>/u);
      assert.equal(isAlive(Number(pid)), false);
    });
  });

  for (const sshKeygen of [null, 'ssh-keygen']) {
    it(`creates a folder with 0700 and keys with 0600 and 0644 under any umask (${String(sshKeygen)})`, async () => {
      const previous = process.umask(0o077);
      try {
        const { path } = await generateKey({ path: target('new/.ssh/key'), sshKeygen });
        const modes = [target('new'), target('new/.ssh'), path, `${path}.pub`].map(modeOf);
        assert.deepEqual(await Promise.all(modes), ['700', '700', '600', '644']);
        process.umask(0);
        await generateKey({ path: target('open/key'), sshKeygen });
      } finally {
        process.umask(previous);
      }
      const modes = [target('open'), target('open/key'), target('open/key.pub')].map(modeOf);
      assert.deepEqual(await Promise.all(modes), ['700', '600', '644']);
    });
  }

  describe('overwriting', () => {
    for (const there of ['id_ed25519', 'id_ed25519.pub']) {
      for (const sshKeygen of [null, 'ssh-keygen']) {
        it(`never overwrites ${there} (${String(sshKeygen)})`, async () => {
          await writeFile(target(there), 'mine');
          const error = await rejectsWith('KEY_EXISTS', generateKey({ path: target(), sshKeygen }));
          assert.equal(error.file, target(there));
          assert.equal(await readFile(target(there), 'utf8'), 'mine');
          assert.deepEqual(await readdir(temp.path), [there]);
        });
      }
    }

    it('never overwrites a folder or a dangling link', async () => {
      await mkdir(target('folder'));
      await symlink(target('nowhere'), target('link'));
      for (const name of ['folder', 'link']) {
        await rejectsWith('KEY_EXISTS', generateKey({ path: target(name), sshKeygen: null }));
      }
      assert.deepEqual((await readdir(temp.path)).sort(), ['folder', 'link']);
    });

    it('writes exactly one key when two are generated at the same time', async () => {
      const path = target('new/.ssh/id_ed25519');
      const attempts = [null, 'ssh-keygen', null, 'ssh-keygen', null, null].map((sshKeygen) =>
        generateKey({ path, sshKeygen }),
      );
      const results = await Promise.allSettled(attempts);
      const won = results.filter((result) => result.status === 'fulfilled');
      const [winner] = won;
      assert.ok(winner !== undefined && won.length === 1);
      for (const attempt of attempts.filter((_, n) => results[n]?.status === 'rejected')) {
        await rejectsWith('KEY_EXISTS', attempt);
      }
      const signer = await openKeyFile(path);
      assert.equal(signer.fingerprint, winner.value.fingerprint);
      const line = await readFile(`${path}.pub`, 'utf8');
      assert.equal(`${signer.publicKey}\n`, line, 'both halves are of the winner');
      assert.deepEqual((await readdir(target('new/.ssh'))).sort(), [
        'id_ed25519',
        'id_ed25519.pub',
      ]);
    });

    it('never overwrites on a file system without hard links', async () => {
      const refusal = Object.assign(new Error('no links here'), { code: 'EPERM' });
      const links = mock.method(fs, 'link', () => Promise.reject(refusal));
      try {
        const { path } = await generateKey({ path: target(), sshKeygen: null });
        assert.equal(links.mock.callCount(), 2);
        assert.deepEqual([await modeOf(path), await modeOf(`${path}.pub`)], ['600', '644']);
        const before = await readFile(path, 'utf8');
        await rejectsWith('KEY_EXISTS', generateKey({ path, sshKeygen: null }));
        assert.equal(await readFile(path, 'utf8'), before);
        await publicHalf(path);
      } finally {
        links.mock.restore();
      }
    });
  });

  describe('comment', () => {
    for (const [given, written] of Object.entries({
      'one\ntwo\r\n\tthree\u001b[31m\u0000': 'one two three [31m',
      '  blanks around ': 'blanks around',
      '-f /etc/passwd "$(id)"': '-f /etc/passwd "$(id)"',
      'a\u2028b\ud800c': 'a b c',
      ['😀'.repeat(400)]: '😀'.repeat(255),
      '': '',
    })) {
      it(`sanitizes ${JSON.stringify(given).slice(0, 40)}`, async () => {
        for (const sshKeygen of [null, 'ssh-keygen']) {
          const path = target(`key-${String(sshKeygen)}`);
          await generateKey({ path, comment: given, sshKeygen });
          const [line = '', ...more] = (await readFile(`${path}.pub`, 'utf8')).split('\n');
          assert.deepEqual(more, ['']);
          assert.equal(line.split(' ').slice(2).join(' ').trimEnd(), written);
          const inside = await run('ssh-keygen', ['-y', '-f', path]);
          assert.equal(inside.stdout.trim().split(' ').slice(2).join(' '), written);
        }
      });
    }

    it('defaults to user and host', async () => {
      const expected = `${userInfo().username}@${hostname()}`;
      assert.equal(defaultKeyComment(), expected);
      for (const sshKeygen of [null, 'ssh-keygen']) {
        const { publicKeyPath } = await generateKey({ path: target(String(sshKeygen)), sshKeygen });
        assert.ok((await readFile(publicKeyPath, 'utf8')).endsWith(` ${expected}\n`));
      }
    });
  });

  describe('path', () => {
    it('expands ~ to the home folder', async () => {
      const below = relative(homedir(), target());
      const { path } = await generateKey({ path: `~/${below}`, sshKeygen: null });
      assert.equal(path, target());
      await publicHalf(target());
    });

    it('throws KEY_UNREADABLE for a relative path, a folder or a public key', async () => {
      for (const path of [
        'id_ed25519',
        './key',
        '',
        `${target()}/`,
        target('key.pub'),
        '/a\0b/c',
      ]) {
        await rejectsWith('KEY_UNREADABLE', generateKey({ path }));
      }
      const pasted = '-----BEGIN OPENSSH PRIVATE KEY-----';
      const error = await rejectsWith('KEY_UNREADABLE', generateKey({ path: pasted }));
      assert.ok(!`${error.message} ${error.file ?? ''}`.includes(pasted));
      assert.deepEqual(await readdir(temp.path), []);
    });

    it('throws KEY_UNREADABLE and names a folder that is not writable', async () => {
      await writeFile(target('file'), '');
      const folders = [target('file'), target('file/below'), '/proc/1', '/proc/none'];
      for (const folder of folders) {
        const unlock = unlockWith('hush hush');
        const made = generateKey({ path: join(folder, 'key'), unlock });
        const error = await rejectsWith('KEY_UNREADABLE', made);
        assert.ok(error.message.includes(folder));
        assert.equal(error.file, folder);
        assert.ok(!String(error.stack).includes('hush hush'));
      }
    });
  });
});
