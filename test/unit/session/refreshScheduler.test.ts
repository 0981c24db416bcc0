import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { startBackend, DEFAULT_ACCOUNT } from '../../backend/server';
import { FakeClock } from '../../support/fakes';
import { holdBack } from '../../support/faults';
import { failureOf, kindOf, statesOf } from '../../support/session-states';
import { useSessionWorld } from '../../support/session-world';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const CHALLENGE = '/api/v1/auth/ssh/challenge';

describe('session keep-alive', () => {
  const world = useSessionWorld();

  /** A window with a running keep-alive. */
  async function keptWindow(key = world().key) {
    const window = await world().signedInWindow(key);
    await window.scheduler.trigger();
    return window;
  }

  it('refreshes each token in turn before it expires', async () => {
    const window = await keptWindow();
    const states = statesOf(window);
    await world().passSlowly(8 * 60 * MINUTE, 15 * SECOND);
    // The middle of the jitter: 57.5 % of 15 minutes.
    const expected = Math.floor((8 * 60) / (0.575 * 15));
    const renewals = world().mints - 1;
    assert.ok(Math.abs(renewals - expected) <= 2, `${renewals} renewals`);
    assert.deepEqual([...new Set(states)], ['signedIn']);
    assert.equal(states.length, renewals);
  });

  it('keeps up with a token that lives 8 seconds', async () => {
    world().backend.setTokenLife(8);
    const window = await keptWindow();
    for (let round = 0; round < 60; round++) {
      await world().pass(SECOND);
      const { minted } = window.session.ownSession ?? {};
      assert.ok((minted?.expiresAt ?? 0) > world().clock.now());
      assert.equal(kindOf(window), 'signedIn');
    }
    assert.ok(world().mints <= 16, `${world().mints} mints`);
  });

  it('refreshes on time right after a check', async () => {
    world().backend.setTokenLife(8);
    const window = await keptWindow();
    const before = world().mints;
    await world().pass(4_550); // the middle of the jitter: 57.5 % of 8 seconds
    await window.scheduler.trigger();
    assert.equal(world().mints - before, 0);
    await world().pass(150);
    assert.equal(world().mints - before, 1);
  });

  it('backs off when the backend issues tokens that are already expired', async () => {
    world().backend.setTokenLife(1);
    await keptWindow();
    const before = world().mints;
    await world().passSlowly(MINUTE, 50);
    assert.ok(world().mints - before <= 60, `${world().mints - before} mints`);
  });

  it('keeps a single timer, however often it is triggered', async () => {
    const window = await keptWindow();
    for (let round = 0; round < 20; round++) {
      void window.scheduler.trigger();
      await window.scheduler.trigger();
      await world().pass(5 * SECOND);
      assert.equal(world().clock.pending, 1);
    }
  });

  it('shares one check between all triggers that arrive during it', async () => {
    const window = await keptWindow();
    world().clock.jump(16 * MINUTE);
    const before = world().requests.length;
    await Promise.all(Array.from({ length: 20 }, () => window.scheduler.trigger()));
    assert.equal(world().requests.length - before, 2);
  });

  it('stops completely when it is disposed', async () => {
    const window = await keptWindow();
    window.dispose();
    assert.equal(world().clock.pending, 0);
    const before = world().requests.length;
    await world().passSlowly(30 * MINUTE);
    await window.scheduler.trigger();
    assert.equal(world().requests.length, before, 'though a renewal is due');
    assert.equal(world().clock.pending, 0);
  });

  it('stops when it is disposed during a check', async () => {
    const window = await keptWindow();
    world().clock.jump(10 * MINUTE);
    const challenge = holdBack(world().backend, CHALLENGE);
    const look = window.scheduler.trigger();
    await challenge.reached;
    window.dispose();
    challenge.release();
    await look;
    assert.equal(world().clock.pending, 0);
  });

  it('keeps its backoff while time passes and retries at once after sleep', async () => {
    const window = await keptWindow();
    const rule = { fault: { kind: 'reset' }, times: 'always' } as const;
    const outage = world().backend.faults.inject(rule);
    world().clock.jump(16 * MINUTE);
    await window.scheduler.trigger();
    await world().passSlowly(5 * MINUTE);
    assert.equal(kindOf(window), 'offline');
    outage.remove();
    const struck = outage.hits;
    assert.ok(struck >= 5 && struck <= 25, `${struck} tries in 5 minutes`);
    world().clock.jump(60 * MINUTE);
    const nextAt = world().clock.nextAt ?? Infinity;
    assert.ok(nextAt < world().clock.now(), 'the timer is late after a sleep');
    await world().pass(0);
    assert.equal(kindOf(window), 'signedIn');
  });

  for (const [title, gapMs, expected] of [
    ['is slightly late: keeps waiting', 44 * SECOND, 'offline'],
    [
      'is more than half a minute late: assumes sleep and resets the backoff',
      46 * SECOND,
      'signedIn',
    ],
  ] as const) {
    it(`handles a tick that ${title}`, async () => {
      const window = await world().signedInWindow(undefined, { random: () => 0.999 });
      const rule = { match: { path: CHALLENGE }, fault: { kind: 'reset' } } as const;
      const outage = world().backend.faults.inject({ ...rule, times: 'always' });
      world().clock.jump(16 * MINUTE);
      await window.scheduler.trigger();
      while (outage.hits < 7) await world().pass(5 * SECOND);
      outage.remove();
      const { state } = window.session;
      assert.ok(state.kind === 'offline');
      assert.ok(state.retryAt - world().clock.now() > 55 * SECOND, 'a long wait has begun');
      world().clock.jump(gapMs);
      await world().pass(0);
      assert.equal(kindOf(window), expected);
    });
  }

  for (const [title, ms] of [
    ['back', -90 * MINUTE],
    ['forward', 90 * MINUTE],
  ] as const) {
    it(`tolerates a clock that jumps ${title}`, async () => {
      const window = await keptWindow();
      const states = statesOf(window);
      world().clock.jump(ms);
      await window.scheduler.trigger();
      await world().passSlowly(60 * MINUTE, 15 * SECOND);
      assert.deepEqual([...new Set(states)], ['signedIn']);
      assert.ok(world().mints <= 11, `${world().mints} mints`);
    });
  }

  it('recovers by itself from a backend that was down at the start', async () => {
    (await keptWindow()).dispose();
    world().clock.jump(20 * MINUTE);
    const { port } = world().backend;
    await world().backend.close();
    const window = await world().restoredWindow();
    assert.equal(kindOf(window), 'signedIn');
    const states = statesOf(window);
    await window.scheduler.trigger();
    assert.equal(failureOf(window), 'OFFLINE');
    await world().passSlowly(10 * MINUTE);
    assert.deepEqual([...new Set(states)], ['offline']);
    world().backend = await startBackend({ port, now: () => world().clock.now() });
    world().backend.state.addKey(DEFAULT_ACCOUNT.devId, world().key.publicKeyLine);
    await world().passSlowly(61 * SECOND);
    assert.equal(kindOf(window), 'signedIn');
  });

  it('shows a backend that is down while the token is fresh, and recovers by itself', async () => {
    (await keptWindow()).dispose();
    const rule = { fault: { kind: 'reset' }, times: 'always' } as const;
    const outage = world().backend.faults.inject(rule);
    const window = await world().restoredWindow();
    await window.scheduler.trigger();
    assert.equal(kindOf(window), 'signedIn', 'one failure may be a blip');
    await world().passSlowly(MINUTE);
    assert.equal(kindOf(window), 'offline');
    await window.session.getToken();
    outage.remove();
    await world().passSlowly(61 * SECOND);
    assert.equal(kindOf(window), 'signedIn');
    assert.equal(world().mints, 1);
  });

  it('verifies a restored session once', async () => {
    (await keptWindow()).dispose();
    const window = await world().restoredWindow();
    const before = world().requests.length;
    await window.scheduler.trigger();
    await world().passSlowly(3 * MINUTE);
    await window.look();
    assert.deepEqual(world().requests.slice(before), ['GET /api/v1/dev/me']);
  });

  it('does nothing without a session', async () => {
    const window = world().openWindow();
    await window.look();
    await world().passSlowly(30 * MINUTE, 15 * SECOND);
    assert.deepEqual(world().requests, []);
    assert.equal(world().clock.pending, 1);
  });

  describe('timer frequency', () => {
    /** Returns how often a timer fires within a minute. */
    async function ticksInAMinute(): Promise<number> {
      const { clock } = world();
      const end = clock.now() + MINUTE;
      let ticks = 0;
      for (let next = clock.nextAt; next !== undefined && next <= end; next = clock.nextAt) {
        await world().pass(Math.max(0, next - clock.now()));
        ticks += 1;
        assert.ok(ticks < 100, 'it spins');
      }
      return ticks;
    }

    it('does not spin while the session is locked', async () => {
      (await keptWindow(world().encryptedKey)).dispose();
      const window = await world().restoredWindow();
      world().clock.jump(10 * MINUTE);
      await window.scheduler.trigger();
      assert.ok((await ticksInAMinute()) <= 5, 'due, but not spent');
      world().clock.jump(10 * MINUTE);
      await window.scheduler.trigger();
      assert.equal(kindOf(window), 'locked');
      assert.ok((await ticksInAMinute()) <= 5);
    });

    it('does not spin while the session is rejected', async () => {
      const window = await keptWindow();
      world().backend.state.removeKey(world().key.fingerprint);
      world().clock.jump(10 * MINUTE);
      await window.scheduler.trigger();
      assert.equal(kindOf(window), 'rejected');
      assert.ok((await ticksInAMinute()) <= 5, 'not spent');
      world().clock.jump(10 * MINUTE);
      assert.ok((await ticksInAMinute()) <= 5);
    });

    it('does not spin while a pasted token is expired', async () => {
      const window = await keptWindow();
      await window.session.signInWithToken(await window.session.getToken());
      world().clock.jump(20 * MINUTE);
      await window.scheduler.trigger();
      assert.equal(kindOf(window), 'rejected');
      assert.ok((await ticksInAMinute()) <= 5);
    });
  });

  it('continues after a sign-out during a key lookup', async () => {
    (await keptWindow(world().encryptedKey)).dispose();
    const window = await world().restoredWindow();
    world().clock.jump(20 * MINUTE);
    await window.scheduler.trigger();
    assert.equal(kindOf(window), 'locked');
    world().secrets.events = 0;
    const look = window.scheduler.trigger();
    const signedOut = window.session.signOut();
    await Promise.all([look, signedOut]);
    await rm(world().encryptedKey.path);
    assert.equal(kindOf(window), 'signedOut');
    assert.equal(world().clock.pending, 1);
    await world().signIn(window);
    await world().passSlowly(30 * MINUTE, 15 * SECOND);
    assert.ok(world().mints > 3);
  });

  it('reads the same clock that delays the timers', () => {
    const clock = new FakeClock(0);
    let fired = 0;
    clock.setTimer(1_000, () => (fired = clock.now()));
    clock.jump(5_000);
    assert.equal(fired, 0);
    clock.advance(0);
    assert.equal(fired, 5_000);
  });
});
