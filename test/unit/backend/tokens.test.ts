import assert from 'node:assert/strict';
import { type Backend, startBackend } from '../../backend/server';
import { call, signIn, signingKey } from './client';

const ME = 'GET /api/v1/dev/me';

describe('backend: tokens', () => {
  const key = signingKey();
  let now = Date.parse('2030-01-01T00:00:00Z');
  let backend: Backend;

  beforeEach(async () => {
    backend = await startBackend({ now: () => now, tokenLifeSeconds: 60 });
    backend.state.addKey('dev_local', key.line);
  });
  afterEach(() => backend.close());

  async function refusal(token?: string): Promise<unknown[]> {
    const { status, code } = await call(backend, ME, token === undefined ? {} : { token });
    return [status, code];
  }

  it('issues JWTs with the configured lifetime and a new ID each', async () => {
    const first = claimsOf(await signIn(backend, key));
    backend.setTokenLife(5);
    const second = claimsOf(await signIn(backend, key));
    assert.equal(first['sub'], 'dev_local');
    assert.equal(first['scope'], 'account');
    assert.equal(Number(first['exp']) - Number(first['iat']), 60);
    assert.equal(Number(second['exp']) - Number(second['iat']), 5);
    assert.notEqual(first['jti'], second['jti']);
  });

  it('identifies the bearer', async () => {
    const { status, data } = await call(backend, ME, { token: await signIn(backend, key) });
    assert.equal(status, 200);
    assert.deepEqual(data, {
      devId: 'dev_local',
      email: 'developer@example.com',
      displayName: 'Local Developer',
      isDeveloper: true,
    });
  });

  it('rejects a token from the moment it expires', async () => {
    const token = await signIn(backend, key);
    now += 59_999;
    assert.deepEqual(await refusal(token), [200, undefined]);
    now += 1;
    assert.deepEqual(await refusal(token), [401, 'TOKEN_EXPIRED']);
  });

  it('rejects a missing, foreign or modified token', async () => {
    const token = await signIn(backend, key);
    const [header, payload, signature] = token.split('.');
    const wider = Buffer.from(JSON.stringify({ ...claimsOf(token), exp: 9e9 })).toString(
      'base64url',
    );
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const forged = [
      `${header}.${wider}.${signature}`,
      `${none}.${payload}.`,
      'opaque',
      'i99k_unknown',
    ];
    assert.deepEqual(await refusal(), [401, 'UNAUTHORIZED']);
    for (const bad of forged) assert.deepEqual(await refusal(bad), [401, 'UNAUTHORIZED'], bad);
  });

  it('revokes one token by its ID and leaves the others', async () => {
    const [lost, kept] = [await signIn(backend, key), await signIn(backend, key)];
    assert.equal(backend.state.revokeTokens({ jti: String(claimsOf(lost)['jti']) }), 1);
    assert.deepEqual(await refusal(lost), [401, 'UNAUTHORIZED']);
    assert.deepEqual(await refusal(kept), [200, undefined]);
  });

  it('revokes only the tokens of a key with the key', async () => {
    const other = signingKey();
    backend.state.addKey('dev_local', other.line);
    const [lost, kept] = [await signIn(backend, key), await signIn(backend, other)];
    backend.state.removeKey(key.fingerprint);
    assert.deepEqual(await refusal(lost), [401, 'UNAUTHORIZED']);
    assert.deepEqual(await refusal(kept), [200, undefined]);
    backend.state.addKey('dev_local', key.line);
    assert.deepEqual(await refusal(lost), [401, 'UNAUTHORIZED']);
  });

  it('accepts an API key until the next one is issued', async () => {
    const old = backend.state.addApiKey('dev_local');
    assert.deepEqual(await refusal(old), [200, undefined]);
    now += 365 * 24 * 3600 * 1000;
    assert.deepEqual(await refusal(old), [200, undefined]);
    const fresh = backend.state.addApiKey('dev_local');
    assert.deepEqual(await refusal(old), [401, 'UNAUTHORIZED']);
    assert.deepEqual(await refusal(fresh), [200, undefined]);
  });
});

function claimsOf(token: string): Record<string, unknown> {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8');
  return JSON.parse(payload) as Record<string, unknown>;
}
