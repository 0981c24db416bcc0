import assert from 'node:assert/strict';
import { registerCiKey, withdrawCiKey, type CiKeyPorts } from '../../../src/core/ci/registerCiKey';
import { CancelledError } from '../../../src/core/errors';
import { makeKeyPair, type KeyPair } from '../../../src/core/keys/keyPair';
import type { HttpRequest } from '../../../src/core/ports';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import { rejectsWith } from '../../support/expect';
import { FakeClock } from '../../support/fakes';
import { MemoryBackend } from '../../support/memory-transport';

const NAME = 'acme/tyre-pressure';
const KEYS = '/api/v1/account/ssh-keys';

describe("registering a pipeline's key", () => {
  let backend: MemoryBackend;
  let sent: HttpRequest[];
  let ports: CiKeyPorts;
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
    ports = { transport, clock, tokens, backendUrl: 'https://api.test' };
    pair = await makeKeyPair(NAME);
  });

  const registered = () =>
    backend.state.accounts
      .keysOf(DEFAULT_ACCOUNT.devId)
      .map(({ name, purpose, fingerprint }) => ({ name, purpose, fingerprint }));
  const calls = (): string[] =>
    sent.map(({ method, url }) => `${method} ${url.pathname.replace(/key_.*/u, 'id')}`);

  /** What a backend does that gives such a key a token of scope publish and tells it who it is. */
  function letAttestKeysSignIn(): void {
    const { devId } = DEFAULT_ACCOUNT;
    const token = backend.state.mintToken({ devId, lifeSeconds: 60 });
    const data = { access_token: token, token_type: 'Bearer' };
    backend.faults.inject({
      match: { path: '/api/v1/auth/ssh/verify' },
      fault: {
        kind: 'custom',
        handler: () => ({
          status: 200,
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ success: true, data, error: null, meta: {} }),
        }),
      },
    });
  }

  it('is for publishing alone where the backend lets such a key sign in', async () => {
    letAttestKeysSignIn();
    const key = await registerCiKey(ports, pair, NAME);
    const { fingerprint } = pair.signer;
    assert.deepEqual([key.purpose, key.fingerprint], ['attest', fingerprint]);
    assert.deepEqual(registered(), [{ name: NAME, purpose: 'attest', fingerprint }]);
  });

  it('is for login where it does not, and then signs in as the client does', async () => {
    const key = await registerCiKey(ports, pair, NAME);
    const { fingerprint } = pair.signer;
    assert.deepEqual(registered(), [{ name: NAME, purpose: 'login', fingerprint }]);
    assert.equal(key.purpose, 'login');
    assert.deepEqual(calls(), [
      `GET ${KEYS}`,
      `POST ${KEYS}`,
      'POST /api/v1/auth/ssh/challenge',
      'POST /api/v1/auth/ssh/verify',
      `DELETE ${KEYS}/id`,
      `GET ${KEYS}`,
      `POST ${KEYS}`,
    ]);
  });

  it('asks for no scope when it tries, and sends nothing of the private half', async () => {
    await registerCiKey(ports, pair, NAME);
    const verify = sent.find(({ url }) => url.pathname.endsWith('/verify'));
    const { body } = verify ?? assert.fail('it did not try');
    assert.ok(typeof body === 'string');
    assert.deepEqual(Object.keys(JSON.parse(body) as object), ['nonce', 'signature']);
    const lines = pair.file.toString().split('\n').slice(2, -2);
    assert.ok(lines.length >= 3);
    const everything = JSON.stringify(sent);
    assert.ok(!lines.some((line) => everything.includes(line)));
  });

  for (const { what, match, status, code } of [
    { what: 'trying it', match: { path: '/api/v1/auth/ssh/verify' }, status: 503, code: 'SERVER' },
    { what: 'removing it', match: { method: 'DELETE' as const }, status: 500, code: 'SERVER' },
  ] as const) {
    it(`is not registered any more when ${what} fails`, async () => {
      backend.faults.inject({ match, fault: { kind: 'status', status } });
      await rejectsWith(code, registerCiKey(ports, pair, NAME));
      assert.deepEqual(registered(), []);
    });
  }

  it('is not registered any more when it is cancelled in between', async () => {
    const controller = new AbortController();
    const { transport } = ports;
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
      { ...ports, transport: cancelling },
      pair,
      NAME,
      controller.signal,
    );
    await assert.rejects(registering, CancelledError);
    assert.deepEqual(registered(), []);
  });

  it('can be withdrawn, and says when that cannot be done', async () => {
    backend.state.addKey(DEFAULT_ACCOUNT.devId, pair.signer.publicKey, { name: 'mine' });
    backend.faults.inject({ match: { path: KEYS }, fault: { kind: 'status', status: 503 } });
    assert.equal(await withdrawCiKey(ports, pair.signer.fingerprint), false);
    assert.equal(registered().length, 1);
    assert.equal(await withdrawCiKey(ports, pair.signer.fingerprint), true);
    assert.equal(await withdrawCiKey(ports, pair.signer.fingerprint), true);
    assert.deepEqual(registered(), []);
  });
});
