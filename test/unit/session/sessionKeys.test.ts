import assert from 'node:assert/strict';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { openKeyFile } from '../../../src/core/ssh/privateKey';
import { I99dashError } from '../../../src/core/errors';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import { rejectsWith } from '../../support/expect';
import { failureOf, kindOf, statesOf } from '../../support/session-states';
import type { SessionWindow } from '../../support/session-window';
import { useSessionWorld } from '../../support/session-world';
import { generateTestKey } from '../../support/ssh-key';
import { unlockWith } from '../../support/unlock-with';

const MINUTE = 60_000;

describe('session with an encrypted key', () => {
  const world = useSessionWorld();

  /** A second window, which did not ask for the passphrase. */
  async function otherWindow(): Promise<SessionWindow> {
    const first = await world().signedInWindow(world().encryptedKey);
    first.dispose();
    const second = await world().restoredWindow();
    await second.scheduler.trigger();
    return second;
  }

  it('is locked only when the token has expired', async () => {
    const window = await otherWindow();
    const states = statesOf(window);
    await world().passSlowly(14 * MINUTE);
    assert.deepEqual(states, []);
    await window.session.getToken();
    await world().passSlowly(MINUTE);
    assert.deepEqual(states, ['locked']);
    assert.equal(failureOf(window), 'KEY_ENCRYPTED');
    for (let call = 0; call < 3; call++) {
      await rejectsWith('KEY_ENCRYPTED', window.session.getToken());
    }
    assert.deepEqual(states, ['locked'], 'it is announced once');
    assert.equal(world().mints, 1);
    assert.equal(world().requests.filter((path) => path.endsWith('/challenge')).length, 1);
  });

  it('refreshes once it is unlocked and continues by itself', async () => {
    const window = await otherWindow();
    await world().passSlowly(16 * MINUTE);
    const { path, passphrase } = world().encryptedKey;
    window.session.unlock(await openKeyFile(path, unlockWith(passphrase)));
    await window.scheduler.trigger();
    assert.equal(kindOf(window), 'signedIn');
    const states = new Set(statesOf(window));
    await world().passSlowly(60 * MINUTE, 15_000);
    assert.deepEqual([...states], []);
    assert.ok(world().mints > 4);
  });

  it('is unlocked only by its own key', async () => {
    const window = await otherWindow();
    const stranger = await openKeyFile(world().key.path);
    assert.throws(() => window.session.unlock(stranger), { code: 'KEY_NOT_FOUND' });
  });

  it('refreshes through the agent once the key is loaded there', async () => {
    const window = await otherWindow();
    await world().passSlowly(16 * MINUTE);
    const { path, passphrase } = world().encryptedKey;
    world().agent.push(await openKeyFile(path, unlockWith(passphrase)));
    await world().passSlowly(20_000);
    assert.equal(kindOf(window), 'signedIn');
    assert.equal(world().mints, 2);
  });

  it('is never locked while the agent has the key', async () => {
    const { path, passphrase } = world().encryptedKey;
    world().agent.push(await openKeyFile(path, unlockWith(passphrase)));
    const window = await otherWindow();
    const states = new Set<string>();
    window.session.onDidChange(({ kind }) => states.add(kind));
    await world().passSlowly(60 * MINUTE, 15_000);
    assert.deepEqual([...states], ['signedIn']);
  });

  it('refreshes in the window that asked for the passphrase', async () => {
    const { path, passphrase } = world().encryptedKey;
    const window = world().openWindow();
    const origin = { source: 'ssh', keyPath: path, keep: true } as const;
    await window.session.signInWithKey(await openKeyFile(path, unlockWith(passphrase)), origin);
    world().clock.jump(16 * MINUTE);
    await window.session.getToken();
    await window.session.signOut();
    await rejectsWith(
      'KEY_ENCRYPTED',
      window.store.read('x').then(() => openKeyFile(path)),
    );
    await window.session.signInWithKey(await openKeyFile(path, unlockWith(passphrase)), {
      source: 'ssh',
      keyPath: path,
    });
    world().clock.jump(16 * MINUTE);
    await rejectsWith('KEY_ENCRYPTED', window.session.getToken());
  });
});

describe('session whose key was registered with another account', () => {
  const world = useSessionWorld();

  function moveKey(): void {
    const { state } = world().backend;
    const { fingerprint, publicKeyLine } = world().key;
    const other = { devId: 'dev_other', email: 'o@example.com', displayName: null };
    state.addAccount({ ...DEFAULT_ACCOUNT, ...other });
    state.removeKey(fingerprint);
    state.addKey(other.devId, publicKeyLine);
  }

  async function assertOver({ session }: SessionWindow): Promise<void> {
    assert.equal(session.state.kind, 'rejected');
    await rejectsWith('KEY_REJECTED', session.getToken());
  }

  it('ends as soon as the next token names another account', async () => {
    const window = await world().signedInWindow();
    const other = await world().restoredWindow();
    await Promise.all([window.scheduler.trigger(), other.scheduler.trigger()]);
    moveKey();
    await world().passSlowly(16 * MINUTE, 15_000);
    await assertOver(window);
    await assertOver(other);
  });

  it('ends when the identity is requested and signs in again as the other account', async () => {
    const window = await world().signedInWindow();
    moveKey();
    world().clock.jump(16 * MINUTE);
    await rejectsWith('KEY_REJECTED', window.session.fetchIdentity());
    await assertOver(window);
    assert.equal((await world().signIn(window)).devId, 'dev_other');
    assert.equal(window.session.state.kind, 'signedIn');
  });
});

describe('session whose key file changes', () => {
  const world = useSessionWorld();

  const away = (path: string) => rename(path, `${path}.away`);
  const back = async (path: string) => {
    await rm(path, { recursive: true, force: true });
    await rename(`${path}.away`, path);
  };

  for (const [title, code, change] of [
    ['was moved', 'KEY_NOT_FOUND', away],
    [
      'has been replaced by another key',
      'KEY_NOT_FOUND',
      async (path: string) => {
        await away(path);
        await generateTestKey({ folder: dirname(path), name: basename(path) });
      },
    ],
    [
      'cannot be read',
      'KEY_UNREADABLE',
      async (path: string) => {
        await away(path);
        await mkdir(path);
      },
    ],
    [
      'is no longer a key',
      'KEY_UNREADABLE',
      async (path: string) => {
        await away(path);
        await writeFile(path, 'nothing\n');
      },
    ],
  ] as const) {
    it(`is locked on token expiry when its key file ${title}, and recovers by itself`, async () => {
      const { path } = world().key;
      const window = await world().signedInWindow();
      await window.scheduler.trigger();
      await change(path);
      await world().passSlowly(14 * MINUTE);
      assert.equal(kindOf(window), 'signedIn');
      await world().passSlowly(MINUTE);
      assert.equal(kindOf(window), 'locked');
      assert.equal(failureOf(window), code);
      await rejectsWith(code, window.session.getToken());
      assert.equal(world().mints, 1);
      await back(path);
      await world().passSlowly(20_000);
      assert.equal(kindOf(window), 'signedIn');
      assert.equal(world().mints, 2);
    });
  }
});

describe('session with an agent key', () => {
  const world = useSessionWorld();

  it('is locked while the agent is unavailable and recovers by itself', async () => {
    let holds: 'key' | 'other keys' | 'nothing: it is gone' = 'key';
    const signer = await openKeyFile(world().key.path);
    const window = world().openWindow({
      openAgentKey: () =>
        holds === 'nothing: it is gone'
          ? Promise.reject(new I99dashError('AGENT_UNAVAILABLE', 'gone'))
          : Promise.resolve(holds === 'key' ? signer : undefined),
    });
    await window.session.signInWithKey(signer, { source: 'agent' });
    await window.scheduler.trigger();
    holds = 'nothing: it is gone';
    await world().passSlowly(15 * MINUTE);
    assert.equal(kindOf(window), 'locked');
    assert.equal(failureOf(window), 'AGENT_UNAVAILABLE');
    holds = 'other keys';
    await rejectsWith('KEY_NOT_FOUND', window.session.getToken());
    assert.equal(failureOf(window), 'KEY_NOT_FOUND');
    holds = 'key';
    await world().passSlowly(20_000);
    assert.equal(kindOf(window), 'signedIn');
    assert.deepEqual(world().opened, []);
  });
});
