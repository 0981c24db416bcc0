import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { requestDeviceToken } from '../../../src/core/api/deviceAuth';
import { verifyChallenge } from '../../../src/core/api/sshAuth';
import { ApiClient } from '../../../src/core/api/client';
import { createUndiciTransport } from '../../../src/core/http/undiciTransport';
import { I99dashError } from '../../../src/core/errors';
import type { TokenRequest, TokenSource } from '../../../src/core/platform/interfaces';
import { type Backend, DEFAULT_ACCOUNT, startBackend } from '../../backend/server';
import type { Fault } from '../../backend/faults';
import { rejectsWith } from '../../support/expect';

const PATH = '/api/v1/dev/me';
const ME = { method: 'GET', path: PATH } as const;

/** Returns its tokens in turn and records which ones were reported as rejected. */
class ScriptedTokens implements TokenSource {
  readonly rejected: (string | undefined)[] = [];

  constructor(private readonly tokens: string[]) {}

  getToken({ rejected }: TokenRequest = {}): Promise<string> {
    this.rejected.push(rejected);
    const token = this.tokens.shift();
    return token === undefined
      ? Promise.reject(new I99dashError('KEY_ENCRYPTED', 'The key is encrypted.'))
      : Promise.resolve(token);
  }
}

describe('API client', () => {
  const transport = createUndiciTransport();
  let backend: Backend;

  beforeEach(async () => {
    backend = await startBackend();
  });
  afterEach(() => backend.close());

  const mint = (scope?: 'publish') =>
    backend.state.mintToken({
      devId: DEFAULT_ACCOUNT.devId,
      lifeSeconds: 60,
      ...(scope === undefined ? {} : { scope }),
    });
  const spent = () => {
    const token = mint();
    backend.state.revokeTokens();
    return token;
  };
  const client = (...tokens: string[]) => {
    const source = new ScriptedTokens(tokens);
    return { source, api: new ApiClient(backend.url, transport, source) };
  };
  const statuses = () => backend.requests.map(({ status }) => status);

  it('sends the bearer token and unwraps the data of the answer', async () => {
    const { api, source } = client(mint());
    assert.deepEqual(await api.call(ME), DEFAULT_ACCOUNT);
    assert.deepEqual(source.rejected, [undefined]);
    const [request] = backend.requests;
    assert.match(request?.headers['authorization'] ?? '', /^Bearer ./);
    assert.equal(request?.headers['accept'], 'application/json');
    assert.equal(request.headers['content-type'], undefined);
  });

  it('sends no credential with a public call', async () => {
    const { api, source } = client(mint());
    const json = { fingerprint: `SHA256:${'A'.repeat(43)}` };
    await api.callPublic({ method: 'POST', path: '/api/v1/auth/ssh/challenge', json });
    assert.deepEqual(source.rejected, []);
    const [request] = backend.requests;
    assert.equal(request?.hasAuthorization, false);
    assert.deepEqual(request.json, json);
    assert.equal(request.headers['content-type'], 'application/json');
  });

  it('encodes the query', async () => {
    const { api } = client(mint());
    await api.call({ ...ME, query: { app_id: 'a&b=c d' } });
    assert.deepEqual(backend.requests[0]?.query, { app_id: 'a&b=c d' });
  });

  it('keeps the path of a backend URL', async () => {
    const api = new ApiClient(`${backend.url}/below`, transport);
    await rejectsWith('SERVER', api.callPublic(ME));
    assert.equal(backend.requests[0]?.path, `/below${PATH}`);
  });

  it('repeats a call with a newer token after a 401 and reports the rejected one', async () => {
    const old = spent();
    const { api, source } = client(old, mint());
    assert.deepEqual(await api.call(ME), DEFAULT_ACCOUNT);
    assert.deepEqual(source.rejected, [undefined, old]);
    assert.deepEqual(statuses(), [401, 200]);
  });

  it('repeats the request body', async () => {
    const { api } = client(spent(), mint());
    const json = { appId: 'trip-log', contentLength: 1, sha256: '0'.repeat(64) };
    await api.call({ method: 'POST', path: '/api/v1/mini-apps/upload-url', json });
    assert.deepEqual(
      backend.requests.map((request) => request.json),
      [json, json],
    );
  });

  it('gives up after the second 401 even if there are more tokens', async () => {
    const { api, source } = client(spent(), spent(), mint());
    const error = await rejectsWith('NOT_SIGNED_IN', api.call(ME));
    assert.equal(error.status, 401);
    assert.equal(source.rejected.length, 2);
    assert.deepEqual(statuses(), [401, 401]);
  });

  it('passes on why there is no newer token', async () => {
    const { api } = client(spent());
    await rejectsWith('KEY_ENCRYPTED', api.call(ME));
    assert.deepEqual(statuses(), [401]);
  });

  it('passes on the error of the repeated call', async () => {
    backend.faults.inject({ fault: { kind: 'status', status: 401 } });
    backend.faults.inject({ fault: { kind: 'status', status: 500, code: 'BROKEN' } });
    const { api } = client(mint(), mint());
    const { status, serverCode } = await rejectsWith('SERVER', api.call(ME));
    assert.deepEqual([status, serverCode], [500, 'BROKEN']);
  });

  it('never requests another token after a 403', async () => {
    const { api, source } = client(mint('publish'), mint());
    const { status, serverCode } = await rejectsWith('SERVER', api.call(ME));
    assert.deepEqual([status, serverCode], [403, 'INSUFFICIENT_SCOPE']);
    assert.equal(source.rejected.length, 1);
    assert.deepEqual(statuses(), [403]);
  });

  it('sends nothing without a token source', async () => {
    await rejectsWith('NOT_SIGNED_IN', new ApiClient(backend.url, transport).call(ME));
    assert.equal(backend.requests.length, 0);
  });

  it('does not retry a 401 of a public call', async () => {
    const { status } = await rejectsWith('SERVER', client().api.callPublic(ME));
    assert.equal(status, 401);
    assert.deepEqual(statuses(), [401]);
  });

  const odd: [Fault, 'PROTOCOL' | 'SERVER' | 'OFFLINE'][] = [
    [{ kind: 'html' }, 'SERVER'],
    [{ kind: 'html', status: 200 }, 'PROTOCOL'],
    [{ kind: 'half-json' }, 'PROTOCOL'],
    [{ kind: 'empty' }, 'PROTOCOL'],
    [{ kind: 'empty', status: 503 }, 'SERVER'],
    [{ kind: 'redirect', location: 'http://127.0.0.1:1/' }, 'PROTOCOL'],
    [{ kind: 'huge' }, 'PROTOCOL'],
    [{ kind: 'reset' }, 'OFFLINE'],
    [{ kind: 'reset', when: 'while-answering' }, 'OFFLINE'],
  ];
  for (const [fault, code] of odd) {
    it(`throws ${code} for ${JSON.stringify(fault)}`, async () => {
      backend.faults.inject({ fault });
      const { api } = client(mint(), mint());
      await rejectsWith(code, api.call(ME));
      assert.equal(backend.requests.length, 1);
    });
  }

  it('reports how long the backend asks to wait', async () => {
    backend.faults.inject({ fault: { kind: 'status', status: 429, code: 'SLOW', retryAfter: 7 } });
    const error = await rejectsWith('SERVER', client(mint()).api.call(ME));
    assert.deepEqual([error.status, error.serverCode, error.retryAfterMs], [429, 'SLOW', 7000]);
  });

  it('reads a shorter answer when the user is not signed in', async () => {
    const bytes = 65 * 1024;
    backend.faults.inject({ fault: { kind: 'huge', bytes }, times: 2 });
    const { api } = client(mint());
    const call = { method: 'POST', path: '/api/v1/auth/ssh/challenge', json: {} } as const;
    const error = await rejectsWith('PROTOCOL', api.callPublic(call));
    assert.match(error.message, /larger than any/u);
    await api.call(ME);
  });

  it('redacts a credential that the backend repeats', async () => {
    const token = mint();
    const message = `no such thing: "Bearer ${token}"`;
    backend.faults.inject({ fault: { kind: 'status', status: 400, code: token, message } });
    const error = await rejectsWith('SERVER', client(token).api.call(ME));
    assert.equal(error.message, 'The backend says: no such thing: "Bearer …"');
    assert.ok(!inspect(error, { depth: null }).includes(token));
  });

  it('redacts a device code that the backend repeats', async () => {
    const message = 'dev-code-of-nobody-else is not known';
    backend.faults.inject({ fault: { kind: 'status', status: 400, message } });
    const grant = { clientId: 'us', deviceCode: 'dev-code-of-nobody-else' };
    const error = await rejectsWith('SERVER', requestDeviceToken(client().api, grant));
    assert.equal(error.message, 'The backend says: … is not known');
  });

  it('redacts a signature that the backend repeats in any JSON encoding', async () => {
    const proof = { nonce: 'a nonce of the backend', signature: 'c2ln+bmF0/dXJl==' };
    const escaped = 'c2ln\\u002bbmF0\\/dXJl=='; // as .NET and PHP write it
    for (const written of [proof.signature, escaped]) {
      const body = `{"success":false,"error":{"code":"${written}","message":"${written} is none"}}`;
      const handler = () => ({ status: 400, headers: {}, body });
      backend.faults.inject({ fault: { kind: 'custom', handler } });
      const error = await rejectsWith('SERVER', verifyChallenge(client().api, proof));
      assert.equal(error.message, 'The backend says: … is none');
      assert.ok(!inspect(error, { depth: null }).includes('c2ln'));
    }
  });

  it('reads an answer that arrives byte by byte', async () => {
    backend.faults.inject({ fault: { kind: 'drip', intervalMs: 1, chunkBytes: 40 } });
    assert.deepEqual(await client(mint()).api.call(ME), DEFAULT_ACCOUNT);
  });

  it('can be cancelled while it waits', async () => {
    backend.faults.inject({ fault: { kind: 'hang' } });
    const caller = new AbortController();
    const call = client(mint()).api.call({ ...ME, signal: caller.signal });
    await backend.waitForRequest(({ path }) => path === PATH);
    caller.abort();
    await assert.rejects(call, { name: 'CancelledError' });
  });
});
