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

const idOf = ({ session }: SessionWindow) => session.ownSession?.profile.sessionId;
const tokenOf = ({ session }: SessionWindow) => session.ownSession?.minted?.token;

describe('windows that share a session', () => {
  const world = useSessionWorld();

  async function twoWindows(): Promise<[SessionWindow, SessionWindow]> {
    const first = await world().signedInWindow();
    const second = await world().restoredWindow();
    assert.equal(idOf(second), idOf(first));
    return [first, second];
  }

  it('signs out all windows when one signs out', async () => {
    const [first, second] = await twoWindows();
    const states = statesOf(second);
    await first.session.signOut();
    await world().activity.idle();
    assert.deepEqual(states, ['signedOut']);
    await rejectsWith('NOT_SIGNED_IN', second.session.getToken());
  });

  it('signs out at the next focus without a change event', async () => {
    const [first, second] = await twoWindows();
    world().secrets.events = 0;
    await first.session.signOut();
    assert.equal(kindOf(second), 'signedIn');
    await second.look();
    assert.equal(kindOf(second), 'signedOut');
  });

  it('signs in all windows when one signs in', async () => {
    const second = await world().restoredWindow();
    const first = await world().signedInWindow();
    assert.equal(idOf(second), idOf(first));
    assert.deepEqual(second.session.identity(), first.session.identity());
  });

  for (const events of [1, 0, 2]) {
    const title = events === 1 ? 'one event' : events === 0 ? 'no event' : 'two events';
    it(`keeps the session when one window signs in again and the other receives ${title}`, async () => {
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

    it(`refreshes each expired token once when the other window receives ${title}`, async () => {
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

  it('ignores a change event without a change', async () => {
    const windows = await twoWindows();
    const states = windows.flatMap(statesOf);
    const before = world().requests.length;
    for (let time = 0; time < 5; time++) world().secrets.tell(world().storageKey);
    await world().activity.idle();
    assert.deepEqual(states, []);
    assert.deepEqual(world().requests.slice(before), ['GET /api/v1/dev/me'], 'confirmed once');
  });

  it('switches all windows to another account without a call as the wrong one', async () => {
    const [first, second] = await twoWindows();
    world().secrets.events = 0;
    world().backend.state.addAccount(COLLEAGUE);
    const token = world().backend.state.mintToken({ devId: COLLEAGUE.devId, lifeSeconds: 900 });
    await first.session.signInWithToken(token, undefined, agree);
    world().clock.jump(10 * MINUTE);
    await second.scheduler.trigger();
    assert.equal(second.session.identity().devId, COLLEAGUE.devId);
    assert.equal(await second.session.getToken(), token);
  });

  it('fails a call whose session was replaced by another account\u2019s during the call', async () => {
    const [first, second] = await twoWindows();
    world().secrets.events = 0;
    world().backend.state.addAccount(COLLEAGUE);
    const token = world().backend.state.mintToken({ devId: COLLEAGUE.devId, lifeSeconds: 9_000 });
    await first.session.signInWithToken(token, undefined, agree);
    world().clock.jump(16 * MINUTE);
    const error = await rejectsWith('NOT_SIGNED_IN', second.session.getToken());
    assert.match(error.message, /another account/u);
    assert.equal(await second.session.getToken(), token);
  });

  it('refreshes again when the token stored by another window has expired too', async () => {
    const [first, second] = await twoWindows();
    world().secrets.events = 0;
    await world().signIn(first);
    world().clock.jump(16 * MINUTE);
    const token = await second.session.getToken();
    assert.equal(idOf(second), idOf(first));
    assert.ok((second.session.ownSession?.minted?.expiresAt ?? 0) > world().clock.now());
    assert.equal(tokenOf(second), token);
  });
});

describe('unreliable keyring', () => {
  const world = useSessionWorld();

  it('refreshes with the key when the keyring lost the session, and reports it once', async () => {
    (await world().signedInWindow()).dispose();
    await world().secrets.delete(world().storageKey);
    const window = await world().restoredWindow();
    assert.equal(kindOf(window), 'signedIn');
    await window.scheduler.trigger();
    await window.look();
    await window.session.fetchIdentity();
    assert.equal(world().mints, 2);
    assert.equal(window.lostSecrets, 1);
    assert.match(await world().storedText(), /access|token/u);
  });

  it('refreshes in each window instead of signing out when the keyring throws', async () => {
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

  it('allows signing in and out when the keyring throws', async () => {
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

  it('does not bring an older token back when the keyring stops accepting secrets', async () => {
    const window = await world().signedInWindow();
    world().secrets.fails.store = true;
    world().clock.jump(10 * MINUTE);
    await window.scheduler.trigger();
    const renewed = tokenOf(window);
    await window.look();
    assert.equal(tokenOf(window), renewed);
    assert.equal(world().mints, 2);
  });

  it('does not reuse a rejected token when the keyring does not store the new one', async () => {
    const window = await world().signedInWindow();
    world().secrets.fails.store = true;
    world().clock.jump(10 * MINUTE);
    await window.scheduler.trigger();
    world().backend.state.revokeTokens();
    await window.session.fetchIdentity();
    assert.equal(world().mints, 3);
  });

  it('keeps the session of this window when the keyring and the profile are lost', async () => {
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

  it('signs out when a pasted token is lost, because it cannot be refreshed', async () => {
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

  it('shares what is possible between windows with different keyrings', async () => {
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
