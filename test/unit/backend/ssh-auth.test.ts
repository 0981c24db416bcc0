import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Backend, startBackend } from '../../backend/server';
import { generateTestKey } from '../../support/ssh-key';
import { call, challenge, signIn, signingKey, verify } from './client';

const CHALLENGE = 'POST /api/v1/auth/ssh/challenge';
const VERIFY = 'POST /api/v1/auth/ssh/verify';

describe('backend: SSH sign-in', () => {
  const key = signingKey();
  let now = Date.parse('2030-01-01T00:00:00Z');
  let backend: Backend;

  beforeEach(async () => {
    backend = await startBackend({ now: () => now });
    backend.state.addKey('dev_local', key.line);
  });
  afterEach(() => backend.close());

  it('returns a printable nonce for an unregistered key', async () => {
    const { fingerprint } = signingKey();
    const { status, data } = await call(backend, CHALLENGE, { json: { fingerprint } });
    assert.equal(status, 200);
    const { nonce, expires_in } = data as Record<string, unknown>;
    assert.match(String(nonce), /^[\x21-\x7e]{43,}$/);
    assert.equal(expires_in, 120);
  });

  it('never returns the same nonce twice', async () => {
    assert.notEqual(await challenge(backend, key), await challenge(backend, key));
  });

  it('omits expires_in and uses a nonce of the test when configured to', async () => {
    backend.settings.announceChallengeLife = false;
    backend.settings.nonce = (fingerprint) => `SSHSIG ${fingerprint}`;
    const json = { fingerprint: key.fingerprint };
    const { data } = await call(backend, CHALLENGE, { json });
    assert.deepEqual(data, { nonce: `SSHSIG ${key.fingerprint}` });
    assert.equal((await verify(backend, key)).status, 200);
  });

  it('exchanges a signed nonce for a bearer token and records the use of the key', async () => {
    const { status, data } = await verify(backend, key);
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(data as object), ['access_token', 'token_type']);
    assert.equal(backend.state.accounts.findKey(key.fingerprint)?.lastUsedAt, now);
  });

  it('accepts a key of ssh-keygen and one in PKCS#8', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'i99dash-keys-'));
    try {
      const openssh = await generateTestKey({ folder, name: 'openssh' });
      backend.state.addKey('dev_local', openssh.publicKeyLine);
      const registered = backend.state.accounts.findKey(openssh.fingerprint);
      assert.equal(registered?.fingerprint, openssh.fingerprint);

      const passphrase = 'correct horse';
      const pkcs8 = await generateTestKey({ folder, name: 'p8', format: 'pkcs8', passphrase });
      const pem = await readFile(pkcs8.path, 'utf8');
      const privateKey = createPrivateKey({ key: pem, passphrase });
      backend.state.addKey('dev_local', pkcs8.publicKeyLine);
      const pair = { privateKey, publicKey: createPublicKey(privateKey) };
      assert.equal((await verify(backend, signingKey(pair))).status, 200);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('consumes a nonce on its first use', async () => {
    const nonce = await challenge(backend, key);
    const json = { nonce, signature: key.sign(nonce) };
    assert.equal((await call(backend, VERIFY, { json })).status, 200);
    const again = await call(backend, VERIFY, { json });
    assert.deepEqual([again.status, again.code], [400, 'SSH_CHALLENGE_INVALID']);
  });

  it('consumes a nonce on a failed use too', async () => {
    const nonce = await challenge(backend, key);
    const signature = signingKey().sign(nonce);
    const wrong = await call(backend, VERIFY, { json: { nonce, signature } });
    assert.deepEqual([wrong.status, wrong.code], [401, 'SSH_SIGNATURE_INVALID']);
    const right = await call(backend, VERIFY, { json: { nonce, signature: key.sign(nonce) } });
    assert.equal(right.code, 'SSH_CHALLENGE_INVALID');
  });

  it('rejects a nonce from the second it expires', async () => {
    const [inTime, late] = [await challenge(backend, key), await challenge(backend, key)];
    now += 119_999;
    const good = await call(backend, VERIFY, {
      json: { nonce: inTime, signature: key.sign(inTime) },
    });
    assert.equal(good.status, 200);
    now += 1;
    const bad = await call(backend, VERIFY, { json: { nonce: late, signature: key.sign(late) } });
    assert.equal(bad.code, 'SSH_CHALLENGE_INVALID');
  });

  it('rejects a key that is unregistered or was removed', async () => {
    assert.equal((await verify(backend, signingKey())).code, 'SSH_SIGNATURE_INVALID');
    backend.state.removeKey(key.fingerprint);
    assert.equal((await verify(backend, key)).code, 'SSH_SIGNATURE_INVALID');
  });

  it('rejects a registered key that signs for the fingerprint of another', async () => {
    const other = signingKey();
    backend.state.addKey('dev_local', other.line);
    const nonce = await challenge(backend, key);
    const json = { nonce, signature: other.sign(nonce) };
    assert.equal((await call(backend, VERIFY, { json })).code, 'SSH_SIGNATURE_INVALID');
  });

  it('rejects a signature in SSH wire format, which is not the raw 64 bytes', async () => {
    const nonce = await challenge(backend, key);
    const raw = Buffer.from(key.sign(nonce), 'base64');
    const wire = Buffer.concat([Buffer.from('\0\0\0\x0bssh-ed25519\0\0\0\x40', 'latin1'), raw]);
    const json = { nonce, signature: wire.toString('base64') };
    assert.equal((await call(backend, VERIFY, { json })).code, 'SSH_SIGNATURE_INVALID');
  });

  it('answers VALIDATION_ERROR to malformed requests', async () => {
    const nonce = 'n'.repeat(43);
    const bodies: [string, unknown][] = [
      [CHALLENGE, {}],
      [CHALLENGE, { fingerprint: 'MD5:00:11' }],
      [CHALLENGE, { fingerprint: 7 }],
      [VERIFY, { nonce }],
      [VERIFY, { nonce, signature: 'not base64!' }],
      [VERIFY, { nonce, signature: key.sign(nonce), scope: 'admin' }],
    ];
    for (const [route, json] of bodies) {
      const { status, code } = await call(backend, route, { json });
      assert.deepEqual([status, code], [400, 'VALIDATION_ERROR'], JSON.stringify(json));
    }
  });

  it('answers SSH_AUTH_DISABLED when SSH sign-in is off', async () => {
    backend.settings.sshEnabled = false;
    const json = { fingerprint: key.fingerprint };
    const { status, code } = await call(backend, CHALLENGE, { json });
    assert.deepEqual([status, code], [403, 'SSH_AUTH_DISABLED']);
  });

  it('restricts a publish token to publishing', async () => {
    const token = await signIn(backend, key, 'publish');
    const me = await call(backend, 'GET /api/v1/dev/me', { token });
    assert.deepEqual([me.status, me.code], [403, 'INSUFFICIENT_SCOPE']);
    const json = { appId: 'trip-log', contentLength: 1, sha256: '0'.repeat(64) };
    const upload = await call(backend, 'POST /api/v1/mini-apps/upload-url', { json, token });
    assert.equal(upload.status, 200);
  });

  it('issues only publish tokens for an attest key', async () => {
    const attest = signingKey();
    backend.state.addKey('dev_local', attest.line, { purpose: 'attest' });
    const wide = await verify(backend, attest);
    assert.deepEqual([wide.status, wide.code], [403, 'SSH_SCOPE_FORBIDDEN']);
    assert.equal((await verify(backend, attest, { scope: 'publish' })).status, 200);
  });
});
