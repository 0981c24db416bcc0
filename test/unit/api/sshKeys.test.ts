import assert from 'node:assert/strict';
import { ApiClient } from '../../../src/core/api/client';
import { addSshKey, listSshKeys, removeSshKey } from '../../../src/core/api/sshKeys';
import { ok } from '../../backend/envelope';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import { rejectsWith } from '../../support/expect';
import { MemoryBackend } from '../../support/memory-transport';
import { signingKey } from '../backend/client';

const PATH = '/api/v1/account/ssh-keys';
const OTHER = { devId: 'dev_other', email: null, displayName: null, isDeveloper: true };

describe('SSH keys of the account', () => {
  const now = Date.parse('2026-05-04T10:00:00Z');
  let backend: MemoryBackend;
  let api: ApiClient;

  beforeEach(() => {
    backend = new MemoryBackend({
      url: 'https://api.test',
      now: () => now,
      accounts: [DEFAULT_ACCOUNT, OTHER],
    });
    const token = backend.state.mintToken({ devId: DEFAULT_ACCOUNT.devId, lifeSeconds: 60 });
    api = new ApiClient(backend.url, backend.transport, { getToken: () => Promise.resolve(token) });
  });

  /** Sets the data of the next answer. */
  const answerWith = (data: unknown) =>
    backend.faults.inject({ fault: { kind: 'custom', handler: (request) => ok(request, data) } });

  it('are listed with all known fields', async () => {
    const key = signingKey();
    const { id } = backend.state.addKey(DEFAULT_ACCOUNT.devId, key.line, {
      name: 'laptop',
      purpose: 'attest',
    });
    assert.deepEqual(await listSshKeys(api), [
      {
        id,
        name: 'laptop',
        fingerprint: key.fingerprint,
        keyType: 'ssh-ed25519',
        purpose: 'attest',
        createdAt: '2026-05-04T10:00:00.000Z',
        lastUsedAt: null,
      },
    ]);
  });

  it('are listed once for each ID', async () => {
    const named = (id: string, name: string) => ({ id, name, fingerprint: `SHA256:${name}` });
    answerWith({ keys: [named('k1', 'a'), named('k2', 'b'), named('k1', 'a')] });
    assert.deepEqual(
      (await listSshKeys(api)).map(({ id }) => id),
      ['k1', 'k2'],
    );
  });

  it('are read in camelCase, with optional fields missing', async () => {
    answerWith({
      keys: [
        {
          ...{ id: 'k1', name: 'a', fingerprint: 'SHA256:a', keyType: 'ssh-x', purpose: 'new' },
          ...{ createdAt: '2026-01-01T00:00:00Z', lastUsedAt: '2026-01-02T00:00:00Z' },
        },
        { id: 'k2', fingerprint: 'SHA256:b' },
      ],
    });
    assert.deepEqual(await listSshKeys(api), [
      {
        ...{ id: 'k1', name: 'a', fingerprint: 'SHA256:a', keyType: 'ssh-x', purpose: 'new' },
        ...{ createdAt: '2026-01-01T00:00:00Z', lastUsedAt: '2026-01-02T00:00:00Z' },
      },
      {
        ...{ id: 'k2', name: 'SHA256:b', fingerprint: 'SHA256:b', keyType: 'ssh-ed25519' },
        ...{ purpose: 'login', createdAt: null, lastUsedAt: null },
      },
    ]);
  });

  it('throw PROTOCOL for an invalid list', async () => {
    for (const data of [null, [], {}, { keys: {} }, { keys: [null] }, { keys: [{ id: 'k1' }] }]) {
      answerWith(data);
      await rejectsWith('PROTOCOL', listSshKeys(api));
    }
  });

  it('are added for both purposes', async () => {
    for (const purpose of ['login', 'attest'] as const) {
      const key = signingKey();
      const added = await addSshKey(api, { publicKey: key.line, name: `for ${purpose}`, purpose });
      assert.deepEqual(
        [added.fingerprint, added.name, added.purpose],
        [key.fingerprint, `for ${purpose}`, purpose],
      );
      assert.ok((await listSshKeys(api)).some(({ id }) => id === added.id));
    }
  });

  it('throw KEY_EXISTS for a key of another account', async () => {
    const { line } = signingKey();
    backend.state.addKey(OTHER.devId, line);
    await rejectsWith(
      'KEY_EXISTS',
      addSshKey(api, { publicKey: line, name: 'a', purpose: 'login' }),
    );
  });

  it('pass on the rejection message of the backend', async () => {
    const refused = addSshKey(api, { publicKey: 'ssh-rsa AAAA', name: 'a', purpose: 'login' });
    const error = await rejectsWith('SERVER', refused);
    assert.match(error.message, /^The backend says: /u);
  });

  it('are removed, whatever the answer contains', async () => {
    const ids = [signingKey(), signingKey()].map(
      ({ line }) => backend.state.addKey(DEFAULT_ACCOUNT.devId, line).id,
    );
    await removeSshKey(api, ids[0] ?? '');
    backend.faults.inject({
      match: { path: `${PATH}/${ids[1] ?? ''}` },
      fault: {
        kind: 'custom',
        handler: () => ({ status: 204, headers: {}, body: '' }),
      },
    });
    await removeSshKey(api, ids[1] ?? '');
    assert.equal((await listSshKeys(api)).length, 1, 'the second was answered and not removed');
  });

  it('are removed by an ID that needs escaping in a path', async () => {
    await rejectsWith('SERVER', removeSshKey(api, '../dev/me?a=b'));
    assert.deepEqual(
      backend.requests.map(({ path }) => path),
      [`${PATH}/..%2Fdev%2Fme%3Fa%3Db`],
    );
  });

  it('are not removed by an ID that would change the path or is invalid in one', async () => {
    for (const id of ['.', '..', 'key_\ud800']) {
      await rejectsWith('PROTOCOL', removeSshKey(api, id));
    }
    assert.deepEqual(backend.requests, []);
  });

  it('are not removed when the backend fails', async () => {
    backend.faults.inject({ fault: { kind: 'status', status: 503 } });
    await rejectsWith('SERVER', removeSshKey(api, 'key_1'));
    backend.offline = true;
    await rejectsWith('OFFLINE', removeSshKey(api, 'key_1'));
  });
});
