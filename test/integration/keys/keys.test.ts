import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { failsWith, makeKey, makeRegisteredKey, run, useBackend, useMessages } from '../support';

const execute = promisify(execFile);

interface GeneratedKey {
  path: string;
  publicKeyPath: string;
  fingerprint: string;
}

/** Returns the fingerprint of a key file as OpenSSH computes it. */
async function fingerprintBySsh(path: string): Promise<string> {
  const { stdout } = await execute('ssh-keygen', ['-l', '-f', path]);
  return stdout.split(' ')[1] ?? '';
}

/** Checks whether OpenSSH decrypts a private key with this passphrase. */
function opens(path: string, passphrase: string): Promise<boolean> {
  return execute('ssh-keygen', ['-y', '-f', path, '-P', passphrase]).then(
    () => true,
    () => false,
  );
}

describe('key commands', () => {
  const backend = useBackend();
  let press: string | undefined;
  const shown = useMessages(({ buttons }) => buttons.find((button) => button === press));

  beforeEach(() => {
    press = undefined;
  });

  describe('generateKey', () => {
    it('generates a key without a passphrase, with the comment', async () => {
      const path = join(homedir(), '.ssh', 'made');
      const key = await run<GeneratedKey>('i99dash.generateKey', {
        path: '~/.ssh/made',
        passphrase: '',
        comment: 'made by a test',
      });
      assert.deepEqual(key, {
        path,
        publicKeyPath: `${path}.pub`,
        fingerprint: await fingerprintBySsh(path),
      });
      assert.equal(statSync(path).mode & 0o777, 0o600);
      assert.ok(await opens(path, ''));
      assert.match(readFileSync(`${path}.pub`, 'utf8'), /^ssh-ed25519 \S+ made by a test\n$/u);
      assert.deepEqual(
        shown.map(({ buttons }) => buttons),
        [['Copy Key and Open Console']],
      );
    });

    it('makes a key with a passphrase, which signs in once it is registered', async () => {
      const passphrase = 'a passphrase of a test';
      const path = join(homedir(), '.ssh', 'sealed-by-us');
      const key = await run<GeneratedKey>('i99dash.generateKey', { path, passphrase });
      assert.ok(!(await opens(path, '')));
      assert.ok(await opens(path, passphrase));
      const line = readFileSync(key.publicKeyPath, 'utf8').trim();
      backend.current.state.addKey('dev_local', line);
      const identity = await run('i99dash.signIn', { keyPath: path, passphrase });
      assert.equal(identity['fingerprint'], key.fingerprint);
      await run('i99dash.signOut');
    });

    it('overwrites nothing: fails with KEY_EXISTS and offers another name', async () => {
      const { path } = await makeKey('there-already');
      const before = readFileSync(path, 'utf8');
      await failsWith('KEY_EXISTS', 'i99dash.generateKey', { path, passphrase: '' });
      assert.equal(readFileSync(path, 'utf8'), before);
      assert.deepEqual(shown[0]?.buttons, ['Choose Another Name']);
    });

    it('rejects a path where no key can be written', async () => {
      await failsWith('KEY_UNREADABLE', 'i99dash.generateKey', { path: 'made', passphrase: '' });
      assert.deepEqual(shown[0]?.buttons, ['Choose Another Name']);
    });
  });

  describe('copyPublicKey', () => {
    const copy = (publicKeyPath: string): Promise<unknown> =>
      run('i99dash.copyPublicKey', { publicKeyPath, openConsole: false });

    it('copies the public key to the clipboard', async () => {
      const key = await makeKey('to-copy');
      assert.equal(await copy('~/.ssh/to-copy.pub'), true);
      assert.equal(await vscode.env.clipboard.readText(), key.publicKeyLine);
      assert.ok(shown[0]?.message.includes(key.fingerprint));
    });

    it('uses the key of the session', async () => {
      const key = await makeRegisteredKey(backend.current, 'signed-in-with');
      await run('i99dash.signIn', { keyPath: key.path });
      await run('i99dash.copyPublicKey', { openConsole: false });
      assert.equal(await vscode.env.clipboard.readText(), key.publicKeyLine);
      await run('i99dash.signOut');
    });

    it('does not copy a private key and offers the public one instead', async () => {
      const key = await makeKey('private');
      await vscode.env.clipboard.writeText('untouched');
      const message = await failsWith('KEY_IS_PRIVATE', 'i99dash.copyPublicKey', {
        publicKeyPath: key.path,
      });
      assert.ok(!message.includes(readFileSync(key.path, 'utf8').split('\n')[1] ?? ''));
      assert.equal(await vscode.env.clipboard.readText(), 'untouched');
      assert.deepEqual(shown[0]?.buttons, ['Copy the Public Key']);
    });

    it('offers next steps for a missing key', async () => {
      await failsWith('KEY_NOT_FOUND', 'i99dash.copyPublicKey', { publicKeyPath: '/nowhere.pub' });
      assert.deepEqual(shown[0]?.buttons, ['Generate SSH Key']);
    });

    it('rejects a key of another type', async () => {
      const key = await makeKey('other-type', { type: 'rsa' });
      await failsWith('KEY_UNSUPPORTED', 'i99dash.copyPublicKey', {
        publicKeyPath: key.publicKeyPath,
      });
    });

    it('rejects a file that is not a key', async () => {
      const path = join(homedir(), 'no-key.pub');
      writeFileSync(path, 'not a key');
      await failsWith('KEY_UNREADABLE', 'i99dash.copyPublicKey', { publicKeyPath: path });
    });
  });
});
