import assert from 'node:assert/strict';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import { openKeyFile } from '../../../src/core/ssh/privateKey';
import type { Signer } from '../../../src/core/platform/interfaces';
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

const idOf = ({ session }: SessionWindow) => session.ownSession?.profile.sessionId;
const tokenOf = ({ session }: SessionWindow) => session.ownSession?.minted?.token;

describe('token refresh', () => {
  const world = useSessionWorld();

  it('keeps the session ID in all windows', async () => {
    const first = await world().signedInWindow();
    const second = await world().restoredWindow();
    const before = idOf(first);
    world().clock.jump(10 * MINUTE);
    await first.scheduler.trigger();
    await world().activity.idle();
    assert.equal(idOf(first), before);
    assert.equal(idOf(second), before);
    assert.equal(tokenOf(second), tokenOf(first));
  });

  it('uses a token that another window refreshed instead of refreshing again', async () => {
    const first = await world().signedInWindow();
    const second = await world().restoredWindow();
    world().secrets.events = 0;
    world().clock.jump(10 * MINUTE);
    await first.scheduler.trigger();
    assert.notEqual(tokenOf(second), tokenOf(first));
    await second.scheduler.trigger();
    assert.equal(tokenOf(second), tokenOf(first));
    assert.equal(world().mints, 2);
  });

  it('is harmless when two windows refresh at the same moment', async () => {
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

  it('replaces a token even if the new one has a shorter lifetime', async () => {
    const { session, scheduler } = await world().signedInWindow();
    world().clock.jump(9 * MINUTE);
    world().backend.setTokenLife(120);
    await scheduler.trigger();
    assert.equal(session.ownSession?.minted?.expiresAt, world().clock.now() + 120_000);
    await scheduler.trigger();
    assert.equal(world().mints, 2);
  });

  describe('in flight', () => {
    /** A window whose refresh has reached the server. */
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

    it('does not restore the session after a sign-out in this window', async () => {
      const { window, token, release } = await renewing();
      await window.session.signOut();
      release();
      await rejectsWith('NOT_SIGNED_IN', token);
      await assertSignedOutEverywhere(window);
      assert.ok(!(await world().storedText()).includes('"token"'));
    });

    it('does not restore the session after a sign-out in another window', async () => {
      const { window, token, release } = await renewing();
      world().secrets.events = 0;
      const other = await world().restoredWindow();
      await other.session.signOut();
      release();
      await rejectsWith('NOT_SIGNED_IN', token);
      await assertSignedOutEverywhere(window, other);
    });

    it('does not affect another session started in this window', async () => {
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

    it('does not affect another session started in another window and switches to it', async () => {
      const { window, token, release } = await renewing();
      world().secrets.events = 0;
      const other = world().openWindow();
      await world().signIn(other, world().encryptedKey);
      release();
      assert.equal(await token, tokenOf(other));
      assert.equal(idOf(window), idOf(other));
      assert.equal(idOf(await world().restoredWindow()), idOf(other));
    });

    it('does not return the token of another account to its callers', async () => {
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

    it('does not apply a late failure to a session that started in the meantime', async () => {
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
      await window.scheduler.trigger();
      assert.notEqual(tokenOf(window), before, 'it renews as if nothing had been');
    });
  });

  describe('sign-out between read and write of a refreshed token', () => {
    /** A window that is about to write its refreshed token to storage shared with the others. */
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
      it(`ends the session in every window, ${events === 1 ? 'with' : 'without'} a change event`, async () => {
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

    it('keeps the new session in every window when a sign-in follows', async () => {
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

describe('clock change', () => {
  const world = useSessionWorld();

  for (const [title, ms] of [
    ['back by an hour', -60 * MINUTE],
    ['back by a minute', -MINUTE],
    ['back by three days', -3 * 24 * 60 * MINUTE],
    ['forward by an hour', 60 * MINUTE],
    ['forward by three days', 3 * 24 * 60 * MINUTE],
  ] as const) {
    it(`costs one refresh for any number of callers and windows when the clock moves ${title}`, async () => {
      const first = await world().signedInWindow();
      const second = await world().restoredWindow();
      await second.scheduler.trigger();
      world().clock.jump(ms);
      for (const { session } of [first, second, first, second]) {
        await session.fetchIdentity();
        assert.equal(session.state.kind, 'signedIn');
      }
      await first.scheduler.trigger();
      await second.scheduler.trigger();
      assert.equal(world().mints, 2);
    });

    it(`costs one refresh when the clock moves ${title} and is corrected`, async () => {
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

  it('does not leave the session offline after moving forward without a network', async () => {
    const window = await world().signedInWindow();
    await window.scheduler.trigger();
    const fault = { kind: 'reset' } as const;
    const rule = world().backend.faults.inject({ fault, times: 'always' });
    world().clock.jump(60 * MINUTE);
    await window.scheduler.trigger();
    assert.equal(kindOf(window), 'offline');
    world().clock.jump(-60 * MINUTE);
    rule.remove();
    await window.scheduler.trigger();
    assert.equal(kindOf(window), 'signedIn');
  });
});
