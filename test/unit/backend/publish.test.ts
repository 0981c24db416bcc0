import assert from 'node:assert/strict';
import { type Backend, startBackend } from '../../backend/server';
import { call, manifest, put, sha256, signIn, signingKey, upload, uploadUrl } from './client';

const SUBMIT = 'POST /api/v1/mini-apps/submit';
const APP = '/api/v1/dev/apps/trip-log';
const BETA = `${APP}/beta`;
const DAY_MS = 24 * 3600 * 1000;

describe('backend: publishing', () => {
  const bytes = Buffer.from('version one');
  let now = Date.parse('2030-01-01T00:00:00Z');
  let backend: Backend;
  let token: string;

  beforeEach(async () => {
    now = Date.parse('2030-01-01T00:00:00Z');
    backend = await startBackend({ now: () => now });
    token = backend.state.mintToken({ devId: 'dev_local', lifeSeconds: 365 * 24 * 3600 });
  });
  afterEach(() => backend.close());

  async function get(path: string): Promise<Record<string, unknown>> {
    const { status, data } = await call(backend, `GET ${path}`, { token });
    assert.equal(status, 200);
    return data as Record<string, unknown>;
  }

  async function publish(version = '1.0.0', content = bytes, appId = 'trip-log') {
    const bundleId = await upload(backend, token, content, appId);
    const json = { manifest: manifest(appId, version), bundleId };
    return await call(backend, SUBMIT, { json, token });
  }

  async function refusedSubmit(json: unknown, bearer = token): Promise<unknown[]> {
    const { status, code } = await call(backend, SUBMIT, { json, token: bearer });
    return [status, code];
  }

  it('accepts a bundle for review', async () => {
    const { status, data } = await publish();
    assert.equal(status, 200);
    assert.deepEqual(data, { ok: true, reviewStatus: 'pending' });
    assert.deepEqual(await get('/api/v1/mini-apps/mine'), {
      apps: [
        {
          manifest: manifest(),
          status: 'pending',
          version: '1.0.0',
          updatedAt: '2030-01-01T00:00:00.000Z',
        },
      ],
    });
  });

  it('publishes at once when it is configured to', async () => {
    backend.settings.reviewStatus = 'auto-approved';
    const { data } = await publish();
    const publishedAt = '2030-01-01T00:00:00.000Z';
    assert.deepEqual(data, { ok: true, reviewStatus: 'auto-approved', publishedAt });
  });

  it('reports a manual review and the reason of a rejection', async () => {
    await publish();
    backend.state.review('trip-log', 'rejected', 'the icon is blurred');
    const rejected = await get('/api/v1/dev/status');
    assert.deepEqual(rejected['apps'], [
      {
        appId: 'trip-log',
        latestVersion: '1.0.0',
        reviewStatus: 'rejected',
        rejectionReason: 'the icon is blurred',
        betaActive: false,
      },
    ]);
    backend.state.review('trip-log', 'approved');
    const [approved] = (await get('/api/v1/dev/status'))['apps'] as Record<string, unknown>[];
    assert.equal(approved?.['reviewStatus'], 'approved');
    assert.equal(approved['lastPublishedAt'], '2030-01-01T00:00:00.000Z');
    assert.equal(approved['rejectionReason'], undefined);
  });

  it('accepts a resubmission of a published version while the CDN keeps the old bytes', async () => {
    backend.settings.reviewStatus = 'auto-approved';
    await publish('1.0.0', bytes);
    assert.equal((await publish('1.0.0', Buffer.from('other bytes'))).status, 200);
    const app = backend.state.apps.find('trip-log');
    assert.deepEqual(app?.cdn, { '1.0.0': sha256(bytes) });
    assert.equal(app.submissions.length, 2);
  });

  it('returns the state of a submission whose answer was lost', async () => {
    const bundleId = await upload(backend, token, bytes);
    const json = { manifest: manifest(), bundleId };
    backend.faults.inject({ fault: { kind: 'reset', when: 'after' } });
    await assert.rejects(call(backend, SUBMIT, { json, token }));
    assert.equal(backend.state.apps.find('trip-log')?.submissions.length, 1);
    assert.equal((await call(backend, SUBMIT, { json, token })).status, 200);
  });

  it('rejects a bundle that was never uploaded or announced', async () => {
    const { bundleId } = await uploadUrl(backend, token, bytes);
    for (const id of [bundleId, 'bnd_none']) {
      const refusal = await refusedSubmit({ manifest: manifest(), bundleId: id });
      assert.deepEqual(refusal, [409, 'BUNDLE_MISSING']);
    }
  });

  it('rejects an upload of the right size with different bytes', async () => {
    const { url, bundleId } = await uploadUrl(backend, token, bytes);
    assert.equal((await put(url, Buffer.from('version two'))).status, 200);
    const refusal = await refusedSubmit({ manifest: manifest(), bundleId });
    assert.deepEqual(refusal, [422, 'BUNDLE_HASH_MISMATCH']);
  });

  it('rejects a manifest of another app and one that lacks required fields', async () => {
    const bundleId = await upload(backend, token, bytes);
    const other = await refusedSubmit({ manifest: manifest('other-app'), bundleId });
    assert.deepEqual(other, [422, 'APP_ID_MISMATCH']);
    for (const field of ['id', 'version', 'name', 'icon', 'url', 'category']) {
      const partial = { ...manifest(), [field]: undefined };
      const refusal = await refusedSubmit({ manifest: partial, bundleId });
      assert.deepEqual(refusal, [400, 'VALIDATION_ERROR'], field);
    }
  });

  it('rejects the app and the bundle of another developer', async () => {
    await publish();
    const bundleId = await upload(backend, token, bytes, 'second-app');
    backend.state.addAccount({ devId: 'dev_other', email: null, isDeveloper: true });
    const other = backend.state.mintToken({ devId: 'dev_other', lifeSeconds: 60 });
    const json = { appId: 'trip-log', contentLength: 1, sha256: '0'.repeat(64) };
    const announced = await call(backend, 'POST /api/v1/mini-apps/upload-url', {
      json,
      token: other,
    });
    assert.deepEqual([announced.status, announced.code], [403, 'APP_NOT_OWNED']);
    const foreignBundle = await refusedSubmit(
      { manifest: manifest('second-app'), bundleId },
      other,
    );
    assert.deepEqual(foreignBundle, [409, 'BUNDLE_MISSING']);
    const promoted = await call(backend, `POST ${BETA}/promote`, {
      json: { version: '1.0.0' },
      token: other,
    });
    assert.deepEqual([promoted.status, promoted.code], [403, 'APP_NOT_OWNED']);
  });

  it('rejects accounts that are not developers yet and reports their status', async () => {
    backend.state.updateAccount('dev_local', { isDeveloper: false, hasPendingRequest: true });
    const refusal = await refusedSubmit({ manifest: manifest(), bundleId: 'bnd_none' });
    assert.deepEqual(refusal, [403, 'DEVELOPER_REQUIRED']);
    const status = { isDeveloper: false, hasPendingRequest: true, apps: [], appsTotal: 0 };
    assert.deepEqual(await get('/api/v1/dev/status'), status);
  });

  it('rejects malformed announcements', async () => {
    const good = { appId: 'trip-log', contentLength: 1, sha256: '0'.repeat(64) };
    const changes = [
      { appId: 'Trip Log' },
      { contentLength: 0 },
      { contentLength: '1' },
      { contentLength: 1.5 },
      { sha256: 'A'.repeat(64) },
      { sha256: 'abc' },
    ];
    for (const change of changes) {
      const json = { ...good, ...change };
      const { code } = await call(backend, 'POST /api/v1/mini-apps/upload-url', { json, token });
      assert.equal(code, 'VALIDATION_ERROR', JSON.stringify(change));
    }
  });

  it('lists at most 50 apps, counts all of them, and finds one by its ID', async () => {
    const bundle = { bundleId: 'bnd_x', devId: 'dev_local', contentLength: 1, sha256: 'x' };
    for (let index = 0; index < 51; index += 1) {
      const appId = `app-${index}`;
      backend.state.apps.submit(manifest(appId), '1.0.0', { ...bundle, appId }, 'pending');
      now += 1000;
    }
    const all = await get('/api/v1/dev/status');
    assert.equal((all['apps'] as unknown[]).length, 50);
    assert.equal(all['appsTotal'], 51);
    const one = await get('/api/v1/dev/status?app_id=app-0');
    assert.equal((one['apps'] as { appId: string }[])[0]?.appId, 'app-0');
    const none = await call(backend, 'GET /api/v1/dev/status?app_id=none', { token });
    assert.deepEqual([none.status, none.code], [404, 'APP_NOT_FOUND']);
  });

  it('runs a beta from promotion to expiry', async () => {
    await publish();
    const json = { version: '1.0.0', releaseNotes: 'try the new map' };
    assert.equal((await call(backend, `POST ${BETA}/promote`, { json, token })).status, 200);
    const active = await get(`${BETA}/status`);
    assert.deepEqual(active, {
      appId: 'trip-log',
      betaActive: true,
      betaVersion: '1.0.0',
      betaBundleSha256: sha256(bytes),
      betaExpiresAt: '2030-04-01T00:00:00.000Z',
      daysUntilExpiry: 90,
      betaReleaseNotes: 'try the new map',
      lastPublishedAt: null,
      testerCount: 0,
      testerCap: 25,
    });
    now += 90 * DAY_MS;
    const expired = await get(`${BETA}/status`);
    assert.deepEqual([expired['betaActive'], expired['betaVersion']], [false, null]);
  });

  it('promotes a beta to production or ends it', async () => {
    await publish();
    const json = { version: '1.0.0' };
    await call(backend, `POST ${BETA}/promote`, { json, token });
    assert.equal((await call(backend, `POST ${APP}/promote-production`, { token })).status, 415);
    const promoted = await call(backend, `POST ${APP}/promote-production`, { json: {}, token });
    assert.equal(promoted.status, 200);
    assert.equal((await get(`${BETA}/status`))['lastPublishedAt'], '2030-01-01T00:00:00.000Z');
    const { submissions = [] } = backend.state.apps.find('trip-log') ?? {};
    assert.deepEqual(
      submissions.map(({ reviewStatus }) => reviewStatus),
      ['approved'],
    );
    const again = await call(backend, `POST ${APP}/promote-production`, { json: {}, token });
    assert.deepEqual([again.status, again.code], [409, 'beta.not_active']);
    await call(backend, `POST ${BETA}/promote`, { json, token });
    assert.equal((await call(backend, `DELETE ${BETA}`, { token })).status, 200);
    assert.equal((await get(`${BETA}/status`))['betaActive'], false);
  });

  it('rejects a beta of an unknown app or version, and with too many testers', async () => {
    const json = { version: '1.0.0' };
    const unknown = await call(backend, `POST ${BETA}/promote`, { json, token });
    assert.deepEqual([unknown.status, unknown.code], [404, 'APP_NOT_FOUND']);
    await publish();
    const version = await call(backend, `POST ${BETA}/promote`, { json: { version: '2' }, token });
    assert.deepEqual([version.status, version.code], [404, 'VERSION_NOT_FOUND']);
    backend.state.apps.setTesterCount(backend.state.apps.find('trip-log')!, 26);
    const crowded = await call(backend, `POST ${BETA}/promote`, { json, token });
    assert.deepEqual([crowded.status, crowded.code], [422, 'beta.tester_cap_reached']);
  });

  it('publishes to beta with a publish token of an attest key', async () => {
    const key = signingKey();
    backend.state.addKey('dev_local', key.line, { purpose: 'attest' });
    token = await signIn(backend, key, 'publish');
    assert.equal((await publish()).status, 200);
    const json = { version: '1.0.0' };
    assert.equal((await call(backend, `POST ${BETA}/promote`, { json, token })).status, 200);
    for (const route of [
      `DELETE ${BETA}`,
      `POST ${APP}/promote-production`,
      `GET ${BETA}/status`,
    ]) {
      assert.equal((await call(backend, route, { token })).code, 'INSUFFICIENT_SCOPE', route);
    }
  });

  describe('of themes', () => {
    const THEME_SUBMIT = 'POST /api/v1/themes/submit';
    const theme = {
      ...{ id: 'night-drive', name: { en: 'Night Drive' }, icon: './icon.svg', version: '1.0.0' },
      ...{ category: 'dark', spec: { brightness: 'dark', colors: {} } },
    };

    async function uploadTheme(themeId = 'night-drive'): Promise<string> {
      const json = { themeId, contentLength: bytes.length, sha256: sha256(bytes) };
      const { status, data } = await call(backend, 'POST /api/v1/themes/upload-url', {
        json,
        token,
      });
      assert.equal(status, 200);
      const target = data as { uploadUrl: string; bundleId: string };
      assert.equal((await put(target.uploadUrl, bytes)).status, 200);
      return target.bundleId;
    }

    it('accepts a theme for review, which is no app', async () => {
      const json = { manifest: theme, bundleId: await uploadTheme() };
      const { status, data } = await call(backend, THEME_SUBMIT, { json, token });
      assert.deepEqual([status, data], [200, { ok: true, reviewStatus: 'pending' }]);
      assert.deepEqual(backend.state.themes.find('night-drive')?.manifest, theme);
      assert.deepEqual(await get('/api/v1/mini-apps/mine'), { apps: [] });
    });

    it('accepts no bundle of a mini-app, and no theme as a mini-app', async () => {
      const ofApp = await upload(backend, token, bytes, 'night-drive');
      const refused = async (route: string, json: unknown) => {
        const { status, code } = await call(backend, route, { json, token });
        return [status, code];
      };
      const missing = [409, 'BUNDLE_MISSING'];
      assert.deepEqual(await refused(THEME_SUBMIT, { manifest: theme, bundleId: ofApp }), missing);
      const app = { manifest: manifest('night-drive'), bundleId: await uploadTheme() };
      assert.deepEqual(await refused(SUBMIT, app), missing);
    });

    it("needs a spec, and an id that is the bundle's", async () => {
      const bundleId = await uploadTheme();
      const submit = async (change: object) => {
        const json = { manifest: { ...theme, ...change }, bundleId };
        const { status } = await call(backend, THEME_SUBMIT, { json, token });
        return status;
      };
      assert.deepEqual([await submit({ spec: 'dark' }), await submit({ id: 'other' })], [400, 422]);
    });

    it('lists no themes', async () => {
      const { status } = await call(backend, 'GET /api/v1/themes/mine', { token });
      assert.equal(status, 404);
    });
  });
});
