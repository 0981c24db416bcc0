import assert from 'node:assert/strict';
import {
  endBeta,
  fetchBetaStatus,
  promoteToBeta,
  promoteToProduction,
} from '../../../src/core/api/beta';
import { ApiClient } from '../../../src/core/api/client';
import { fetchDeveloperStatus } from '../../../src/core/api/developerStatus';
import { fetchAccount } from '../../../src/core/api/account';
import { lazyTransport } from '../../../src/core/http/lazyTransport';
import { fetchMyApps, requestUpload, submitBundle } from '../../../src/core/api/publishing';
import { requestChallenge, verifyChallenge } from '../../../src/core/api/sshAuth';
import { createUndiciTransport } from '../../../src/core/http/undiciTransport';
import { json as bareJson, ok } from '../../backend/envelope';
import { type Backend, DEFAULT_ACCOUNT, startBackend } from '../../backend/server';
import { addApp } from '../../support/apps';
import { rejectsWith } from '../../support/expect';
import { signingKey, type SigningKey } from '../backend/client';

const BUNDLE = { appId: 'trip-log', contentLength: 5, sha256: 'a'.repeat(64) };
const MANIFEST = {
  id: 'trip-log',
  version: '1.0.0',
  name: { en: 'Trip log' },
  icon: './icon.png',
  url: 'https://miniapps.i99dash.app/trip-log/',
  category: 'vehicle',
};

describe('API endpoints', () => {
  let backend: Backend;
  let api: ApiClient;

  beforeEach(async () => {
    backend = await startBackend();
    const token = backend.state.mintToken({ devId: DEFAULT_ACCOUNT.devId, lifeSeconds: 60 });
    api = new ApiClient(backend.url, createUndiciTransport(), {
      getToken: () => Promise.resolve(token),
    });
  });
  afterEach(() => backend.close());

  /** Sets the data of the next answer. */
  const answerWith = (data: unknown) =>
    backend.faults.inject({
      fault: { kind: 'custom', handler: (request) => ok(request, data) },
    });

  describe('account', () => {
    it('identifies the owner of the credential', async () => {
      assert.deepEqual(await fetchAccount(api), DEFAULT_ACCOUNT);
    });

    it('accepts a missing email and name', async () => {
      const nobody = { devId: 'dev_x', email: null, displayName: null, isDeveloper: false };
      for (const data of [{ devId: 'dev_x' }, { devId: 'dev_x', email: null, displayName: '' }]) {
        answerWith(data);
        assert.deepEqual(await fetchAccount(api), nobody);
      }
    });

    it('marks a developer only if the flag is exactly true', async () => {
      answerWith({ devId: 'dev_x', isDeveloper: 'true' });
      assert.equal((await fetchAccount(api)).isDeveloper, false);
    });

    it('rejects an answer without an ID or with wrong types', async () => {
      for (const data of [null, [], 'dev_x', {}, { devId: '' }, { devId: 42 }]) {
        answerWith(data);
        await rejectsWith('PROTOCOL', fetchAccount(api));
      }
      backend.faults.inject({ fault: { kind: 'wrong-types' } });
      await rejectsWith('PROTOCOL', fetchAccount(api));
    });
  });

  describe('SSH sign-in', () => {
    let key: SigningKey;

    beforeEach(() => {
      key = signingKey();
      backend.state.addKey(DEFAULT_ACCOUNT.devId, key.line);
    });

    it('exchanges a signed challenge for a working token', async () => {
      const nonce = await requestChallenge(api, key.fingerprint);
      const { token } = await verifyChallenge(api, { nonce, signature: key.sign(nonce) });
      const signedIn = new ApiClient(backend.url, createUndiciTransport(), {
        getToken: () => Promise.resolve(token),
      });
      assert.deepEqual(await fetchAccount(signedIn), DEFAULT_ACCOUNT);
      assert.deepEqual(
        backend.requests.slice(0, 2).map(({ hasAuthorization }) => hasAuthorization),
        [false, false],
      );
    });

    it('passes on a rejection by the backend', async () => {
      const nonce = await requestChallenge(api, key.fingerprint);
      const wrong = verifyChallenge(api, { nonce, signature: signingKey().sign(nonce) });
      assert.equal((await rejectsWith('SERVER', wrong)).serverCode, 'SSH_SIGNATURE_INVALID');
    });

    it('reads the lifetime in seconds if the answer has one', async () => {
      for (const [data, expected] of [
        [{ access_token: 'abc' }, { token: 'abc' }],
        [
          { access_token: 'abc', token_type: 'bearer', expires_in: 60 },
          { token: 'abc', expiresIn: 60 },
        ],
        [{ access_token: 'abc', token_type: 'Bearer', expires_in: null }, { token: 'abc' }],
        [
          { access_token: 'abc', expires_in: '300' },
          { token: 'abc', expiresIn: 300 },
        ],
        [{ access_token: 'abc', expires_in: 'soon' }, { token: 'abc' }],
        [{ access_token: 'abc', expires_in: '-5' }, { token: 'abc' }],
      ] as const) {
        answerWith(data);
        assert.deepEqual(await verifyChallenge(api, { nonce: 'n', signature: 's' }), expected);
      }
    });

    it('rejects a token that is invalid in a header', async () => {
      for (const data of [
        null,
        {},
        { access_token: 42 },
        { access_token: '' },
        { access_token: 'a b' },
        { access_token: 'a\r\nx-evil: 1' },
        { access_token: 'abc', token_type: 'mac' },
      ]) {
        answerWith(data);
        await rejectsWith('PROTOCOL', verifyChallenge(api, { nonce: 'n', signature: 's' }));
      }
      answerWith({ nonce: 7 });
      await rejectsWith('PROTOCOL', requestChallenge(api, key.fingerprint));
    });
  });

  describe('mini-apps', () => {
    it('announces a bundle and returns its upload URL', async () => {
      const { uploadUrl, bundleId } = await requestUpload(api, BUNDLE);
      assert.deepEqual(backend.requests[0]?.json, BUNDLE);
      assert.equal(uploadUrl.origin, backend.url);
      assert.equal(backend.state.bundles.find(bundleId)?.sha256, BUNDLE.sha256);
    });

    it('rejects an invalid upload URL', async () => {
      for (const data of [
        null,
        {},
        { uploadUrl: 'https://storage.example.com/x' },
        { uploadUrl: 'https://storage.example.com/x', bundleId: 7 },
        { uploadUrl: 'not a URL', bundleId: 'b' },
        { uploadUrl: { href: 'https://storage.example.com' }, bundleId: 'b' },
      ]) {
        answerWith(data);
        await rejectsWith('PROTOCOL', requestUpload(api, BUNDLE));
      }
    });

    it('submits the uploaded bundle', async () => {
      answerWith({ ok: true, reviewStatus: 'pending' });
      const submission = { manifest: MANIFEST, bundleId: 'bnd_x' };
      assert.deepEqual(await submitBundle(api, submission), { reviewStatus: 'pending' });
      assert.deepEqual(backend.requests[0]?.json, submission);
      const publishedAt = '2030-01-01T00:00:00.000Z';
      answerWith({ ok: true, reviewStatus: 'auto-approved', publishedAt });
      assert.deepEqual(await submitBundle(api, submission), {
        reviewStatus: 'auto-approved',
        publishedAt,
      });
    });

    it('passes on the rejection of a bundle that was never uploaded', async () => {
      const { bundleId } = await requestUpload(api, BUNDLE);
      const refused = submitBundle(api, { manifest: MANIFEST, bundleId });
      const { status, serverCode } = await rejectsWith('SERVER', refused);
      assert.deepEqual([status, serverCode], [409, 'BUNDLE_MISSING']);
    });

    it('rejects an invalid submission', async () => {
      for (const data of [null, [], {}, { ok: true, reviewStatus: 1 }]) {
        answerWith(data);
        const submission = { manifest: MANIFEST, bundleId: 'bnd_x' };
        await rejectsWith('PROTOCOL', submitBundle(api, submission));
      }
    });
  });

  describe('beta', () => {
    const path = '/api/v1/dev/apps/trip-log/beta';
    const betaVersion = () => backend.state.apps.find('trip-log')?.beta?.version;

    beforeEach(() => {
      addApp(backend.state, { appId: 'trip-log', version: '1.0.0' });
    });

    it('starts, is promoted to production and ends', async () => {
      await promoteToBeta(api, 'trip-log', { version: '1.0.0', releaseNotes: 'try it' });
      const status = await fetchBetaStatus(api, 'trip-log');
      assert.deepEqual(
        [status.betaActive, status.betaVersion, status.daysUntilExpiry, status.betaReleaseNotes],
        [true, '1.0.0', 90, 'try it'],
      );
      await endBeta(api, 'trip-log');
      assert.equal(betaVersion(), undefined);
      assert.equal((await fetchBetaStatus(api, 'trip-log')).betaActive, false);
      await promoteToBeta(api, 'trip-log', { version: '1.0.0' });
      await promoteToProduction(api, 'trip-log');
      const { path: promoted, json } = backend.requests.at(-1) ?? {};
      assert.deepEqual([promoted, json], ['/api/v1/dev/apps/trip-log/promote-production', {}]);
      const { submissions = [] } = backend.state.apps.find('trip-log') ?? {};
      assert.deepEqual(
        submissions.map(({ reviewStatus }) => reviewStatus),
        ['approved'],
      );
      assert.equal(betaVersion(), undefined);
    });

    it('passes on a rejection', async () => {
      const refused = await rejectsWith('SERVER', promoteToProduction(api, 'trip-log'));
      assert.equal(refused.serverCode, 'beta.not_active');
      await rejectsWith('SERVER', promoteToBeta(api, 'trip-log', { version: '9.9.9' }));
      await rejectsWith('SERVER', endBeta(api, 'nobodys'));
    });

    it('accepts an empty answer because the answer is not used', async () => {
      const match = { path: /\/dev\/apps\//u };
      backend.faults.inject({ match, times: 'always', fault: { kind: 'empty', status: 204 } });
      await promoteToBeta(api, 'trip-log', { version: '1.0.0' });
      await promoteToProduction(api, 'trip-log');
      await endBeta(api, 'trip-log');
      assert.deepEqual(
        backend.requests.map((request) => [request.method, request.path, request.status]),
        [
          ['POST', `${path}/promote`, 204],
          ['POST', '/api/v1/dev/apps/trip-log/promote-production', 204],
          ['DELETE', path, 204],
        ],
      );
    });
  });

  describe('developer status', () => {
    it('maps the answer and omits missing fields', async () => {
      addApp(backend.state, { appId: 'trip-log', version: '1.0.0' });
      assert.deepEqual(await fetchDeveloperStatus(api, { appId: 'trip-log' }), {
        isDeveloper: true,
        hasPendingRequest: false,
        apps: [
          {
            appId: 'trip-log',
            latestVersion: '1.0.0',
            reviewStatus: 'pending',
            betaActive: false,
          },
        ],
        appsTotal: 1,
      });
      assert.deepEqual((await fetchDeveloperStatus(api, { appId: 'other' })).apps, []);
    });

    it('maps every field', async () => {
      const full = {
        isDeveloper: false,
        hasPendingRequest: true,
        apps: [
          {
            appId: 'a1',
            latestVersion: '1.0.0',
            reviewStatus: 'rejected',
            betaActive: true,
            rejectionReason: 'no',
            lastPublishedAt: '2030-01-01T00:00:00.000Z',
            betaVersion: '2.0.0',
          },
        ],
        appsTotal: 60,
        lastNotificationAttempt: '2030-01-01T00:00:00.000Z',
        lastNotificationError: 'chat not found',
      };
      answerWith(full);
      assert.deepEqual(await fetchDeveloperStatus(api), full);
    });

    it('returns no app when the backend answers 404 for the app', async () => {
      addApp(backend.state, { appId: 'trip-log', version: '1.0.0' });
      const match = { path: '/api/v1/dev/status' };
      const detail = '{"detail":"App not found"}';
      const handler = () => ({ status: 404, headers: {}, body: detail });
      backend.faults.inject({ match, fault: { kind: 'custom', handler } });
      const { apps, ...rest } = await fetchDeveloperStatus(api, { appId: 'other' });
      assert.deepEqual(apps, []);
      assert.deepEqual(rest, { isDeveloper: true, hasPendingRequest: false, appsTotal: 0 });
    });

    it('fails when the path itself is not found', async () => {
      const match = { path: '/api/v1/dev/status' };
      backend.faults.inject({ match, fault: { kind: 'html', status: 404 }, times: 'always' });
      const failed = await rejectsWith('SERVER', fetchDeveloperStatus(api, { appId: 'other' }));
      assert.equal(failed.status, 404);
    });

    it('handles values of other types', async () => {
      answerWith({ isDeveloper: 'yes', apps: [7, {}, { appId: 'a1', latestVersion: null }] });
      assert.deepEqual((await fetchDeveloperStatus(api)).apps, [
        { appId: 'a1', latestVersion: null, reviewStatus: null, betaActive: false },
      ]);
    });
  });

  it('lists everything the developer ever submitted', async () => {
    addApp(backend.state, { appId: 'trip-log', version: '1.0.0', name: { en: 'Trip Log' } });
    const [app] = await fetchMyApps(api);
    assert.deepEqual(app?.manifest, { id: 'trip-log', version: '1.0.0', name: { en: 'Trip Log' } });
    assert.deepEqual([app.status, app.version], ['pending', '1.0.0']);
    answerWith({ apps: [7, { manifest: null }, { manifest: { id: 'x' }, version: 7 }] });
    assert.deepEqual(await fetchMyApps(api), [
      { manifest: { id: 'x' }, status: null, version: null },
    ]);
  });

  it('accepts answers without an envelope', async () => {
    backend.faults.inject({
      fault: { kind: 'custom', handler: () => bareJson(200, DEFAULT_ACCOUNT) },
    });
    assert.deepEqual(await fetchAccount(api), DEFAULT_ACCOUNT);
  });
});

describe('lazy transport', () => {
  const request = { method: 'GET', url: new URL('http://localhost/') } as const;
  const response = { status: 200, headers: {}, text: 'hello' };

  it('loads once, with the first request', async () => {
    let loads = 0;
    const transport = lazyTransport(() => {
      loads += 1;
      return Promise.resolve({ send: () => Promise.resolve(response) });
    });
    assert.equal(loads, 0);
    assert.deepEqual(await Promise.all([transport.send(request), transport.send(request)]), [
      response,
      response,
    ]);
    assert.equal(loads, 1);
  });

  it('loads again after a failed load', async () => {
    let loads = 0;
    const transport = lazyTransport(() => {
      loads += 1;
      return loads === 1
        ? Promise.reject(new Error('no such file'))
        : Promise.resolve({ send: () => Promise.resolve(response) });
    });
    await assert.rejects(transport.send(request), /no such file/);
    assert.deepEqual(await transport.send(request), response);
  });
});
