import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import type { SessionWindow } from '../../support/session-window';
import { useSessionWorld } from '../../support/session-world';

const MINUTE = 60_000;
/** How long the keyring may take, in milliseconds. */
const PATIENCE = 5_000;

describe('unresponsive keyring', () => {
  const world = useSessionWorld();

  /** Awaits work that waits for the keyring, at most this long in real time. */
  async function patiently<T>(work: Promise<T>, ms = PATIENCE): Promise<T> {
    const { activity, clock } = world();
    const over = work.then(
      () => true,
      () => true,
    );
    let left = ms;
    while (!(await Promise.race([over, turn(false)]))) {
      await activity.idle();
      const wait = Math.max(0, (clock.nextAt ?? Infinity) - clock.now());
      if (wait <= left) {
        clock.advance(wait);
        left -= wait;
      }
    }
    return work;
  }

  async function pasteToken({ session }: SessionWindow): Promise<void> {
    const { devId } = DEFAULT_ACCOUNT;
    await session.signInWithToken(world().backend.state.mintToken({ devId, lifeSeconds: 900 }));
  }

  it('does not delay a new window, which signs in with the key and reports no lost secrets', async () => {
    await world().signedInWindow();
    world().secrets.fallSilent();
    const window = world().openWindow();
    await patiently(window.session.restore());
    await patiently(window.session.getToken(), 0);
    assert.equal(window.session.state.kind, 'signedIn');
    assert.equal(window.lostSecrets, 0);
  });

  it('restores a token without refresh at the next focus after the keyring answered late', async () => {
    await pasteToken(world().openWindow());
    const speak = world().secrets.fallSilent();
    const window = world().openWindow();
    await patiently(window.session.restore());
    assert.equal(window.session.state.kind, 'signedOut');
    speak();
    await world().activity.idle();
    await window.look();
    assert.equal(window.session.state.kind, 'signedIn');
    assert.equal(window.session.ownSession?.profile.source, 'token');
  });

  it('delays only the first refresh, by seconds', async () => {
    const { session } = await world().signedInWindow();
    world().secrets.fallSilent();
    world().clock.jump(16 * MINUTE);
    const renewed = await patiently(session.getToken());
    await patiently(session.getToken({ rejected: renewed }), 0);
    assert.equal(session.state.kind, 'signedIn');
    assert.equal(world().mints, 3);
  });

  it('retries the keyring after a while', async () => {
    const { session, store } = await world().signedInWindow();
    const speak = world().secrets.fallSilent();
    await patiently(store.read(world().backend.url));
    let asked = 0;
    world().secrets.get = () => {
      asked += 1;
      return Promise.resolve(undefined);
    };
    await patiently(store.read(world().backend.url), 0);
    assert.equal(asked, 0);
    await world().pass(MINUTE);
    await patiently(store.read(world().backend.url), 0);
    assert.equal(asked, 1);
    speak();
    assert.equal(session.state.kind, 'signedIn');
  });

  it('delays neither sign-in nor sign-out, and a late answer restores nothing', async () => {
    const speak = world().secrets.fallSilent();
    const window = world().openWindow();
    await patiently(world().signIn(window));
    assert.equal(window.session.state.kind, 'signedIn');
    assert.equal(await patiently(window.session.signOut()), false);
    assert.equal(window.session.state.kind, 'signedOut');
    speak();
    await world().activity.idle();
    assert.doesNotMatch(await world().storedText(), /token/u);
    for (const { session } of [window, await world().restoredWindow()]) {
      assert.equal(session.state.kind, 'signedOut');
    }
  });
});

describe('plain state that rejects writes', () => {
  const world = useSessionWorld();

  it('allows sign-in and refresh, and a sign-out leaves no token in the keyring', async () => {
    world().state.fails = true;
    const { session } = await world().signedInWindow();
    world().clock.jump(16 * MINUTE);
    await session.getToken();
    assert.equal(session.state.kind, 'signedIn');
    assert.equal(await session.signOut(), false);
    assert.ok(world().logger.lines.some((line) => line.includes('The disk is full.')));
    assert.equal(session.state.kind, 'signedOut');
    assert.doesNotMatch(await world().storedText(), /token/u);
    assert.equal((await world().restoredWindow()).session.state.kind, 'signedOut');
  });
});

describe('keyring with spurious change events', () => {
  const world = useSessionWorld();

  it('reads the keyring at a limited rate and does not call a backend that is down', async () => {
    const { scheduler } = await world().signedInWindow();
    world().backend.faults.inject({ fault: { kind: 'reset' }, times: 'always' });
    world().clock.jump(16 * MINUTE);
    await scheduler.trigger();
    const before = world().requests.length;
    let reads = 0;
    const get = world().secrets.get.bind(world().secrets);
    world().secrets.get = (key) => {
      reads += 1;
      return get(key);
    };
    for (let time = 0; time < 500; time++) {
      world().secrets.tell(world().storageKey);
      if (time % 50 === 0) await world().activity.idle();
    }
    await world().activity.idle();
    assert.ok(reads <= 40, `${reads} readings`);
    assert.deepEqual(world().requests.slice(before), []);
  });
});
