import assert from 'node:assert/strict';
import { OPERATOR_ACCOUNT, PROFILES, type ProfileName, profileNamed } from '../../backend/profiles';
import { type Backend, startBackend } from '../../backend/server';
import { call } from './client';

const WALLET = 'GET /api/v1/operator/wallet/balance';
const DEVICE = 'POST /api/v1/oauth/device/authorize';
const CHALLENGE = 'POST /api/v1/auth/ssh/challenge';
const KEYS = 'GET /api/v1/account/ssh-keys';
const MINE = 'GET /api/v1/mini-apps/mine';

/** The routes of each deployment. */
const THERE: Record<ProfileName, Record<string, boolean>> = {
  developer: { [CHALLENGE]: true, [KEYS]: true, [MINE]: true, [WALLET]: false, [DEVICE]: false },
  operator: { [CHALLENGE]: true, [KEYS]: true, [MINE]: false, [WALLET]: true, [DEVICE]: false },
  older: { [CHALLENGE]: false, [KEYS]: false, [MINE]: true, [WALLET]: false, [DEVICE]: true },
};

describe('backend: profiles', () => {
  let backend: Backend | undefined;
  afterEach(() => backend?.close());

  for (const name of Object.keys(THERE) as ProfileName[]) {
    it(`serve exactly the routes of the deployment ${name}`, async () => {
      backend = await startBackend(PROFILES[name]);
      const there: Record<string, boolean> = {};
      for (const route of Object.keys(THERE[name])) {
        const { status } = await call(backend, route, route.startsWith('POST') ? { json: {} } : {});
        there[route] = status !== 404;
      }
      assert.deepEqual(there, THERE[name]);
      assert.equal((await call(backend, 'GET /api/v1/dev/me')).status, 401);
    });
  }

  it('are looked up by name', () => {
    assert.equal(profileNamed('older'), PROFILES.older);
    assert.throws(() => profileNamed('newer'), /developer, operator, older/u);
  });

  it('return the current balance of the wallet for the operator', async () => {
    backend = await startBackend(PROFILES.operator);
    const { devId } = OPERATOR_ACCOUNT;
    const token = backend.state.mintToken({ devId, lifeSeconds: 60 });
    assert.deepEqual((await call(backend, WALLET, { token })).data, OPERATOR_ACCOUNT.wallet);
    const json = { balance: 99, currency: 'JPY' };
    assert.equal((await call(backend, 'POST /_dev/wallet', { json })).status, 200);
    assert.deepEqual((await call(backend, WALLET, { token })).data, json);
    assert.equal((await call(backend, WALLET)).status, 401);
  });
});
