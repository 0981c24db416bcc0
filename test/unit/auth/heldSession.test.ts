import assert from 'node:assert/strict';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import { rejectsWith } from '../../support/expect';
import { FakeSecretStore } from '../../support/fakes';
import { kindOf, statesOf } from '../../support/session-states';
import type { SessionWindow } from '../../support/session-window';
import { agree, useSessionWorld } from '../../support/session-world';
import { UnreliableSecretStore } from '../../support/unreliable-secret-store';

const MINUTE = 60_000;
const COLLEAGUE = { ...DEFAULT_ACCOUNT, devId: 'dev_colleague', email: 'colleague@example.com' };

const idOf = ({ session }: SessionWindow) => session.stored?.profile.sessionId;
const tokenOf = ({ session }: SessionWindow) => session.stored?.minted?.token;

describe('the windows of one editor', () => {
  const world = useSessionWorld();

  async function twoWindows(): Promise<[SessionWindow, SessionWindow]> {
    const first = await world().signedInWindow();
    const second = await world().restoredWindow();
    assert.equal(idOf(second), idOf(first));
    return [first, second];
  }

  it('are all signed out when one is', async () => {
    const [first, second] = await twoWindows();
    const states = statesOf(second);
    await first.session.signOut();
    await world().activity.idle();
    assert.deepEqual(states, ['signedOut']);
    await rejectsWith('NOT_SIGNED_IN', second.session.getToken());
  });

  it('are all signed out without being told, at the next focus', async () => {
    const [first, second] = await twoWindows();
    world().secrets.events = 0;
    await first.session.signOut();
    assert.equal(kindOf(second), 'signedIn');
    await second.look();
    assert.equal(kindOf(second), 'signedOut');
  });

  it('are all signed in when one is', async () => {
    const second = await world().restoredWindow();
    const first = await world().signedInWindow();
    assert.equal(idOf(second), idOf(first));
    assert.deepEqual(second.session.identity(), first.session.identity());
  });

  for (const events of [1, 0, 2]) {
    const title = events === 1 ? 'once' : events === 0 ? 'never' : 'twice';
    it(`go on when one signs in again, and are told ${title}`, async () => {
      const [first, second] = await twoWindows();
      world().secrets.events = events;
      const before = idOf(first);
      await world().signIn(first);
      await world().activity.idle();
      await second.session.fetchIdentity();
      world().clock.jump(16 * MINUTE);
      await second.session.fetchIdentity();
      assert.equal(idOf(first), before);
      assert.equal(idOf(second), idOf(first));
    });

    it(`renew when the token has gone, and are told ${title} of changes`, async () => {
      const windows = await twoWindows();
      world().secrets.events = events;
      for (let round = 0; round < 4; round++) {
        world().clock.jump(16 * MINUTE);
        for (const { session } of windows) await session.fetchIdentity();
      }
      await world().activity.idle();
      assert.equal(world().mints, 5);
    });
  }

  it('do not mind being told of what has not changed', async () => {
    const windows = await twoWindows();
    const states = windows.flatMap(statesOf);
    const before = world().requests.length;
    for (let time = 0; time < 5; time++) world().secrets.tell(world().storageKey);
    await world().activity.idle();
    assert.deepEqual(states, []);
    assert.deepEqual(world().requests.slice(before), ['GET /api/v1/dev/me'], 'confirmed once');
  });

  it('become somebody else together, and no call is made as the wrong one', async () => {
    const [first, second] = await twoWindows();
    world().secrets.events = 0;
    world().backend.state.addAccount(COLLEAGUE);
    const token = world().backend.state.mintToken({ devId: COLLEAGUE.devId, lifeSeconds: 900 });
    await first.session.signInWithToken(token, undefined, agree);
    world().clock.jump(10 * MINUTE);
    await second.keepAlive.wake();
    assert.equal(second.session.identity().devId, COLLEAGUE.devId);
    assert.equal(await second.session.getToken(), token);
  });

  it('fail a call whose session was replaced by somebody else\u2019s meanwhile', async () => {
    const [first, second] = await twoWindows();
    world().secrets.events = 0;
    world().backend.state.addAccount(COLLEAGUE);
    const token = world().backend.state.mintToken({ devId: COLLEAGUE.devId, lifeSeconds: 9_000 });
    await first.session.signInWithToken(token, undefined, agree);
    world().clock.jump(16 * MINUTE);
    const error = await rejectsWith('NOT_SIGNED_IN', second.session.getToken());
    assert.match(error.message, /somebody else/u);
    assert.equal(await second.session.getToken(), token);
  });

  it('mint anew when the session of another window has a spent token too', async () => {
    const [first, second] = await twoWindows();
    world().secrets.events = 0;
    await world().signIn(first);
    world().clock.jump(16 * MINUTE);
    const token = await second.session.getToken();
    assert.equal(idOf(second), idOf(first));
    assert.ok((second.session.stored?.minted?.expiresAt ?? 0) > world().clock.now());
    assert.equal(tokenOf(second), token);
  });
});

describe('a keyring', () => {
  const world = useSessionWorld();

  it('that has lost the session is no sign-out: the key mints again, and it is said once', async () => {
    (await world().signedInWindow()).dispose();
    await world().secrets.delete(world().storageKey);
    const window = await world().restoredWindow();
    assert.equal(kindOf(window), 'signedIn');
    await window.keepAlive.wake();
    await window.look();
    await window.session.fetchIdentity();
    assert.equal(world().mints, 2);
    assert.equal(window.lostSecrets, 1);
    assert.match(await world().storedText(), /access|token/u);
  });

  it('that throws is no sign-out: each window mints for itself', async () => {
    (await world().signedInWindow()).dispose();
    world().secrets.fails.get = true;
    world().secrets.fails.store = true;
    const windows = [await world().restoredWindow(), await world().restoredWindow()];
    for (const window of windows) await window.session.fetchIdentity();
    assert.equal(world().mints, 3);
    for (let minutes = 0; minutes < 60; minutes += 15) {
      world().clock.jump(16 * MINUTE);
      for (const window of windows) {
        await window.look();
        await window.session.fetchIdentity();
        assert.equal(kindOf(window), 'signedIn');
        assert.equal(window.lostSecrets, 1);
      }
    }
  });

  it('that throws lets people sign in and out', async () => {
    world().secrets.fails.get = true;
    world().secrets.fails.store = true;
    const window = await world().signedInWindow();
    await window.look();
    await window.session.fetchIdentity();
    const other = await world().restoredWindow();
    assert.equal(kindOf(other), 'signedIn');
    assert.equal(await window.session.signOut(), false);
    assert.equal(kindOf(window), 'signedOut');
    await other.look();
    assert.equal(kindOf(other), 'signedOut');
  });

  it('that takes no more secrets does not bring an older token back', async () => {
    const window = await world().signedInWindow();
    world().secrets.fails.store = true;
    world().clock.jump(10 * MINUTE);
    await window.keepAlive.wake();
    const renewed = tokenOf(window);
    await window.look();
    assert.equal(tokenOf(window), renewed);
    assert.equal(world().mints, 2);
  });

  it('that does not take the renewed token does not serve a refused one', async () => {
    const window = await world().signedInWindow();
    world().secrets.fails.store = true;
    world().clock.jump(10 * MINUTE);
    await window.keepAlive.wake();
    world().backend.state.revokeTokens();
    await window.session.fetchIdentity();
    assert.equal(world().mints, 3);
  });

  it('that lost everything, profile and all, ends nothing in this window', async () => {
    const window = await world().signedInWindow();
    const sessionId = idOf(window);
    world().secrets.events = 0;
    await world().secrets.delete(world().storageKey);
    world().state.values.clear();
    await window.look();
    world().clock.jump(16 * MINUTE);
    await window.session.fetchIdentity();
    assert.equal(world().mints, 2);
    assert.equal(idOf(window), sessionId);
    const other = await world().restoredWindow();
    assert.equal(idOf(other), sessionId);
  });

  it('that lost a pasted token is a sign-out: nothing can mint it again', async () => {
    const token = await (await world().signedInWindow()).session.getToken();
    const window = world().openWindow();
    await window.session.signInWithToken(token);
    const other = await world().restoredWindow();
    assert.equal(kindOf(other), 'signedIn');
    await world().secrets.delete(world().storageKey);
    await world().activity.idle();
    assert.equal(kindOf(other), 'signedIn', 'this window still has it');
    assert.equal(kindOf(await world().restoredWindow()), 'signedOut');
  });

  it('of each window may be another one: they share what they can', async () => {
    const separate = () => ({ secrets: new UnreliableSecretStore(new FakeSecretStore()) });
    const first = await world().signedInWindow(undefined, separate());
    const second = await world().restoredWindow(separate());
    assert.equal(idOf(second), idOf(first));
    await second.session.fetchIdentity();
    await first.session.signOut();
    await second.look();
    assert.equal(kindOf(second), 'signedOut');
  });
});
