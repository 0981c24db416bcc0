import assert from 'node:assert/strict';
import { ApiClient } from '../../../src/core/api/client';
import { removeKey } from '../../../src/core/account/removeKey';
import type { Fault } from '../../backend/faults';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import { rejectsWith } from '../../support/expect';
import { MemoryBackend } from '../../support/memory-transport';
import { signingKey } from '../backend/client';

describe('key removal', () => {
  let backend: MemoryBackend;
  let api: ApiClient;
  let id: string;

  beforeEach(() => {
    backend = new MemoryBackend({
      url: 'https://api.test',
      now: () => 0,
      accounts: [DEFAULT_ACCOUNT],
    });
    const { devId } = DEFAULT_ACCOUNT;
    id = backend.state.addKey(devId, signingKey().line).id;
    const token = backend.state.mintToken({ devId, lifeSeconds: 60 });
    api = new ApiClient(backend.url, backend.transport, { getToken: () => Promise.resolve(token) });
  });

  const keys = () => backend.state.accounts.keysOf(DEFAULT_ACCOUNT.devId).length;
  const strike = (fault: Fault) => backend.faults.inject({ match: { method: 'DELETE' }, fault });

  it('succeeds when the key is already gone', async () => {
    await removeKey(api, 'key_gone');
    assert.equal(keys(), 1);
  });

  it('distrusts a 404 from a backend that does not support keys', async () => {
    strike({ kind: 'html', status: 404 });
    assert.equal((await rejectsWith('SERVER', removeKey(api, id))).status, 404);
    assert.equal(keys(), 1);
  });

  it('checks the outcome when the answer is lost', async () => {
    strike({ kind: 'custom', handler: async (_, next) => ({ ...(await next()), status: 503 }) });
    await removeKey(api, id);
    assert.equal(keys(), 0);
  });

  it('rethrows the error when the outcome cannot be checked', async () => {
    strike({ kind: 'status', status: 503 });
    backend.faults.inject({ match: { method: 'GET' }, fault: { kind: 'status', status: 500 } });
    assert.equal((await rejectsWith('SERVER', removeKey(api, id))).status, 503);
  });
});
