import assert from 'node:assert/strict';
import { DEFAULT_ACCOUNT, startBackend, type Backend } from '../../backend/server';
import { rejectsWith } from '../../support/expect';
import { holdBack } from '../../support/faults';
import { kindOf } from '../../support/session-states';
import { useSessionWorld } from '../../support/session-world';

const MINUTE = 60_000;
const COLLEAGUE = { ...DEFAULT_ACCOUNT, devId: 'dev_colleague', email: 'colleague@example.com' };

describe('selected backend', () => {
  const world = useSessionWorld();
  let other: Backend;
  let backendUrl: string;

  beforeEach(async () => {
    other = await startBackend({ now: () => world().clock.now(), accounts: [COLLEAGUE] });
    other.state.addKey(COLLEAGUE.devId, world().encryptedKey.publicKeyLine);
    backendUrl = world().backend.url;
  });

  afterEach(() => other.close());

  const switching = () => ({ backendUrl: () => backendUrl });

  it('has a session of its own', async () => {
    const window = await world().signedInWindow(undefined, switching());
    backendUrl = other.url;
    await window.look();
    assert.equal(kindOf(window), 'signedOut');
    await world().signIn(window, world().encryptedKey);
    assert.equal(window.session.identity().devId, COLLEAGUE.devId);
    backendUrl = world().backend.url;
    await window.look();
    assert.equal(window.session.identity().devId, DEFAULT_ACCOUNT.devId);
    await window.session.signOut();
    backendUrl = other.url;
    await window.look();
    assert.equal(window.session.identity().devId, COLLEAGUE.devId);
  });

  it('never receives the token of another backend, even right after a switch', async () => {
    const window = await world().signedInWindow(undefined, switching());
    backendUrl = other.url;
    await rejectsWith('NOT_SIGNED_IN', window.session.fetchIdentity());
    assert.deepEqual(other.requests, []);
    await world().signIn(window, world().encryptedKey);
    await world().activity.idle();
    const before = world().requests.length;
    backendUrl = world().backend.url;
    assert.equal((await window.session.fetchIdentity()).devId, DEFAULT_ACCOUNT.devId);
    assert.deepEqual(world().requests.slice(before), ['GET /api/v1/dev/me']);
  });

  it('never receives a signature made to refresh at another backend', async () => {
    const window = await world().signedInWindow(undefined, switching());
    world().clock.jump(16 * MINUTE);
    backendUrl = other.url;
    await window.scheduler.trigger();
    assert.deepEqual(other.requests, []);
    assert.equal(kindOf(window), 'signedOut');
  });

  it('does not receive the session of another backend whose refresh was in flight', async () => {
    const window = await world().signedInWindow(undefined, switching());
    world().clock.jump(16 * MINUTE);
    const verify = holdBack(world().backend, '/api/v1/auth/ssh/verify');
    const token = window.session.getToken();
    await verify.reached;
    backendUrl = other.url;
    await window.session.restore();
    verify.release();
    await rejectsWith('NOT_SIGNED_IN', token);
    assert.equal(kindOf(window), 'signedOut');
    backendUrl = world().backend.url;
    await window.session.fetchIdentity();
    assert.equal(world().mints, 2, 'its own backend has the renewed one');
  });

  it('keeps the session while the setting is temporarily invalid', async () => {
    let refused = false;
    const { session, scheduler } = await world().signedInWindow(undefined, {
      backendUrl: () => {
        if (refused) throw new Error('refused');
        return backendUrl;
      },
    });
    refused = true;
    await scheduler.trigger();
    await assert.rejects(session.getToken(), /refused/u);
    await assert.rejects(session.restore(), /refused/u);
    refused = false;
    await session.fetchIdentity();
  });

  it('does not receive the token of a sign-in started at another backend', async () => {
    const window = world().openWindow(switching());
    const challenge = holdBack(world().backend, '/api/v1/auth/ssh/challenge');
    const signedIn = world().signIn(window);
    await challenge.reached;
    backendUrl = other.url;
    challenge.release();
    await signedIn;
    await rejectsWith('NOT_SIGNED_IN', window.session.fetchIdentity());
    assert.ok(other.requests.every(({ hasAuthorization }) => !hasAuthorization));
    backendUrl = world().backend.url;
    await window.session.fetchIdentity();
  });
});
