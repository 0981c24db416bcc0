import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Backend, startBackend } from '../../backend/server';
import { call, manifest, signIn, signingKey, upload } from './client';

describe('backend: server', () => {
  const key = signingKey();
  let backend: Backend;

  beforeEach(async () => {
    backend = await startBackend({ deviceCode: true });
  });
  afterEach(() => backend.close());

  it('answers in the envelope with the request ID', async () => {
    const { body } = await call(backend, 'GET /api/v1/nowhere');
    const { meta, ...rest } = body as { meta: { requestId: string } };
    const error = { code: 'NOT_FOUND', message: 'no such route' };
    assert.deepEqual(rest, { success: false, data: null, error });
    assert.match(meta.requestId, /^[0-9a-f-]{36}$/);
  });

  it('lists the methods of a route', async () => {
    const { status, code, headers } = await call(backend, 'PATCH /api/v1/account/ssh-keys');
    assert.deepEqual([status, code], [405, 'METHOD_NOT_ALLOWED']);
    assert.equal(headers.get('allow'), 'GET, POST');
  });

  it('rejects bodies that are not a JSON object or not declared as JSON', async () => {
    const post = async (body: string, type = 'application/json') => {
      const init = { method: 'POST', headers: { 'content-type': type }, body };
      return (await fetch(`${backend.url}/api/v1/auth/ssh/challenge`, init)).status;
    };
    assert.equal(await post('{"fingerprint":'), 400);
    assert.equal(await post('[]'), 400);
    assert.equal(await post('{}', 'text/plain'), 415);
  });

  it('rejects more than 1 MB of JSON, announced or chunked', async () => {
    const body = JSON.stringify({ fingerprint: 'x'.repeat(1024 * 1024) });
    const url = `${backend.url}/api/v1/auth/ssh/challenge`;
    const headers = { 'content-type': 'application/json' };
    assert.equal((await fetch(url, { method: 'POST', headers, body })).status, 413);
    const stream = new Blob([body]).stream();
    const init = { method: 'POST', headers, body: stream, duplex: 'half' } as const;
    assert.equal((await fetch(url, init)).status, 413);
  });

  it('logs requests without their credentials', async () => {
    backend.state.addKey('dev_local', key.line);
    const token = await signIn(backend, key);
    await call(backend, 'GET /api/v1/dev/status?app_id=x', { token });
    const [challenge, , status] = backend.requests;
    assert.deepEqual(challenge?.json, { fingerprint: key.fingerprint });
    assert.equal(challenge.hasAuthorization, false);
    assert.equal(status?.hasAuthorization, true);
    assert.equal(status.headers['authorization'], `Bearer ${status.tokenId ?? ''}`);
    assert.deepEqual(status.query, { app_id: 'x' });
    assert.equal(status.status, 404);
    assert.ok(!JSON.stringify(backend.requests.slice(2)).includes(token));
  });

  it('frees its port when it closes', async () => {
    const { port } = backend;
    await assert.rejects(startBackend({ port }), { code: 'EADDRINUSE' });
    await backend.close();
    const next = await startBackend({ port });
    assert.equal(next.url, backend.url);
    await next.close();
  });

  it('rejects pending request waits when it closes', async () => {
    const waiting = assert.rejects(backend.waitForRequest(() => false));
    await backend.close();
    await waiting;
  });

  it('registers a first key through the page of the web console', async () => {
    const before = await fetch(`${backend.url}/account/ssh-keys`);
    assert.match(before.headers.get('content-type') ?? '', /^text\/html/);
    assert.match(await before.text(), /No keys yet/);
    const json = { publicKey: key.line, name: '<b>' };
    assert.equal((await call(backend, 'POST /_dev/keys', { json })).status, 201);
    assert.equal((await call(backend, 'POST /_dev/keys', { json })).code, 'SSH_KEY_EXISTS');
    const after = await (await fetch(`${backend.url}/account/ssh-keys`)).text();
    assert.ok(after.includes(key.fingerprint) && !after.includes('<b>'));
    await signIn(backend, key);
  });

  it('changes reviews and device codes manually', async () => {
    const token = backend.state.mintToken({ devId: 'dev_local', lifeSeconds: 60 });
    const bundleId = await upload(backend, token, Buffer.from('x'));
    await call(backend, 'POST /api/v1/mini-apps/submit', {
      json: { manifest: manifest(), bundleId },
      token,
    });
    const review = { appId: 'trip-log', decision: 'rejected', reason: 'no' };
    assert.equal((await call(backend, 'POST /_dev/review', { json: review })).status, 200);
    assert.equal(backend.state.apps.find('trip-log')?.submissions[0]?.rejectionReason, 'no');
    const { userCode } = backend.state.devices.authorize('sdk-i99dash', 60, 0);
    const device = { userCode: userCode.toLowerCase(), decision: 'approve' };
    assert.equal((await call(backend, 'POST /_dev/device', { json: device })).status, 200);
    assert.deepEqual(backend.state.devices.pending(), []);
    const { data } = await call(backend, 'GET /_dev/state');
    assert.ok(!JSON.stringify(data).includes(backend.state.secret));
  });
});

describe('backend: manual account changes', () => {
  it('revoke developer access, record a request for it, and simulate a lost message', async () => {
    const backend = await startBackend();
    const token = backend.state.mintToken({ devId: 'dev_local', lifeSeconds: 60 });
    const json = { isDeveloper: false, hasPendingRequest: true, lastNotificationError: 'blocked' };
    assert.equal((await call(backend, 'POST /_dev/account', { json })).status, 200);
    const { data } = await call(backend, 'GET /api/v1/dev/status', { token });
    const { lastNotificationAttempt, ...status } = data as Record<string, unknown>;
    assert.deepEqual(status, { ...json, apps: [], appsTotal: 0 });
    assert.ok(!Number.isNaN(Date.parse(String(lastNotificationAttempt))));
    const odd = { json: { isDeveloper: 'no' } };
    assert.equal((await call(backend, 'POST /_dev/account', odd)).status, 400);
    await backend.close();
  });
});

describe('backend: persistence', () => {
  let stateDir: string;

  beforeEach(async () => {
    stateDir = await mkdtemp(join(tmpdir(), 'i99dash-state-'));
  });
  afterEach(() => rm(stateDir, { recursive: true }));

  it('keeps keys, tokens, apps and bundles between runs', async () => {
    const key = signingKey();
    const first = await startBackend({ stateDir });
    first.state.addKey('dev_local', key.line);
    const token = await signIn(first, key);
    const bundleId = await upload(first, token, Buffer.from('x'));
    const json = { manifest: manifest(), bundleId };
    await call(first, 'POST /api/v1/mini-apps/submit', { json, token });
    await first.close();

    const second = await startBackend({ stateDir });
    try {
      assert.equal((await call(second, 'GET /api/v1/dev/me', { token })).status, 200);
      assert.deepEqual(second.state.apps.find('trip-log')?.manifest, manifest());
      assert.equal(await readFile(second.state.bundles.pathOf(bundleId), 'utf8'), 'x');
      await signIn(second, key);
    } finally {
      await second.close();
    }
  });

  it('stores its secret privately and no API key in plain text', async () => {
    const backend = await startBackend({ stateDir });
    const apiKey = backend.state.addApiKey('dev_local');
    await backend.close();
    const file = join(stateDir, 'state.json');
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.ok(!(await readFile(file, 'utf8')).includes(apiKey));
  });

  it('fails on an unreadable state file instead of starting empty', async () => {
    const file = join(stateDir, 'state.json');
    await writeFile(file, '{"version":1');
    await assert.rejects(startBackend({ stateDir }), /not a state file/);
    await appendFile(file, '}');
    await assert.rejects(startBackend({ stateDir }), /not a state file/);
  });
});
