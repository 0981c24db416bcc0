import assert from 'node:assert/strict';
import { CancelledError } from '../../../src/core/errors';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import { rejectsWith } from '../../support/expect';
import { holdBack } from '../../support/faults';
import { failureOf, kindOf, statesOf } from '../../support/session-states';
import type { SessionWindow } from '../../support/session-window';
import { useSessionWorld } from '../../support/session-world';

const MINUTE = 60_000;
const CHALLENGE = '/api/v1/auth/ssh/challenge';
const VERIFY = '/api/v1/auth/ssh/verify';
const ME = '/api/v1/dev/me';

describe('on-demand token refresh', () => {
  const world = useSessionWorld();

  it('refreshes an expired token once for eight concurrent callers', async () => {
    const { session } = await world().signedInWindow();
    world().clock.jump(16 * MINUTE);
    const tokens = await Promise.all(Array.from({ length: 8 }, () => session.getToken()));
    assert.equal(new Set(tokens).size, 1);
    assert.equal(world().mints, 2);
  });

  it('returns the current token while the next one is fetched in the background', async () => {
    const { session } = await world().signedInWindow();
    const first = await session.getToken();
    world().clock.jump(10 * MINUTE);
    const mint = holdBack(world().backend, VERIFY);
    assert.equal(await session.getToken(), first);
    await mint.reached;
    assert.equal(await session.getToken(), first);
    mint.release();
    await world().activity.idle();
    assert.notEqual(await session.getToken(), first);
    assert.equal(world().mints, 2);
  });

  it('continues for the remaining callers when one caller cancels', async () => {
    const { session } = await world().signedInWindow();
    world().clock.jump(16 * MINUTE);
    const mint = holdBack(world().backend, VERIFY);
    const patience = new AbortController();
    const waiting = session.getToken();
    const impatient = session.getToken({ signal: patience.signal });
    await mint.reached;
    patience.abort();
    await assert.rejects(impatient, CancelledError);
    mint.release();
    assert.equal(await waiting, session.ownSession?.minted?.token);
    assert.equal(world().mints, 2);
  });

  it('does not start for a caller that has already cancelled', async () => {
    const { session } = await world().signedInWindow();
    world().clock.jump(16 * MINUTE);
    world().backend.faults.inject({ fault: { kind: 'reset' } });
    const impatient = session.getToken({ signal: AbortSignal.abort() });
    await assert.rejects(impatient, CancelledError);
    await world().activity.idle();
    assert.equal(world().requests.length, 3, 'those of the sign-in');
  });

  describe('after a 401', () => {
    /** Signs in, without background checks. */
    async function signedIn() {
      const { session, scheduler } = await world().signedInWindow();
      scheduler.dispose();
      return session;
    }

    it('refreshes once and repeats the call at most once', async () => {
      const session = await signedIn();
      world().backend.faults.inject({
        match: { path: ME },
        fault: { kind: 'status', status: 401 },
        times: 'always',
      });
      const before = world().requests.length;
      await rejectsWith('NOT_SIGNED_IN', session.fetchIdentity());
      assert.deepEqual(world().requests.slice(before), [
        `GET ${ME}`,
        `POST ${CHALLENGE}`,
        `POST ${VERIFY}`,
        `GET ${ME}`,
      ]);
    });

    it('issues one token per call while the backend rejects all of them', async () => {
      const session = await signedIn();
      const fault = { kind: 'status', status: 401 } as const;
      world().backend.faults.inject({ match: { path: ME }, fault, times: 'always' });
      for (let round = 1; round <= 5; round++) {
        await rejectsWith('NOT_SIGNED_IN', session.fetchIdentity());
        assert.equal(world().mints, 1 + round);
      }
    });

    it('uses the newer token of another window without a refresh', async () => {
      const world_ = world();
      const first = await world_.signedInWindow();
      world_.secrets.events = 0;
      const second = await world_.restoredWindow();
      world_.backend.state.revokeTokens();
      await first.session.fetchIdentity();
      assert.equal(world_.mints, 2);
      await second.session.fetchIdentity();
      assert.equal(world_.mints, 2);
    });

    it('does not use the rejected token again while refreshing fails', async () => {
      const session = await signedIn();
      world().backend.state.revokeTokens();
      world().backend.faults.inject({
        match: { path: CHALLENGE },
        fault: { kind: 'reset' },
        times: 'always',
      });
      await rejectsWith('OFFLINE', session.fetchIdentity());
      world().backend.faults.clear();
      const before = world().requests.length;
      await session.fetchIdentity();
      assert.deepEqual(world().requests.slice(before), [
        `POST ${CHALLENGE}`,
        `POST ${VERIFY}`,
        `GET ${ME}`,
      ]);
    });

    it('does not refresh after a 403', async () => {
      const { session } = await world().signedInWindow();
      const fault = { kind: 'status', status: 403, code: 'FORBIDDEN' } as const;
      world().backend.faults.inject({ match: { path: ME }, fault });
      const error = await rejectsWith('SERVER', session.fetchIdentity());
      assert.equal(error.status, 403);
      assert.equal(world().mints, 1);
      assert.equal(session.state.kind, 'signedIn');
    });
  });

  describe('after a revocation during a refresh', () => {
    /** A window whose next token was revoked before it arrived. */
    async function revoked(): Promise<SessionWindow> {
      const window = await world().signedInWindow();
      world().clock.jump(10 * MINUTE);
      const verify = holdBack(world().backend, VERIFY, { handled: true });
      await window.session.getToken();
      await verify.reached;
      world().backend.state.revokeTokens();
      verify.release();
      await world().activity.idle();
      return window;
    }

    it('refreshes once for eight calls', async () => {
      const window = await revoked();
      await Promise.all(Array.from({ length: 8 }, () => window.session.fetchIdentity()));
      assert.equal(world().mints, 3);
      assert.equal(kindOf(window), 'signedIn');
    });

    it('refreshes with the next call when another window stored the revoked token', async () => {
      const first = await world().signedInWindow();
      world().secrets.events = 0;
      const second = await world().restoredWindow();
      world().clock.jump(10 * MINUTE);
      await first.scheduler.trigger();
      world().backend.state.revokeTokens();
      await rejectsWith('NOT_SIGNED_IN', second.session.fetchIdentity());
      await second.session.fetchIdentity();
      assert.equal(world().mints, 3);
      assert.equal(kindOf(second), 'signedIn');
    });
  });

  describe('with Retry-After', () => {
    const TRIES = `POST ${CHALLENGE}`;
    const tries = () => world().requests.filter((request) => request === TRIES).length;

    /** Makes the server request a delay for the next refresh. */
    async function signedIn(): Promise<SessionWindow> {
      const window = await world().signedInWindow();
      const fault = { kind: 'status', status: 503, code: 'BUSY', retryAfter: 240 } as const;
      world().backend.faults.inject({ match: { path: CHALLENGE }, fault });
      return window;
    }

    it('waits even when commands trigger a refresh', async () => {
      const window = await signedIn();
      world().clock.jump(16 * MINUTE);
      for (let hurry = 0; hurry < 3; hurry++) {
        const error = await rejectsWith('SERVER', window.session.getToken());
        assert.equal(error.status, 503);
        await window.scheduler.trigger();
      }
      assert.equal(tries(), 2);
      assert.equal(kindOf(window), 'offline');
      await world().passSlowly(239_000);
      assert.equal(tries(), 2);
      await world().passSlowly(20_000);
      assert.equal(kindOf(window), 'signedIn');
      assert.equal(tries(), 3);
    });

    it('waits even when the token expires in the meantime', async () => {
      const window = await signedIn();
      world().clock.jump(13 * MINUTE);
      await window.scheduler.trigger();
      assert.equal(tries(), 2);
      assert.equal(kindOf(window), 'signedIn', 'the token is still good');
      await world().passSlowly(2 * MINUTE);
      await rejectsWith('SERVER', window.session.getToken());
      assert.equal(kindOf(window), 'offline');
      assert.equal(tries(), 2);
      await world().passSlowly(2.5 * MINUTE);
      assert.equal(kindOf(window), 'signedIn');
      assert.equal(tries(), 3);
    });

    it('shows in the background that the token has expired', async () => {
      const window = await signedIn();
      world().clock.jump(13 * MINUTE);
      await window.scheduler.trigger();
      await world().passSlowly(2 * MINUTE);
      assert.equal(kindOf(window), 'offline');
    });
  });

  it('retries at once for a command when the server requested no delay', async () => {
    const { session } = await world().signedInWindow();
    world().clock.jump(16 * MINUTE);
    world().backend.faults.inject({
      match: { path: CHALLENGE },
      fault: { kind: 'reset' },
      times: 'always',
    });
    for (let round = 0; round < 3; round++) await rejectsWith('OFFLINE', session.getToken());
    world().backend.faults.clear();
    assert.equal(session.state.kind, 'offline');
    await session.getToken();
    assert.equal(session.state.kind, 'signedIn');
  });

  it('times out without an answer, and the next attempt succeeds', async () => {
    const { session } = await world().signedInWindow();
    world().clock.jump(16 * MINUTE);
    world().backend.faults.inject({ match: { path: VERIFY }, fault: { kind: 'hang' } });
    const token = session.getToken();
    await world().backend.waitForRequest(({ path, at }) => path === VERIFY && at > 0);
    await world().backend.waitForRequest(
      ({ path, at }) => path === VERIFY && at === world().clock.now(),
    );
    world().clock.advance(30_000);
    await rejectsWith('TIMEOUT', token);
    assert.equal(session.state.kind, 'offline');
    await session.getToken();
    assert.equal(session.state.kind, 'signedIn');
  });

  it('times out when the keyring does not answer', async () => {
    const { session } = await world().signedInWindow();
    world().clock.jump(16 * MINUTE);
    const read = world().secrets.hold('get');
    const token = session.getToken();
    await read.reached;
    world().clock.advance(30_000);
    await rejectsWith('TIMEOUT', token);
    read.release();
    await world().activity.idle();
    await session.getToken();
    assert.equal(session.state.kind, 'signedIn');
  });
});

describe('permanent rejection by the server', () => {
  const world = useSessionWorld();

  it('stops using a key that was removed until the user acts', async () => {
    const window = await world().signedInWindow();
    await window.scheduler.trigger();
    const states = statesOf(window);
    world().backend.state.removeKey(world().key.fingerprint);
    await world().passSlowly(13 * MINUTE);
    assert.deepEqual(states, ['rejected']);
    assert.equal(failureOf(window), 'KEY_REJECTED');
    const before = world().requests.length;
    await world().passSlowly(60 * MINUTE, 15_000);
    await window.look();
    await rejectsWith('KEY_REJECTED', window.session.getToken());
    await rejectsWith('KEY_REJECTED', window.session.fetchIdentity());
    assert.deepEqual(states, ['rejected']);
    assert.deepEqual(world().requests.slice(before), []);
    world().backend.state.addKey(DEFAULT_ACCOUNT.devId, world().key.publicKeyLine);
    await world().signIn(window);
    await window.session.fetchIdentity();
  });

  const invalidChallenge = (times: number | 'always') => {
    const fault = { kind: 'status', status: 400, code: 'SSH_CHALLENGE_INVALID' } as const;
    world().backend.faults.inject({ match: { path: VERIFY }, fault, times });
  };

  it('treats lost challenges of a backend as transient', async () => {
    const window = await world().signedInWindow();
    await window.scheduler.trigger();
    const states = statesOf(window);
    invalidChallenge(4); // each refresh tries twice
    await world().passSlowly(20 * MINUTE);
    assert.ok(!states.includes('rejected'), states.join());
    assert.equal(states.at(-1), 'signedIn');
    assert.ok((window.session.ownSession?.minted?.expiresAt ?? 0) > world().clock.now());
  });

  it('recognizes an older backend that reports unknown keys as invalid challenges', async () => {
    const window = await world().signedInWindow();
    await window.scheduler.trigger();
    invalidChallenge('always');
    await world().passSlowly(13 * MINUTE);
    assert.equal(failureOf(window), 'KEY_REJECTED');
    const before = world().requests.length;
    await world().passSlowly(60 * MINUTE, 15_000);
    await rejectsWith('KEY_REJECTED', window.session.getToken());
    assert.equal(world().requests.length, before);
  });

  it('is confirmed once by a command and not again', async () => {
    const { session } = await world().signedInWindow();
    world().backend.state.removeKey(world().key.fingerprint);
    await rejectsWith('KEY_REJECTED', session.fetchIdentity());
    const before = world().requests.length;
    for (let round = 0; round < 3; round++) {
      await rejectsWith('KEY_REJECTED', session.fetchIdentity());
    }
    assert.equal(world().requests.length, before);
  });

  for (const [title, age] of [
    ['a young token', 0],
    ['a token that is due for refresh', 9 * MINUTE],
    ['an expired token', 20 * MINUTE],
  ] as const) {
    it(`shows early in a window that starts with ${title}`, async () => {
      (await world().signedInWindow()).dispose();
      world().backend.state.removeKey(world().key.fingerprint);
      world().clock.jump(age);
      const window = await world().restoredWindow();
      const states = statesOf(window);
      await window.scheduler.trigger();
      await world().activity.idle();
      assert.equal(failureOf(window), 'KEY_REJECTED');
      const before = world().requests.length;
      await world().passSlowly(30 * MINUTE, 15_000);
      assert.deepEqual(states, ['rejected']);
      assert.equal(world().requests.length, before);
    });
  }

  it('includes disabled SSH sign-in, while the token stays usable until it expires', async () => {
    (await world().signedInWindow()).dispose();
    world().clock.jump(9 * MINUTE);
    world().backend.settings.sshEnabled = false;
    const window = await world().restoredWindow();
    const states = statesOf(window);
    await window.scheduler.trigger();
    assert.equal(failureOf(window), 'SSH_AUTH_DISABLED');
    await window.session.fetchIdentity();
    const before = world().requests.length;
    await world().passSlowly(30 * MINUTE, 15_000);
    assert.deepEqual(states, ['rejected']);
    assert.equal(world().requests.length, before);
    await rejectsWith('SSH_AUTH_DISABLED', window.session.getToken());
  });
});

describe('pasted token', () => {
  const world = useSessionWorld();

  async function pasted(): Promise<SessionWindow> {
    const request = { devId: DEFAULT_ACCOUNT.devId, lifeSeconds: 900 };
    const window = world().openWindow();
    await window.session.signInWithToken(world().backend.state.mintToken(request));
    await window.scheduler.trigger();
    return window;
  }

  it('is used until its last second and reported as expired once', async () => {
    const window = await pasted();
    const states = statesOf(window);
    await world().passSlowly(15 * MINUTE - 1_000);
    await window.session.fetchIdentity();
    assert.deepEqual(states, []);
    await world().passSlowly(30 * MINUTE);
    assert.deepEqual(states, ['rejected']);
    await rejectsWith('NOT_SIGNED_IN', window.session.getToken());
    assert.equal(failureOf(window), 'NOT_SIGNED_IN');
    assert.equal(world().mints, 0);
  });

  it('is tried once after the server has revoked it', async () => {
    const window = await pasted();
    const states = statesOf(window);
    world().backend.state.revokeTokens();
    await rejectsWith('NOT_SIGNED_IN', window.session.fetchIdentity());
    const before = world().requests.length;
    await rejectsWith('NOT_SIGNED_IN', window.session.fetchIdentity());
    await world().passSlowly(20 * MINUTE, 15_000);
    assert.deepEqual(states, ['rejected']);
    assert.equal(world().requests.length, before);
  });
});
