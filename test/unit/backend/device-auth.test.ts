import assert from 'node:assert/strict';
import { type Backend, startBackend } from '../../backend/server';
import { call, textAt } from './client';

const AUTHORIZE = 'POST /api/v1/oauth/device/authorize';
const TOKEN = 'POST /api/v1/oauth/device/token';
const CLIENT = { client_id: 'sdk-i99dash' };

describe('backend: device-code sign-in', () => {
  let now = 0;
  let backend: Backend;

  beforeEach(async () => {
    now = Date.parse('2030-01-01T00:00:00Z');
    backend = await startBackend({ now: () => now, deviceCode: true });
  });
  afterEach(() => backend.close());

  async function authorize() {
    const { status, body } = await call(backend, AUTHORIZE, { form: CLIENT });
    assert.equal(status, 200);
    return { userCode: textAt(body, 'user_code'), deviceCode: textAt(body, 'device_code'), body };
  }

  async function poll(deviceCode: string) {
    const grant_type = 'urn:ietf:params:oauth:grant-type:device_code';
    const form = { ...CLIENT, device_code: deviceCode, grant_type };
    return await call(backend, TOKEN, { form });
  }

  async function pollError(deviceCode: string): Promise<string> {
    const { status, body } = await poll(deviceCode);
    assert.equal(status, 400);
    return textAt(body, 'error');
  }

  it('does not exist unless it is enabled', async () => {
    backend.settings.deviceCode = false;
    const { status, code } = await call(backend, AUTHORIZE, { form: CLIENT });
    assert.deepEqual([status, code], [404, 'NOT_FOUND']);
  });

  it('starts a flow in plain JSON', async () => {
    const { body, userCode } = await authorize();
    assert.match(userCode, /^[B-Z]{4}-[B-Z]{4}$/);
    const { verification_uri, verification_uri_complete, expires_in, interval } = body as Record<
      string,
      unknown
    >;
    assert.equal(verification_uri, `${backend.url}/device`);
    assert.equal(verification_uri_complete, `${backend.url}/device?user_code=${userCode}`);
    assert.deepEqual([expires_in, interval], [600, 5]);
  });

  it('issues an API key once after approval and invalidates the old key', async () => {
    const old = backend.state.addApiKey('dev_local');
    const { userCode, deviceCode } = await authorize();
    assert.equal(await pollError(deviceCode), 'authorization_pending');
    backend.state.devices.decide(userCode, 'approve', 'dev_local');
    now += 5000;
    const { status, body } = await poll(deviceCode);
    assert.equal(status, 200);
    const token = textAt(body, 'access_token');
    assert.deepEqual(body, { access_token: token, token_type: 'Bearer', expires_in: null });
    assert.equal((await call(backend, 'GET /api/v1/dev/me', { token })).status, 200);
    assert.equal((await call(backend, 'GET /api/v1/dev/me', { token: old })).status, 401);
    now += 5000;
    assert.equal(await pollError(deviceCode), 'invalid_grant');
  });

  it('reports a denial, and an approval by a user who is no developer', async () => {
    const denied = await authorize();
    backend.state.devices.decide(denied.userCode, 'deny', 'dev_local');
    assert.equal(await pollError(denied.deviceCode), 'access_denied');
    backend.state.updateAccount('dev_local', { isDeveloper: false });
    const useless = await authorize();
    backend.state.devices.decide(useless.userCode, 'approve', 'dev_local');
    assert.equal(await pollError(useless.deviceCode), 'access_denied');
  });

  it('expires by the clock and on request', async () => {
    const byHand = await authorize();
    backend.state.devices.decide(byHand.userCode, 'expire', 'dev_local');
    assert.equal(await pollError(byHand.deviceCode), 'expired_token');
    const byClock = await authorize();
    now += 600_000;
    assert.equal(await pollError(byClock.deviceCode), 'expired_token');
  });

  it('asks clients that poll too fast to slow down by 5 seconds', async () => {
    const { deviceCode } = await authorize();
    assert.equal(await pollError(deviceCode), 'authorization_pending');
    now += 4999;
    assert.equal(await pollError(deviceCode), 'slow_down');
    now += 9999;
    assert.equal(await pollError(deviceCode), 'slow_down');
    now += 15_000;
    assert.equal(await pollError(deviceCode), 'authorization_pending');
  });

  it('can be forced to request slower polling', async () => {
    backend.settings.deviceIntervalSeconds = 0;
    const { userCode, deviceCode } = await authorize();
    backend.state.devices.forceSlowDown(userCode, 2);
    const errors = [];
    for (let index = 0; index < 3; index += 1) errors.push(await pollError(deviceCode));
    assert.deepEqual(errors, ['slow_down', 'slow_down', 'authorization_pending']);
  });

  it('rejects malformed requests with OAuth errors', async () => {
    const { deviceCode } = await authorize();
    const cases: [string, Record<string, string>, string][] = [
      [AUTHORIZE, {}, 'invalid_request'],
      [AUTHORIZE, { client_id: 'someone' }, 'invalid_client'],
      [TOKEN, { ...CLIENT }, 'invalid_request'],
      [TOKEN, { ...CLIENT, device_code: deviceCode }, 'unsupported_grant_type'],
    ];
    for (const [route, form, error] of cases) {
      const { status, body } = await call(backend, route, { form });
      assert.deepEqual([status, body], [400, { error }]);
    }
    const asJson = await call(backend, AUTHORIZE, { json: CLIENT });
    assert.deepEqual(asJson.body, { error: 'invalid_request' });
    assert.equal(await pollError('unknown'), 'invalid_grant');
  });
});
