import assert from 'node:assert/strict';
import { type Backend, startBackend } from '../../backend/server';
import { addApp } from '../../support/apps';
import { call, type CallOptions } from './client';

const TESTERS = '/api/v1/dev/apps/trip-log/testers';

describe('backend: testers', () => {
  let backend: Backend;
  let token: string;

  beforeEach(async () => {
    backend = await startBackend();
    token = backend.state.mintToken({ devId: 'dev_local', lifeSeconds: 60 });
    addApp(backend.state, { appId: 'trip-log', version: '1.0.0' });
  });
  afterEach(() => backend.close());

  const send = async (route: string, options: CallOptions = {}) => {
    const { status, code } = await call(backend, route, { token, ...options });
    return [status, code];
  };
  const roster = async () => {
    const { data } = await call(backend, `GET ${TESTERS}`, { token });
    return (data as { testers: Record<string, unknown>[] }).testers;
  };
  const invite = (...telegramUsernames: string[]) =>
    send(`POST ${TESTERS}/batch`, { json: { telegramUsernames } });

  it('are invited, accept and are removed', async () => {
    const json = { telegramUsername: 'alice_k' };
    assert.deepEqual(await send(`POST ${TESTERS}`, { json }), [200, undefined]);
    assert.deepEqual(await invite('Alice_K', 'bob_42'), [200, undefined]);
    const accept = { appId: 'trip-log', ...json };
    assert.deepEqual(await send('POST /_dev/testers', { json: accept }), [200, undefined]);
    const [alice, bob] = await roster();
    assert.deepEqual([alice?.['status'], bob?.['status']], ['accepted', 'invited']);
    assert.equal(typeof alice?.['acceptedAt'], 'string');
    const one = `DELETE ${TESTERS}/${String(alice?.['userId'])}`;
    assert.deepEqual(await send(one), [200, undefined]);
    const [removed] = await roster();
    assert.deepEqual([removed?.['status'], typeof removed?.['revokedAt']], ['revoked', 'string']);
    await invite('alice_k');
    assert.deepEqual(
      (await roster()).map(({ telegramUsername, status }) => [telegramUsername, status]),
      [
        ['alice_k', 'invited'],
        ['bob_42', 'invited'],
      ],
    );
  });

  it('cannot be probed: a name that nobody has is answered alike', async () => {
    assert.deepEqual(await invite('nobody_here'), [200, undefined]);
    assert.deepEqual(await roster(), []);
  });

  it('are 25 at most, and a larger list records nothing', async () => {
    assert.deepEqual(await invite(...names(24)), [200, undefined]);
    assert.deepEqual(await invite('alice_k', 'bob_42'), [422, 'beta.tester_cap_reached']);
    assert.equal((await roster()).length, 24);
    assert.deepEqual(await invite('alice_k', 'tester_1'), [200, undefined]);
  });

  it('are refused for a wrong name, an unknown ID and an app of someone else', async () => {
    assert.deepEqual(await invite('bob'), [400, 'VALIDATION_ERROR']);
    const json = { telegramUsernames: 'alice_k' };
    assert.deepEqual(await send(`POST ${TESTERS}/batch`, { json }), [400, 'VALIDATION_ERROR']);
    assert.deepEqual(await send(`DELETE ${TESTERS}/usr_x`), [404, 'TESTER_NOT_FOUND']);
    const unknown = { appId: 'trip-log', telegramUsername: 'alice_k' };
    assert.deepEqual(await send('POST /_dev/testers', { json: unknown }), [
      404,
      'TESTER_NOT_FOUND',
    ]);
    backend.state.addAccount({ devId: 'dev_2', email: null, isDeveloper: true });
    token = backend.state.mintToken({ devId: 'dev_2', lifeSeconds: 60 });
    assert.deepEqual(await send(`GET ${TESTERS}`), [403, 'APP_NOT_OWNED']);
    assert.deepEqual(await invite('alice_k'), [403, 'APP_NOT_OWNED']);
  });
});

function names(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `tester_${index + 1}`);
}
