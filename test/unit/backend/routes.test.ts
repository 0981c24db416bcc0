import assert from 'node:assert/strict';
import { ROUTES } from '../../backend/router';
import { type Backend, startBackend } from '../../backend/server';
import { call } from './client';

/**
 * The calls of the protocol, independent of client and backend, which once shared the same wrong
 * path.
 */
const PROTOCOL = `
POST /api/v1/auth/ssh/challenge
POST /api/v1/auth/ssh/verify
POST /api/v1/oauth/device/authorize
POST /api/v1/oauth/device/token
GET /api/v1/dev/me
GET /api/v1/account/ssh-keys
POST /api/v1/account/ssh-keys
DELETE /api/v1/account/ssh-keys/:id
POST /api/v1/mini-apps/upload-url
POST /api/v1/mini-apps/submit
GET /api/v1/mini-apps/mine
GET /api/v1/dev/status
POST /api/v1/dev/apps/:appId/beta/promote
DELETE /api/v1/dev/apps/:appId/beta
POST /api/v1/dev/apps/:appId/promote-production
GET /api/v1/dev/apps/:appId/testers
POST /api/v1/dev/apps/:appId/testers
POST /api/v1/dev/apps/:appId/testers/batch
DELETE /api/v1/dev/apps/:appId/testers/:userId
GET /api/v1/dev/apps/:appId/beta/status
GET /api/v1/operator/wallet/balance
POST /api/v1/themes/upload-url
POST /api/v1/themes/submit
GET /api/v1/themes
POST /api/v1/apps/upload-url
POST /api/v1/apps/submit
GET /api/v1/apps/mine
POST /api/v1/apps/:packageId/promote
`
  .trim()
  .split('\n');

describe('backend: routes', () => {
  let backend: Backend;
  before(async () => {
    backend = await startBackend({ deviceCode: true });
  });
  after(() => backend.close());

  it('match the protocol for every call of the API', () => {
    const calls = ROUTES.filter(({ pattern }) => pattern.startsWith('/api/'));
    const unknown = calls
      .map(({ method, pattern }) => `${method} ${pattern}`)
      .filter((route) => !PROTOCOL.includes(route));
    assert.deepEqual(unknown, []);
    assert.ok(calls.length > 15);
  });

  for (const route of [
    'POST /api/v1/dev/apps/trip-log/beta/promote-production',
    'POST /api/v1/dev/apps/trip-log/beta/promote/',
    'POST /api/v1/dev/apps//promote-production',
    'GET /api/v1/dev/apps/trip-log',
    'GET /api/v1/dev/Me',
    'GET /api/v1//dev/me',
    'GET /api/v2/dev/me',
    'GET /dev/me',
  ]) {
    it(`answer 404 for ${route}`, async () => {
      const token = backend.state.mintToken({ devId: 'dev_local', lifeSeconds: 60 });
      const body = route.startsWith('POST') ? { json: {} } : {};
      const { status, code } = await call(backend, route, { ...body, token });
      assert.deepEqual([status, code], [404, 'NOT_FOUND']);
    });
  }
});
