import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import type { TestKey } from '../../support/ssh-key';
import {
  failsWith,
  makeKey,
  makeRegisteredKey,
  run,
  setSetting,
  useBackend,
  useMessages,
} from '../support';

/** Returns all accounts in VS Code's Accounts menu, which does not ask the user. */
async function accounts(): Promise<string[]> {
  const known = await vscode.authentication.getAccounts('i99dash');
  return known.map(({ label }) => label);
}

describe('sign-in', () => {
  const backend = useBackend();
  const shown = useMessages();
  let key: TestKey;

  before(async () => {
    key = await makeRegisteredKey(backend.current, 'id_ed25519');
  });

  afterEach(async () => {
    await run('i99dash.signOut');
  });

  it('signs in with a key file: challenge, verify, me', async () => {
    const from = backend.current.requests.length;
    const identity = await run('i99dash.signIn', { method: 'ssh', keyPath: key.path });
    const { expiresAt, ...rest } = identity;
    assert.deepEqual(rest, {
      ...DEFAULT_ACCOUNT,
      source: 'ssh',
      backendUrl: backend.current.url,
      fingerprint: key.fingerprint,
    });
    assert.ok(Date.parse(expiresAt as string) > Date.now());
    assert.deepEqual(
      backend.current.requests.slice(from).map(({ path }) => path),
      ['/api/v1/auth/ssh/challenge', '/api/v1/auth/ssh/verify', '/api/v1/dev/me'],
    );
  });

  it('signs in with the key of the settings and expands ~ in a path', async () => {
    await makeRegisteredKey(backend.current, 'configured');
    await setSetting('i99dash.ssh.keyPath', '~/.ssh/configured');
    const identity = await run('i99dash.signIn', { method: 'ssh' });
    assert.equal(identity['source'], 'ssh');
    await setSetting('i99dash.ssh.keyPath', undefined);
    const again = await run('i99dash.signIn', { keyPath: '~/.ssh/configured' });
    assert.equal(again['fingerprint'], identity['fingerprint']);
  });

  it('signs in with a passphrase', async () => {
    const locked = await makeRegisteredKey(backend.current, 'locked', {
      passphrase: 'open sesame',
      rounds: 2,
    });
    const identity = await run('i99dash.signIn', {
      keyPath: locked.path,
      passphrase: 'open sesame',
    });
    assert.equal(identity['fingerprint'], locked.fingerprint);
  });

  it('signs in with a token', async () => {
    const token = backend.current.state.mintToken({
      devId: DEFAULT_ACCOUNT.devId,
      lifeSeconds: 900,
    });
    const identity = await run('i99dash.signIn', { method: 'token', token });
    assert.equal(identity['source'], 'token');
    assert.ok(!JSON.stringify(identity).includes(token));
  });

  it('appears in VS Code’s accounts and disappears with sign-out', async () => {
    assert.deepEqual(await accounts(), []);
    await run('i99dash.signIn', { keyPath: key.path });
    assert.deepEqual(await accounts(), [DEFAULT_ACCOUNT.email]);
    const me = await run('i99dash.whoAmI');
    assert.equal(me['devId'], DEFAULT_ACCOUNT.devId);
    assert.equal(await run('i99dash.signOut'), true);
    assert.deepEqual(await accounts(), []);
    await failsWith('NOT_SIGNED_IN', 'i99dash.whoAmI');
  });

  it('replaces a rejected token with the remembered key on the next call', async () => {
    await run('i99dash.signIn', { keyPath: key.path });
    backend.current.state.revokeTokens();
    const before = shown.length;
    assert.equal((await run('i99dash.whoAmI'))['devId'], DEFAULT_ACCOUNT.devId);
    assert.equal(shown.length, before + 1, 'whoAmI tells, and nothing else does');
  });

  describe('that fails with one message and changes nothing', () => {
    beforeEach(async () => {
      await run('i99dash.signIn', { keyPath: key.path });
      shown.length = 0;
    });

    afterEach(async () => {
      assert.equal(shown.length, 1, 'one message');
      assert.ok((shown[0]?.buttons.length ?? 0) > 0, 'with a next step');
      assert.deepEqual(await accounts(), [DEFAULT_ACCOUNT.email]);
    });

    const sign = (code: string, args: object): Promise<string> =>
      failsWith(code, 'i99dash.signIn', args);

    it('rejects a missing key', () => sign('KEY_NOT_FOUND', { keyPath: '/nowhere/id_ed25519' }));

    it('rejects an RSA key', async () => {
      const rsa = await makeKey('id_rsa', { type: 'rsa' });
      await sign('KEY_UNSUPPORTED', { keyPath: rsa.path });
    });

    it('rejects a file that is not a key', async () => {
      const path = join(homedir(), '.ssh', 'garbage');
      writeFileSync(path, 'not a key');
      await sign('KEY_UNREADABLE', { keyPath: path });
    });

    it('rejects a folder', async () => {
      const path = join(homedir(), '.ssh', 'folder');
      mkdirSync(path);
      await sign('KEY_UNREADABLE', { keyPath: path });
    });

    it('rejects a wrong passphrase', async () => {
      const locked = await makeKey('sealed', { passphrase: 'right one', rounds: 2 });
      const message = await sign('KEY_WRONG_PASSPHRASE', {
        keyPath: locked.path,
        passphrase: 'wrong one',
      });
      assert.ok(!message.includes('wrong one'));
    });

    it('rejects an unregistered key and offers to register it', async () => {
      const stranger = await makeKey('stranger');
      await sign('KEY_NOT_REGISTERED', { keyPath: stranger.path });
      assert.deepEqual(shown[0]?.buttons, [
        'Copy Key and Open Console',
        'Try Again',
        'Open Walkthrough',
      ]);
    });

    it('rejects a hostile challenge', async () => {
      backend.current.settings.nonce = () => 'SSHSIG\0\0\0\u0003git\0\0\0\0\0\0\0\u0006sha512';
      await sign('CHALLENGE_REFUSED', { keyPath: key.path });
      backend.current.settings.nonce = undefined;
    });

    it('rejects an invented token', () =>
      sign('SIGN_IN_REJECTED', { method: 'token', token: 'invented' }));

    it('rejects a backend that answers with a web page', async () => {
      backend.current.faults.inject({ fault: { kind: 'html', status: 200 } });
      await sign('PROTOCOL', { keyPath: key.path });
    });

    it('shows a server message with a command link as plain text', async () => {
      const message = 'press [here](command:workbench.action.quit)';
      backend.current.faults.inject({ fault: { kind: 'status', status: 500, message } });
      await sign('SERVER', { keyPath: key.path });
      assert.equal(
        shown[0]?.message,
        'The backend says: press [here] (command:workbench.action.quit)',
      );
    });

    it('reports a backend that closes the connection', async () => {
      backend.current.faults.inject({ fault: { kind: 'reset', when: 'before' }, times: 'always' });
      await sign('OFFLINE', { keyPath: key.path });
      backend.current.faults.clear();
    });
  });

  it('rejects a backend that is plain http and not on this computer before it sends anything', async () => {
    await setSetting('i99dash.backendUrl', 'http://api.example.com');
    await failsWith('BACKEND_REFUSED', 'i99dash.signIn', { keyPath: key.path });
    assert.deepEqual(shown[0]?.buttons, ['Open Settings']);
    await setSetting('i99dash.backendUrl', backend.current.url);
  });
});
