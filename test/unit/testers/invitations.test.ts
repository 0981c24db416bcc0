import assert from 'node:assert/strict';
import { ApiClient } from '../../../src/core/api/client';
import {
  describeInvalidNames,
  fetchRoster,
  inviteTesters,
  isCapReached,
  removeTester,
  requireTester,
  withoutInvited,
} from '../../../src/core/testers/invitations';
import { I99dashError } from '../../../src/core/errors';
import { ok } from '../../backend/envelope';
import type { Fault } from '../../backend/faults';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import type { App } from '../../backend/state/model';
import { addApp } from '../../support/apps';
import { rejectsWith } from '../../support/expect';
import { MemoryBackend } from '../../support/memory-transport';

const APP = 'trip-log';

describe('beta testers', () => {
  let backend: MemoryBackend;
  let api: ApiClient;
  let app: App;

  beforeEach(() => {
    backend = new MemoryBackend({ url: 'https://api.test', now: () => 0 });
    const token = backend.state.mintToken({ devId: DEFAULT_ACCOUNT.devId, lifeSeconds: 60 });
    api = new ApiClient(backend.url, backend.transport, { getToken: () => Promise.resolve(token) });
    app = addApp(backend.state, { appId: APP, version: '1.0.0' });
  });

  const roster = () => fetchRoster(api, APP);
  const strike = (method: string, fault: Fault) =>
    backend.faults.inject({ match: { method }, fault });
  const lost: Fault = {
    kind: 'custom',
    handler: async (_, next) => ({ ...(await next()), status: 503 }),
  };
  const names = () => app.testers.map(({ telegramUsername }) => telegramUsername);

  it('are listed with status, dates and limit', async () => {
    backend.state.apps.inviteTesters(app, ['alice_k', 'bob_42', 'carol']);
    backend.state.apps.acceptInvitation(app, 'bob_42');
    backend.state.apps.removeTester(app, app.testers[2]?.userId ?? '');
    const { testers, count, cap } = await roster();
    const at = '1970-01-01T00:00:00.000Z';
    assert.deepEqual(
      testers.map(({ telegramUsername, status }) => [telegramUsername, status]),
      [
        ['alice_k', 'invited'],
        ['bob_42', 'accepted'],
        ['carol', 'revoked'],
      ],
    );
    assert.deepEqual(
      testers.map(({ invitedAt, acceptedAt, revokedAt }) => [invitedAt, acceptedAt, revokedAt]),
      [
        [at, null, null],
        [at, at, null],
        [at, null, at],
      ],
    );
    assert.deepEqual([count, cap], [2, 25]);
  });

  it('are listed without a name, and once for each ID', async () => {
    const tester = { userId: 'u1', status: 'paused' };
    backend.faults.inject({
      match: { path: /\/testers$/u },
      fault: { kind: 'custom', handler: (request) => ok(request, { testers: [tester, tester] }) },
    });
    const nulls = { invitedAt: null, acceptedAt: null, revokedAt: null };
    assert.deepEqual((await roster()).testers, [{ ...tester, telegramUsername: '', ...nulls }]);
  });

  it('are no list when the answer lacks one, or an ID', async () => {
    for (const data of [null, {}, { testers: {} }, { testers: [{ status: 'invited' }] }]) {
      backend.faults.inject({
        match: { path: /\/testers$/u },
        fault: { kind: 'custom', handler: (request) => ok(request, data) },
      });
      await rejectsWith('PROTOCOL', roster());
    }
  });

  it('are invited one by one or many at once by the call for it', async () => {
    await inviteTesters(api, await roster(), ['alice_k']);
    await inviteTesters(api, await roster(), ['bob_42', 'carol']);
    const sent = backend.requests.filter(({ method }) => method === 'POST');
    assert.deepEqual(
      sent.map(({ path, status }) => [path.split('/testers')[1], status]),
      [
        ['', 200],
        ['/batch', 200],
      ],
    );
    assert.deepEqual(names(), ['alice_k', 'bob_42', 'carol']);
  });

  it('are recorded without an error when nobody has the name', async () => {
    await inviteTesters(api, await roster(), ['nobody_at_all']);
    assert.deepEqual(names(), []);
  });

  it('are looked up when the answer to an invitation is lost', async () => {
    strike('POST', lost);
    await inviteTesters(api, await roster(), ['alice_k', 'Bob_42']);
    assert.deepEqual(names(), ['alice_k', 'Bob_42']);
    strike('POST', lost);
    const doubtful = inviteTesters(api, await roster(), ['nobody_at_all']);
    assert.equal((await rejectsWith('SERVER', doubtful)).status, 503);
    const known = await roster();
    strike('POST', { kind: 'status', status: 503 });
    strike('GET', { kind: 'status', status: 500 });
    const unknown = inviteTesters(api, known, ['carol']);
    assert.equal((await rejectsWith('SERVER', unknown)).status, 503);
  });

  it('say in words that the limit is reached when the backend refuses', async () => {
    backend.state.apps.setTesterCount(app, 24);
    const invited = inviteTesters(api, await roster(), ['alice_k', 'bob_42']);
    const error = await rejectsWith('SERVER', invited);
    assert.deepEqual([error.status, error.serverCode], [422, 'beta.tester_cap_reached']);
    assert.equal(
      error.message,
      'No invitation was recorded: trip-log can have at most 25 testers. Remove a tester first.',
    );
    assert.ok(isCapReached(error));
    assert.ok(!isCapReached(new I99dashError('SERVER', 'no', { serverCode: 'other' })));
    assert.equal(names().length, 24);
  });

  it('are refused before sending when a name is invalid or the limit would be exceeded', async () => {
    backend.state.apps.setTesterCount(app, 24);
    const known = await roster();
    const explain = (...given: string[]) => describeInvalidNames(given, known);
    assert.match(explain('alice_k', 'bob') ?? '', /^“bob” is not a Telegram name/u);
    assert.equal(explain('alice_k', 'bob_42'), '1 of 25 places is free, for 2 new names.');
    assert.equal(explain('alice_k'), undefined);
    assert.equal(explain('alice_k', 'Tester_1', 'tester_2'), undefined);
    const full = { ...known, count: 25 };
    assert.match(describeInvalidNames(['alice_k'], full) ?? '', /^All 25 places for testers are/u);
    assert.equal(describeInvalidNames(['tester_1'], full), undefined);
    assert.equal(describeInvalidNames([], full), undefined);
  });

  it('count as invited in any case of their name until they are removed', async () => {
    backend.state.apps.inviteTesters(app, ['Alice_K', 'bob_42']);
    backend.state.apps.removeTester(app, app.testers[1]?.userId ?? '');
    const known = await roster();
    assert.deepEqual(withoutInvited(['alice_k', 'bob_42', 'carol'], known), ['bob_42', 'carol']);
  });

  it('are removed, also when they are already gone or the answer is lost', async () => {
    backend.state.apps.inviteTesters(app, ['alice_k', 'bob_42']);
    const [alice = '', bob = ''] = app.testers.map(({ userId }) => userId);
    await removeTester(api, APP, alice);
    strike('DELETE', { kind: 'status', status: 404 });
    await removeTester(api, APP, alice);
    strike('DELETE', lost);
    await removeTester(api, APP, bob);
    assert.deepEqual(
      app.testers.map(({ status }) => status),
      ['revoked', 'revoked'],
    );
  });

  it('stay when the removal is refused', async () => {
    backend.state.apps.inviteTesters(app, ['alice_k']);
    const userId = app.testers[0]?.userId ?? '';
    for (const status of [404, 403, 503]) {
      strike('DELETE', { kind: 'status', status });
      assert.equal((await rejectsWith('SERVER', removeTester(api, APP, userId))).status, status);
    }
    assert.equal(app.testers[0]?.status, 'invited');
  });

  it('are found by ID unless they were removed', async () => {
    backend.state.apps.inviteTesters(app, ['alice_k', 'bob_42']);
    const [alice = '', bob = ''] = app.testers.map(({ userId }) => userId);
    backend.state.apps.removeTester(app, bob);
    const known = await roster();
    assert.equal(requireTester(known, alice).telegramUsername, 'alice_k');
    for (const userId of [bob, 'unknown']) {
      await rejectsWith(
        'VALIDATION_FAILED',
        Promise.resolve().then(() => requireTester(known, userId)),
      );
    }
  });
});
