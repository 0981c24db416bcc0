import assert from 'node:assert/strict';
import { openKeyFile } from '../../../src/core/ssh/privateKey';
import { lacksKey } from '../../../src/core/session/sessionRecord';
import { I99dashError } from '../../../src/core/errors';
import type { Signer } from '../../../src/core/platform/interfaces';
import { FakeMachineStore } from '../../support/fakes';
import { rejectsWith } from '../../support/expect';
import { failureOf, kindOf } from '../../support/session-states';
import type { SessionWindow, WindowParts } from '../../support/session-window';
import { useSessionWorld } from '../../support/session-world';
import { unlockWith } from '../../support/unlock-with';
import { SkewedClock } from '../../support/skewed-clock';

const MINUTE = 60_000;
const REMOTE_PATH = '/home/remote/.ssh/id_ed25519';

describe('session shared by a local and a remote machine', () => {
  const world = useSessionWorld();
  let remoteMachine: FakeMachineStore;
  let remoteSigner: Signer;
  let remoteFiles: Map<string, Signer>;

  beforeEach(async () => {
    const { path, passphrase } = world().encryptedKey;
    remoteSigner = await openKeyFile(path, unlockWith(passphrase));
    remoteMachine = new FakeMachineStore();
    remoteFiles = new Map();
  });

  /** A window on the other machine, with the same account and secrets but other files. */
  function remoteWindow(overrides: Partial<WindowParts> = {}): Promise<SessionWindow> {
    return world().restoredWindow({
      machine: remoteMachine,
      openKeyFile: (path) => {
        const signer = remoteFiles.get(path);
        return signer === undefined
          ? Promise.reject(new I99dashError('KEY_NOT_FOUND', path))
          : Promise.resolve(signer);
      },
      openAgentKey: () => Promise.resolve(undefined),
      ...overrides,
    });
  }

  async function signInRemotely({ session }: SessionWindow): Promise<void> {
    remoteFiles.set(REMOTE_PATH, remoteSigner);
    await session.signInWithKey(remoteSigner, { source: 'ssh', keyPath: REMOTE_PATH });
    await world().activity.idle();
  }

  const profileOf = ({ session }: SessionWindow) =>
    session.ownSession?.profile ?? assert.fail('nobody is signed in');

  it('uses the shared token on a machine without a key and is locked when it expires', async () => {
    const local = await world().signedInWindow();
    await local.scheduler.trigger();
    const remote = await remoteWindow();
    await remote.scheduler.trigger();
    assert.ok(lacksKey(profileOf(remote)));
    assert.equal(remote.session.identity().fingerprint, undefined);
    await world().passSlowly(60 * MINUTE, 15_000);
    assert.deepEqual([local, remote].map(kindOf), ['signedIn', 'signedIn']);
    assert.equal(await remote.session.getToken(), await local.session.getToken());
    local.dispose();
    await world().passSlowly(16 * MINUTE, 15_000);
    assert.equal(kindOf(remote), 'locked');
    assert.equal(failureOf(remote), 'KEY_NOT_FOUND');
    const error = await rejectsWith('KEY_NOT_FOUND', remote.session.getToken());
    assert.match(error.message, /Sign in on this machine/u);
  });

  it('stays one session when the other machine signs in with its own key', async () => {
    const local = await world().signedInWindow();
    const other = await world().restoredWindow();
    const remote = await remoteWindow();
    const { sessionId } = profileOf(local);
    await signInRemotely(remote);
    for (const window of [local, other, remote]) {
      assert.equal(profileOf(window).sessionId, sessionId);
      assert.equal(kindOf(window), 'signedIn');
      world().clock.jump(16 * MINUTE);
      await window.session.fetchIdentity();
    }
    assert.equal(profileOf(local).keyPath, world().key.path);
    assert.equal(profileOf(other).fingerprint, world().key.fingerprint);
    assert.equal(profileOf(remote).keyPath, REMOTE_PATH);
    assert.equal(profileOf(await remoteWindow()).fingerprint, remoteSigner.fingerprint);
    assert.ok(!(await world().storedText()).includes('id_ed25519'));
    assert.ok(!JSON.stringify([...world().state.values]).includes('id_ed25519'));
  });

  for (const [what, hasKey] of [
    ['has a key of its own', true],
    ['has no key', false],
  ] as const) {
    it(`serves every call of a working day on both machines when the other ${what}`, async () => {
      const local = await world().signedInWindow();
      await local.scheduler.trigger();
      const remote = await remoteWindow();
      if (hasKey) await signInRemotely(remote);
      await remote.scheduler.trigger();
      const { sessionId } = profileOf(local);
      for (let minute = 5; minute <= 8 * 60; minute += 5) {
        await world().passSlowly(5 * MINUTE, 15_000);
        for (const window of [local, remote]) {
          await window.session.fetchIdentity();
          assert.equal(kindOf(window), 'signedIn', `after ${minute} minutes`);
          assert.equal(profileOf(window).sessionId, sessionId);
        }
      }
      assert.equal(profileOf(local).keyPath, world().key.path);
      assert.equal(profileOf(remote).keyPath, hasKey ? REMOTE_PATH : undefined);
    });
  }

  it('ends on both machines when the user signs out on one, and leaves no path behind', async () => {
    const local = await world().signedInWindow();
    const remote = await remoteWindow();
    await signInRemotely(remote);
    await local.session.signOut();
    await world().activity.idle();
    assert.deepEqual([local, remote].map(kindOf), ['signedOut', 'signedOut']);
    const kept = JSON.stringify([...world().machine.values, ...remoteMachine.values]);
    assert.ok(!kept.includes('id_ed25519'), kept);
  });

  it('notifies the other windows of a machine about a sign-in', async () => {
    (await world().signedInWindow()).dispose();
    const [one, other] = [await remoteWindow(), await remoteWindow()];
    await world().passSlowly(16 * MINUTE);
    await other.scheduler.trigger();
    assert.equal(kindOf(other), 'locked');
    await signInRemotely(one);
    assert.equal(kindOf(other), 'signedIn');
    assert.equal(profileOf(other).keyPath, REMOTE_PATH);
  });

  it('works on a machine whose clock is behind that of the machine that refreshes', async () => {
    const clock = new SkewedClock(world().clock);
    clock.set(-3 * MINUTE);
    const local = await world().signedInWindow();
    await local.scheduler.trigger();
    const remote = await remoteWindow({ clock });
    for (let minute = 0; minute < 60; minute++) {
      await world().passSlowly(MINUTE, 15_000);
      assert.equal(await remote.session.getToken(), await local.session.getToken());
    }
  });

  describe('stored by a version with one key for all machines', () => {
    /** The storage that such a version wrote. */
    async function storeOldRecord(): Promise<void> {
      const window = await world().signedInWindow();
      const { profile, minted } = window.session.ownSession ?? assert.fail();
      window.dispose();
      const old = { version: 1, ...profile, ...minted };
      await world().secrets.store(world().storageKey, JSON.stringify(old));
      world().state.values.set(world().storageKey, { profile, ended: [] });
      world().machine.values.clear();
    }

    it('continues with the key on its own machine only, whichever window opens first', async () => {
      await storeOldRecord();
      const remote = await remoteWindow();
      assert.ok(lacksKey(profileOf(remote)));
      await signInRemotely(remote);
      const local = await world().restoredWindow();
      assert.equal(profileOf(local).keyPath, world().key.path);
      world().clock.jump(16 * MINUTE);
      await local.session.fetchIdentity();
      world().clock.jump(16 * MINUTE);
      await remote.session.fetchIdentity();
      assert.equal(profileOf(remote).keyPath, REMOTE_PATH);
      assert.deepEqual([local, remote].map(kindOf), ['signedIn', 'signedIn']);
    });

    it('does not use a different key at the same path', async () => {
      await storeOldRecord();
      remoteFiles.set(world().key.path, remoteSigner);
      assert.ok(lacksKey(profileOf(await remoteWindow())));
    });

    it('continues when the keyring lost the token', async () => {
      await storeOldRecord();
      await world().secrets.delete(world().storageKey);
      const local = await world().restoredWindow();
      assert.equal(profileOf(local).keyPath, world().key.path);
      await local.session.fetchIdentity();
    });
  });
});
