import assert from 'node:assert/strict';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import { openKeyFile } from '../../../src/core/auth/privateKey';
import type { Signer } from '../../../src/core/ports';
import { rejectsWith } from '../../support/expect';
import { holdBack } from '../../support/faults';
import { kindOf, statesOf } from '../../support/session-states';
import type { SessionWindow } from '../../support/session-window';
import { agree, useSessionWorld } from '../../support/session-world';
import type { TestKey } from '../../support/ssh-key';
import { UnreliableSecretStore } from '../../support/unreliable-secret-store';
import { unlockWith } from '../../support/unlock-with';

const MINUTE = 60_000;
const signerOf = ({ path, passphrase }: TestKey): Promise<Signer> =>
  openKeyFile(path, unlockWith(passphrase));
const VERIFY = '/api/v1/auth/ssh/verify';

const idOf = ({ session }: SessionWindow) => session.stored?.profile.sessionId;
const tokenOf = ({ session }: SessionWindow) => session.stored?.minted?.token;

describe('a renewal', () => {
  const world = useSessionWorld();

  it('keeps the id of the session, in all windows', async () => {
    const first = await world().signedInWindow();
    const second = await world().restoredWindow();
    const before = idOf(first);
    world().clock.jump(10 * MINUTE);
    await first.keepAlive.wake();
    await world().activity.idle();
    assert.equal(idOf(first), before);
    assert.equal(idOf(second), before);
    assert.equal(tokenOf(second), tokenOf(first));
  });

  it('is not made when another window has made it: its token is taken over', async () => {
    const first = await world().signedInWindow();
    const second = await world().restoredWindow();
    world().secrets.events = 0;
    world().clock.jump(10 * MINUTE);
    await first.keepAlive.wake();
    assert.notEqual(tokenOf(second), tokenOf(first));
    await second.keepAlive.wake();
    assert.equal(tokenOf(second), tokenOf(first));
    assert.equal(world().mints, 2);
  });

  it('is harmless twice: two windows at the same moment', async () => {
    const first = await world().signedInWindow();
    const second = await world().restoredWindow();
    world().clock.jump(16 * MINUTE);
    await Promise.all([first.session.fetchIdentity(), second.session.fetchIdentity()]);
    await world().activity.idle();
    assert.equal(kindOf(first), 'signedIn');
    assert.equal(tokenOf(second), tokenOf(first));
    assert.ok((await world().storedText()).includes(tokenOf(first) ?? 'none'));
    await Promise.all([first.session.fetchIdentity(), second.session.fetchIdentity()]);
  });

  it('replaces a token whose successor lives shorter', async () => {
    const { session, keepAlive } = await world().signedInWindow();
    world().clock.jump(9 * MINUTE);
    world().backend.setTokenLife(120);
    await keepAlive.wake();
    assert.equal(session.stored?.minted?.expiresAt, world().clock.now() + 120_000);
    await keepAlive.wake();
    assert.equal(world().mints, 2);
  });

  describe('that is under way', () => {
    /** A window whose renewal has come as far as the server. */
    async function renewing(): Promise<{
      window: SessionWindow;
      token: Promise<string>;
      release: () => void;
    }> {
      const window = await world().signedInWindow();
      world().clock.jump(16 * MINUTE);
      const verify = holdBack(world().backend, VERIFY);
      const token = window.session.getToken();
      await verify.reached;
      return { window, token, release: () => verify.release() };
    }

    async function assertSignedOutEverywhere(...windows: SessionWindow[]): Promise<void> {
      await world().activity.idle();
      for (const window of [...windows, world().openWindow()]) {
        await window.look();
        assert.equal(kindOf(window), 'signedOut');
        await rejectsWith('NOT_SIGNED_IN', window.session.getToken());
      }
    }

    it('does not bring the session back after a sign-out in this window', async () => {
      const { window, token, release } = await renewing();
      await window.session.signOut();
      release();
      await rejectsWith('NOT_SIGNED_IN', token);
      await assertSignedOutEverywhere(window);
      assert.ok(!(await world().storedText()).includes('"token"'));
    });

    it('does not bring the session back after a sign-out in another window', async () => {
      const { window, token, release } = await renewing();
      world().secrets.events = 0;
      const other = await world().restoredWindow();
      await other.session.signOut();
      release();
      await rejectsWith('NOT_SIGNED_IN', token);
      await assertSignedOutEverywhere(window, other);
    });

    it('does not touch another session begun in this window', async () => {
      const { window, token, release } = await renewing();
      await world().signIn(window, world().encryptedKey);
      const signedIn = [idOf(window), tokenOf(window)];
      release();
      assert.equal(await token, tokenOf(window));
      await world().activity.idle();
      assert.deepEqual([idOf(window), tokenOf(window)], signedIn);
      const other = await world().restoredWindow();
      assert.deepEqual([idOf(other), tokenOf(other)], signedIn);
    });

    it('does not touch another session begun in another window, but takes it over', async () => {
      const { window, token, release } = await renewing();
      world().secrets.events = 0;
      const other = world().openWindow();
      await world().signIn(other, world().encryptedKey);
      release();
      assert.equal(await token, tokenOf(other));
      assert.equal(idOf(window), idOf(other));
      assert.equal(idOf(await world().restoredWindow()), idOf(other));
    });

    it('does not hand the token of somebody else to who waits for it', async () => {
      const { window, token, release } = await renewing();
      const colleague = { ...DEFAULT_ACCOUNT, devId: 'dev_colleague' };
      world().backend.state.addAccount(colleague);
      const request = { devId: colleague.devId, lifeSeconds: 900 };
      const theirs = world().backend.state.mintToken(request);
      await window.session.signInWithToken(theirs, undefined, agree);
      release();
      await rejectsWith('NOT_SIGNED_IN', token);
      assert.equal(window.session.identity().devId, colleague.devId);
    });

    it('that fails late says nothing about the session begun meanwhile', async () => {
      const window = await world().signedInWindow();
      world().clock.jump(16 * MINUTE);
      world().backend.state.removeKey(world().key.fingerprint);
      const verify = holdBack(world().backend, VERIFY);
      const token = window.session.getToken();
      await verify.reached;
      await world().signIn(window, world().encryptedKey);
      const states = statesOf(window);
      verify.release();
      await assert.rejects(token);
      assert.deepEqual(states, []);
      const before = tokenOf(window);
      world().agent.push(await signerOf(world().encryptedKey));
      world().clock.jump(16 * MINUTE);
      await window.keepAlive.wake();
      assert.notEqual(tokenOf(window), before, 'it renews as if nothing had been');
    });
  });

  describe('a sign-out between its reading and its writing', () => {
    /** A window that is about to write its renewed token, over storage that it shares with the others. */
    async function writing() {
      const secrets = new UnreliableSecretStore(world().secrets);
      (await world().signedInWindow()).dispose();
      const window = await world().restoredWindow({ secrets });
      world().clock.jump(16 * MINUTE);
      const write = secrets.hold('store');
      const token = window.session.getToken();
      await write.reached;
      return { window, token, release: () => write.release() };
    }

    for (const events of [1, 0]) {
      it(`ends it in every window, ${events === 1 ? 'told' : 'not told'}`, async () => {
        const other = await world().signedInWindow();
        other.dispose();
        const { window, token, release } = await writing();
        world().secrets.events = events;
        await other.look();
        await other.session.signOut();
        release();
        await rejectsWith('NOT_SIGNED_IN', token);
        await world().activity.idle();
        for (const one of [window, other, world().openWindow()]) {
          await one.session.restore();
          assert.equal(kindOf(one), 'signedOut');
        }
        assert.ok(!(await world().storedText()).includes('"token"'));
      });
    }

    it('followed by a sign-in: the new session counts in every window', async () => {
      const { window, token, release } = await writing();
      const other = await world().restoredWindow();
      await other.session.signOut();
      await world().signIn(other, world().encryptedKey);
      const sessionId = idOf(other);
      world().agent.push(await signerOf(world().encryptedKey));
      release();
      await token;
      await world().activity.idle();
      for (const one of [window, other, await world().restoredWindow()]) {
        await one.session.restore();
        assert.equal(idOf(one), sessionId);
        await one.session.fetchIdentity();
      }
    });
  });
});

describe('a clock that is set', () => {
  const world = useSessionWorld();

  for (const [title, ms] of [
    ['back by an hour', -60 * MINUTE],
    ['back by a minute', -MINUTE],
    ['back by three days', -3 * 24 * 60 * MINUTE],
    ['forward by an hour', 60 * MINUTE],
    ['forward by three days', 3 * 24 * 60 * MINUTE],
  ] as const) {
    it(`${title} costs one renewal, whoever asks and in how many windows`, async () => {
      const first = await world().signedInWindow();
      const second = await world().restoredWindow();
      await second.keepAlive.wake();
      world().clock.jump(ms);
      for (const { session } of [first, second, first, second]) {
        await session.fetchIdentity();
        assert.equal(session.state.kind, 'signedIn');
      }
      await first.keepAlive.wake();
      await second.keepAlive.wake();
      assert.equal(world().mints, 2);
    });

    it(`${title}, and right again`, async () => {
      const first = await world().signedInWindow();
      const second = await world().restoredWindow();
      for (const step of [ms, -ms]) {
        world().clock.jump(step);
        for (const window of [second, first]) {
          await window.look();
          await window.session.fetchIdentity();
          assert.equal(kindOf(window), 'signedIn');
        }
      }
      assert.ok(world().mints <= 3, `${world().mints} mints`);
    });
  }

  it('forward while offline does not leave the session looking offline', async () => {
    const window = await world().signedInWindow();
    await window.keepAlive.wake();
    const fault = { kind: 'reset' } as const;
    const rule = world().backend.faults.inject({ fault, times: 'always' });
    world().clock.jump(60 * MINUTE);
    await window.keepAlive.wake();
    assert.equal(kindOf(window), 'offline');
    world().clock.jump(-60 * MINUTE);
    rule.remove();
    await window.keepAlive.wake();
    assert.equal(kindOf(window), 'signedIn');
  });
});
