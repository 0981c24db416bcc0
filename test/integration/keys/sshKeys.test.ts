import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { BackendResponse } from '../../backend/exchange';
import type { Fault } from '../../backend/faults';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import { privateHalf } from '../../support/private-half';
import type { TestKey } from '../../support/ssh-key';
import {
  failsWith,
  makeKey,
  makeRegisteredKey,
  requestsSince,
  run,
  useBackend,
  useContextKey,
  useImpatience,
  useMessages,
  useStandIn,
} from '../support';

const PATH = '/api/v1/account/ssh-keys';

interface SshKey {
  id: string;
  name: string;
  fingerprint: string;
  keyType: string;
  purpose: string;
  createdAt: string;
  lastUsedAt: string | null;
}

/** The button to press in a modal question; all other questions are dismissed. */
const FIRST = 'Remove';
const ONCE_MORE = 'Remove Anyway';

describe('SSH keys', () => {
  const backend = useBackend();
  let press: string[] = [];
  const shown = useMessages(({ buttons }) => buttons.find((button) => press.includes(button)));
  let own: TestKey;
  let made = 0;

  /** Creates a key that is not registered anywhere. */
  const fresh = (options: Parameters<typeof makeKey>[1] = {}): Promise<TestKey> =>
    makeKey(`key-${(made += 1)}`, options);
  const add = (args: object): Promise<SshKey> => run<SshKey>('i99dash.addKey', args);
  const list = (): Promise<SshKey[]> => run<SshKey[]>('i99dash.listKeys', {});
  const names = async (): Promise<string[]> => (await list()).map(({ name }) => name).sort();
  const posted = (): unknown[] =>
    backend.current.requests
      .filter(({ method, path }) => method === 'POST' && path === PATH)
      .map(({ json }) => json);

  beforeEach(async () => {
    press = [];
    const { state } = backend.current;
    for (const { id } of state.accounts.keysOf(DEFAULT_ACCOUNT.devId)) {
      state.removeKey(id);
    }
    own = await makeRegisteredKey(backend.current, `own-${(made += 1)}`);
    await run('i99dash.signIn', { keyPath: own.path });
  });

  describe('listKeys', () => {
    it('returns the account’s keys', async () => {
      const [key, ...others] = await run<SshKey[]>('i99dash.listKeys');
      assert.equal(others.length, 0);
      assert.ok(key !== undefined);
      const { id, createdAt, lastUsedAt, ...rest } = key;
      assert.deepEqual(rest, {
        name: own.path.split('/').at(-1),
        fingerprint: own.fingerprint,
        keyType: 'ssh-ed25519',
        purpose: 'login',
      });
      assert.match(id, /^key_/u);
      assert.ok(
        Date.parse(createdAt) <= Date.parse(lastUsedAt ?? ''),
        'signed in with it just now',
      );
    });

    it('fails with NOT_SIGNED_IN and offers to sign in', async () => {
      await run('i99dash.signOut');
      await failsWith('NOT_SIGNED_IN', 'i99dash.listKeys', {});
      assert.deepEqual(shown[0]?.buttons, ['Sign In']);
    });

    it('shows the backend’s message', async () => {
      backend.current.faults.inject({
        match: { path: PATH },
        fault: { kind: 'status', status: 503 },
      });
      await failsWith('SERVER', 'i99dash.listKeys', {});
      assert.deepEqual(shown[0]?.buttons, ['Try Again', 'Show Log']);
    });
  });

  describe('while the keys load slowly', () => {
    const titles = useImpatience();

    it('stops waiting when it is cancelled', async () => {
      backend.current.faults.inject({ match: { path: PATH }, fault: { kind: 'hang' } });
      assert.equal(await run('i99dash.listKeys', {}), undefined);
      assert.deepEqual(titles, ['Loading your SSH keys…']);
      assert.deepEqual(shown, []);
      assert.equal((await list()).length, 1);
    });
  });

  describe('in the view', () => {
    const welcome = useContextKey('i99dash.sshKeysView');

    it('hides the welcome while keys load and drops them when the user signs out meanwhile', async () => {
      await run('i99dash.signOut');
      await run('i99dash.sshKeys.focus');
      await welcome.becomes('signedOut');
      const asked = new Promise<void>((resolve) => {
        const fault: Fault = {
          kind: 'custom',
          handler: () => {
            resolve();
            return new Promise(() => undefined); // never settles
          },
        };
        backend.current.faults.inject({ match: { path: PATH }, fault });
      });
      await run('i99dash.signIn', { keyPath: own.path });
      await asked;
      assert.equal(welcome.current, 'rows');
      await run('i99dash.signOut');
      await welcome.becomes('signedOut');
    });
  });

  describe('addKey', () => {
    it('registers a public key for a purpose, without its comment', async () => {
      const key = await fresh({ comment: 'somebody@some-computer' });
      const before = posted().length;
      const added = await add({
        publicKeyPath: key.publicKeyPath,
        name: 'pipeline',
        purpose: 'attest',
      });
      assert.deepEqual(
        [added.name, added.purpose, added.fingerprint, added.lastUsedAt],
        ['pipeline', 'attest', key.fingerprint, null],
      );
      assert.ok((await names()).includes('pipeline'));
      assert.deepEqual(posted().slice(before), [
        {
          public_key: key.publicKeyLine.split(' ').slice(0, 2).join(' '),
          name: 'pipeline',
          purpose: 'attest',
        },
      ]);
    });

    it('defaults to the purpose of signing in and expands ~', async () => {
      const key = await fresh();
      const publicKeyPath = `~${key.publicKeyPath.slice(homedir().length)}`;
      assert.equal((await add({ publicKeyPath, name: 'another' })).purpose, 'login');
      const identity = await run('i99dash.signIn', { keyPath: key.path });
      assert.equal(identity['fingerprint'], key.fingerprint);
    });

    it('truncates a name to the backend’s limit', async () => {
      const { publicKeyPath } = await fresh();
      assert.equal((await add({ publicKeyPath, name: 'é'.repeat(200) })).name, 'é'.repeat(80));
    });

    it('rejects a private key before it sends anything and offers the public one', async () => {
      const key = await fresh();
      const before = backend.current.requests.length;
      const message = await failsWith('KEY_IS_PRIVATE', 'i99dash.addKey', {
        publicKeyPath: key.path,
        name: 'x',
      });
      assert.ok(!message.includes(readFileSync(key.path, 'utf8').split('\n')[1] ?? ''));
      assert.deepEqual(requestsSince(backend.current, before), []);
      assert.deepEqual(shown[0]?.buttons, ['Add the Public Key']);
    });

    it('rejects other types, several keys in a file and damaged keys and offers another choice', async () => {
      const [a, b, rsa] = [await fresh(), await fresh(), await fresh({ type: 'rsa' })];
      const several = join(homedir(), 'several.pub');
      const damaged = join(homedir(), 'damaged.pub');
      writeFileSync(several, `${a.publicKeyLine}\n${b.publicKeyLine}\n`);
      writeFileSync(damaged, `${a.publicKeyLine.slice(0, 50)}\n`);
      for (const [code, publicKeyPath] of [
        ['KEY_UNSUPPORTED', rsa.publicKeyPath],
        ['KEY_UNREADABLE', several],
        ['KEY_UNREADABLE', damaged],
        ['KEY_NOT_FOUND', join(homedir(), 'missing.pub')],
      ] as const) {
        shown.length = 0;
        await failsWith(code, 'i99dash.addKey', { publicKeyPath, name: 'x' });
        assert.deepEqual(shown[0]?.buttons, ['Choose Another Key']);
      }
      assert.equal((await list()).length, 1);
    });

    it('fails with KEY_EXISTS, names the registered key and offers the list of keys', async () => {
      const key = await fresh();
      backend.current.state.addKey(DEFAULT_ACCOUNT.devId, key.publicKeyLine, { name: 'tower' });
      const args = { publicKeyPath: key.publicKeyPath, name: 'x' };
      assert.match(await failsWith('KEY_EXISTS', 'i99dash.addKey', args), /“tower”/u);
      assert.deepEqual(shown[0]?.buttons, ['List SSH Keys']);
    });
  });

  describe('removeKey', () => {
    async function another(purpose: 'login' | 'attest' = 'login'): Promise<string> {
      const { publicKeyLine } = await fresh();
      return backend.current.state.addKey(DEFAULT_ACCOUNT.devId, publicKeyLine, {
        name: 'tower',
        purpose,
      }).id;
    }
    const ownId = async (): Promise<string> =>
      (await list()).find(({ fingerprint }) => fingerprint === own.fingerprint)?.id ?? '';

    it('removes without a question when the call is confirmed', async () => {
      const id = await another();
      assert.equal(await run('i99dash.removeKey', { id, confirmed: true }), true);
      assert.deepEqual(
        shown.map(({ message }) => message),
        ['The key “tower” is removed.'],
      );
      assert.equal((await list()).length, 1);
    });

    it('asks once and names the key', async () => {
      const id = await another();
      press = [FIRST];
      assert.equal(await run('i99dash.removeKey', { id }), true);
      assert.match(shown[0]?.message ?? '', /“tower”\?$/u);
      assert.match(shown[0]?.detail ?? '', /^SHA256:/u);
      assert.equal((await list()).length, 1);
    });

    it('does nothing when cancelled and returns undefined', async () => {
      const id = await another();
      assert.equal(await run('i99dash.removeKey', { id }), undefined);
      assert.equal((await list()).length, 2);
    });

    it('asks again for the key of the session and signs out', async () => {
      await another();
      const id = await ownId();
      press = [FIRST];
      assert.equal(await run('i99dash.removeKey', { id }), undefined);
      assert.equal((await list()).length, 2);
      assert.match(shown[1]?.message ?? '', /You are signed in with/u);
      assert.match(shown[1]?.detail ?? '', /signed out in every window/u);
      assert.deepEqual(shown[1]?.buttons, [ONCE_MORE, 'Replace It Instead…']);
      press = [FIRST, ONCE_MORE];
      assert.equal(await run('i99dash.removeKey', { id }), true);
      await failsWith('NOT_SIGNED_IN', 'i99dash.whoAmI');
    });

    it('asks again for the last key that can sign in', async () => {
      await another('attest');
      press = [FIRST];
      assert.equal(await run('i99dash.removeKey', { id: await ownId() }), undefined);
      assert.match(shown[1]?.detail ?? '', /No other key of your account can sign in/u);
      assert.equal((await list()).length, 2);
    });

    describe('while the user signs in with another key', () => {
      let other: TestKey;
      useStandIn(
        vscode.window,
        'showWarningMessage',
        async (_message: string, _options: object, button: string) => {
          if (button === ONCE_MORE) await run('i99dash.signIn', { keyPath: other.path });
          return button;
        },
      );

      it('ends only the session that the question was about', async () => {
        other = await makeRegisteredKey(backend.current, `other-${(made += 1)}`);
        assert.equal(await run('i99dash.removeKey', { id: await ownId() }), true);
        assert.equal((await run('i99dash.whoAmI'))['fingerprint'], other.fingerprint);
      });
    });

    it('fails with KEY_NOT_FOUND for an unknown id', async () => {
      await failsWith('KEY_NOT_FOUND', 'i99dash.removeKey', { id: 'key_none', confirmed: true });
      assert.deepEqual(shown[0]?.buttons, ['List SSH Keys']);
    });

    it('succeeds when the key is already gone or the answer is empty', async () => {
      for (const status of [404, 204]) {
        const id = await another();
        const handler = (): BackendResponse => {
          backend.current.state.removeKey(id);
          return { status, headers: {}, body: '' };
        };
        backend.current.faults.inject({
          match: { method: 'DELETE' },
          fault: { kind: 'custom', handler },
        });
        assert.equal(await run('i99dash.removeKey', { id, confirmed: true }), true);
      }
    });

    it('fails and keeps the key when a server answers that does not know the keys', async () => {
      const id = await another();
      backend.current.faults.inject({
        match: { method: 'DELETE' },
        fault: { kind: 'custom', handler: () => ({ status: 404, headers: {}, body: '' }) },
      });
      await failsWith('SERVER', 'i99dash.removeKey', { id, confirmed: true });
      assert.equal((await list()).length, 2);
    });

    it('fails with the backend’s message and keeps the key', async () => {
      const id = await another();
      backend.current.faults.inject({
        match: { method: 'DELETE' },
        fault: { kind: 'status', status: 503 },
      });
      await failsWith('SERVER', 'i99dash.removeKey', { id, confirmed: true });
      assert.equal((await list()).length, 2);
    });
  });

  describe('replaceKey', () => {
    const replace = (args: object): Promise<SshKey> =>
      run<SshKey>('i99dash.replaceKey', { confirmed: true, ...args });
    const calls = (from: number): string[] =>
      backend.current.requests
        .slice(from)
        .filter(({ method, path }) => method !== 'GET' && !path.endsWith('/challenge'))
        .map(({ method, path }) => `${method} ${path.replace(/key_.*/u, 'id')}`);

    it('registers, signs in and only then removes the old key; keeps the name', async () => {
      const key = await fresh({ passphrase: 'of the new key', rounds: 2 });
      const before = backend.current.requests.length;
      const replaced = await replace({ keyPath: key.path, passphrase: 'of the new key' });
      assert.equal(replaced.fingerprint, key.fingerprint);
      assert.equal(replaced.name, own.path.split('/').at(-1));
      assert.deepEqual(calls(before), [
        `POST ${PATH}`,
        'POST /api/v1/auth/ssh/verify',
        `DELETE ${PATH}/id`,
      ]);
      assert.deepEqual(
        (await list()).map(({ fingerprint }) => fingerprint),
        [key.fingerprint],
      );
      assert.equal((await run('i99dash.whoAmI'))['fingerprint'], key.fingerprint);
    });

    it('continues when the new key is already registered', async () => {
      const key = await makeRegisteredKey(backend.current, `key-${(made += 1)}`);
      assert.equal((await replace({ keyPath: key.path })).fingerprint, key.fingerprint);
      assert.equal((await list()).length, 1);
    });

    for (const { step, method, path, stand, signedInWith, left } of [
      {
        ...{ step: 'register', method: 'POST', path: PATH },
        ...{ stand: /nothing has changed/u, signedInWith: 'old', left: 1 },
      },
      {
        ...{ step: 'sign in', method: 'POST', path: '/api/v1/auth/ssh/verify' },
        ...{ stand: /The new key is registered, the old key stays/u, signedInWith: 'old', left: 2 },
      },
      {
        ...{ step: 'remove', method: 'DELETE', path: undefined },
        ...{
          stand: /signed in with the new key\. The old key is still/u,
          signedInWith: 'new',
          left: 2,
        },
      },
    ] as const) {
      it(`stops safely when the backend fails to ${step} and reports which keys remain`, async () => {
        const key = await fresh();
        backend.current.faults.inject({
          match: { method, ...(path === undefined ? {} : { path }) },
          fault: { kind: 'status', status: 503 },
        });
        const message = await failsWith('SERVER', 'i99dash.replaceKey', {
          keyPath: key.path,
          confirmed: true,
        });
        assert.match(message, stand);
        assert.deepEqual(shown[0]?.buttons, ['List SSH Keys']);
        assert.equal((await list()).length, left);
        const { fingerprint } = await run('i99dash.whoAmI');
        assert.equal(fingerprint, (signedInWith === 'old' ? own : key).fingerprint);
      });
    }

    it('asks before it starts', async () => {
      const key = await fresh();
      assert.equal(await run('i99dash.replaceKey', { keyPath: key.path }), undefined);
      assert.match(shown[0]?.detail ?? '', /then the old key is removed/u);
      assert.equal((await list()).length, 1);
    });

    describe('while another account signs in', () => {
      let theirs: TestKey;
      useStandIn(
        vscode.window,
        'showWarningMessage',
        async (_message: string, _options: object, button: string) => {
          await run('i99dash.signIn', { keyPath: theirs.path });
          return button;
        },
      );

      it('registers nothing with that account', async () => {
        const { state } = backend.current;
        const devId = 'dev_somebody_else';
        state.addAccount({ ...DEFAULT_ACCOUNT, devId, email: 'somebody@example.com' });
        theirs = await fresh();
        state.addKey(devId, theirs.publicKeyLine, { name: 'theirs' });
        const { path } = await fresh();
        await failsWith('NOT_SIGNED_IN', 'i99dash.replaceKey', { keyPath: path });
        assert.equal(state.accounts.keysOf(devId).length, 1);
      });
    });

    it('rejects the key that is to be replaced', async () => {
      const args = { keyPath: own.path, confirmed: true };
      await failsWith('KEY_EXISTS', 'i99dash.replaceKey', args);
    });

    it('fails with KEY_NOT_FOUND for a session without a key and NOT_SIGNED_IN for no session', async () => {
      const { devId } = DEFAULT_ACCOUNT;
      const token = backend.current.state.mintToken({ devId, lifeSeconds: 60 });
      await run('i99dash.signIn', { token });
      await failsWith('KEY_NOT_FOUND', 'i99dash.replaceKey', {});
      await run('i99dash.signOut');
      await failsWith('NOT_SIGNED_IN', 'i99dash.replaceKey', {});
    });
  });

  describe('generateKey', () => {
    it('offers to register the new key when the user is signed in', async () => {
      const path = join(homedir(), '.ssh', `generated-${(made += 1)}`);
      await run('i99dash.generateKey', { path, passphrase: '' });
      assert.deepEqual(shown[0]?.buttons, ['Add SSH Key…']);
    });
  });

  it('puts no private half into a request, a message or the clipboard', async () => {
    const key = await fresh();
    const path = join(homedir(), '.ssh', `generated-${(made += 1)}`);
    await vscode.env.clipboard.writeText('untouched');
    await failsWith('KEY_IS_PRIVATE', 'i99dash.addKey', { publicKeyPath: key.path, name: 'x' });
    const pasted = readFileSync(key.path, 'utf8');
    await failsWith('KEY_IS_PRIVATE', 'i99dash.addKey', { publicKeyPath: pasted, name: 'x' });
    await add({ publicKeyPath: key.publicKeyPath, name: 'x' });
    await run('i99dash.generateKey', { path, passphrase: '' });
    await run('i99dash.replaceKey', { keyPath: path, confirmed: true });
    const halves = [own.path, key.path, path].flatMap(privateHalf);
    const seen = JSON.stringify([
      ...backend.current.requests,
      ...shown,
      await vscode.env.clipboard.readText(),
    ]);
    assert.ok(seen.includes(PATH));
    for (const half of halves) {
      assert.ok(!seen.includes(half));
    }
  });
});
