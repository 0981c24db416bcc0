import assert from 'node:assert/strict';
import { registerCiKey, revokeCiKey, type CiKeyDeps } from '../../../src/core/ci/registerCiKey';
import { CancelledError } from '../../../src/core/errors';
import { makeKeyPair, type KeyPair } from '../../../src/core/ssh/keyPair';
import type { HttpRequest } from '../../../src/core/platform/interfaces';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import { rejectsWith } from '../../support/expect';
import { FakeClock } from '../../support/fakes';
import { MemoryBackend } from '../../support/memory-transport';

const NAME = 'acme/tyre-pressure';
const KEYS = '/api/v1/account/ssh-keys';

describe('CI key registration', () => {
  let backend: MemoryBackend;
  let sent: HttpRequest[];
  let deps: CiKeyDeps;
  let pair: KeyPair;

  beforeEach(async () => {
    const clock = new FakeClock();
    backend = new MemoryBackend({ url: 'https://api.test', now: () => clock.now() });
    const token = backend.state.mintToken({ devId: DEFAULT_ACCOUNT.devId, lifeSeconds: 600 });
    sent = [];
    const transport = {
      send: (request: HttpRequest) => {
        sent.push(request);
        return backend.transport.send(request);
      },
    };
    const tokens = { getToken: () => Promise.resolve(token) };
    deps = { transport, tokens, backendUrl: 'https://api.test' };
    pair = await makeKeyPair(NAME);
  });

  const registered = () =>
    backend.state.accounts
      .keysOf(DEFAULT_ACCOUNT.devId)
      .map(({ name, purpose, fingerprint }) => ({ name, purpose, fingerprint }));
  const calls = (): string[] =>
    sent.map(({ method, url }) => `${method} ${url.pathname.replace(/key_.*/u, 'id')}`);

  it('creates a login key and nothing else', async () => {
    const key = await registerCiKey(deps, pair, NAME);
    const { fingerprint } = pair.signer;
    assert.deepEqual([key.purpose, key.fingerprint], ['login', fingerprint]);
    assert.deepEqual(registered(), [{ name: NAME, purpose: 'login', fingerprint }]);
    assert.deepEqual(calls(), [`GET ${KEYS}`, `POST ${KEYS}`]);
  });

  it('sends nothing of the private key', async () => {
    await registerCiKey(deps, pair, NAME);
    const lines = pair.file.toString().split('\n').slice(2, -2);
    assert.ok(lines.length >= 3);
    const everything = JSON.stringify(sent);
    assert.ok(!lines.some((line) => everything.includes(line)));
  });

  it('leaves no key registered when the outcome is unknown', async () => {
    const refused = { status: 500, headers: {}, body: '' };
    let looks = 0;
    backend.faults.inject({
      match: { method: 'POST', path: KEYS },
      fault: { kind: 'custom', handler: (_request, next) => next().then(() => refused) },
    });
    backend.faults.inject({
      match: { method: 'GET', path: KEYS },
      times: 'always',
      fault: {
        kind: 'custom',
        // The second lookup checks whether the key is registered.
        handler: (_request, next) => (++looks === 2 ? refused : next()),
      },
    });
    await rejectsWith('SERVER', registerCiKey(deps, pair, NAME));
    assert.deepEqual([looks, registered()], [3, []]);
  });

  it('leaves no key registered when it is cancelled midway', async () => {
    const controller = new AbortController();
    const { transport } = deps;
    const cancelling = {
      send: async (request: HttpRequest) => {
        if (request.signal?.aborted === true) {
          throw new CancelledError();
        }
        const response = await transport.send(request);
        if (request.method === 'POST' && request.url.pathname === KEYS) {
          assert.equal(registered().length, 1);
          controller.abort();
        }
        return response;
      },
    };
    const registering = registerCiKey(
      { ...deps, transport: cancelling },
      pair,
      NAME,
      controller.signal,
    );
    await assert.rejects(registering, CancelledError);
    assert.deepEqual(registered(), []);
  });

  it('can be reverted and reports when that fails', async () => {
    backend.state.addKey(DEFAULT_ACCOUNT.devId, pair.signer.publicKey, { name: 'mine' });
    backend.faults.inject({ match: { path: KEYS }, fault: { kind: 'status', status: 503 } });
    assert.equal(await revokeCiKey(deps, pair.signer.fingerprint), false);
    assert.equal(registered().length, 1);
    assert.equal(await revokeCiKey(deps, pair.signer.fingerprint), true);
    assert.equal(await revokeCiKey(deps, pair.signer.fingerprint), true);
    assert.deepEqual(registered(), []);
  });
});
