import assert from 'node:assert/strict';
import {
  serializeSession,
  toStoredState,
  type SessionRecord,
  type StoredState,
} from '../../../src/core/session/sessionRecord';
import { MachineKeys } from '../../../src/core/session/machineKeys';
import { SessionStore } from '../../../src/core/session/sessionStore';
import type { StateStore } from '../../../src/core/platform/interfaces';
import { developerRealm } from '../../../src/core/realm';
import { FakeClock, FakeMachineStore, FakeSecretStore, FakeStateStore } from '../../support/fakes';
import { UnreliableSecretStore } from '../../support/unreliable-secret-store';

const URL = 'https://api.example.com';
const KEY = `i99dash.session:${URL}`;
const MINUTE = 60_000;

describe('session store', () => {
  let clock: FakeClock;
  let values: FakeSecretStore;
  let secrets: UnreliableSecretStore;
  let state: FakeStateStore;
  let keys: MachineKeys;
  let store: SessionStore;

  beforeEach(() => {
    clock = new FakeClock();
    values = new FakeSecretStore();
    secrets = new UnreliableSecretStore(values);
    state = new FakeStateStore();
    keys = new MachineKeys(developerRealm, new FakeMachineStore(), {
      open: () => Promise.reject(new Error('no key is here')),
    });
    store = new SessionStore(developerRealm, secrets, state, clock, keys);
  });

  function recordOf(sessionId: string, token = `${sessionId}-1`, ageMs = 0): SessionRecord {
    const mintedAt = clock.now() - ageMs;
    return {
      sessionId,
      account: { devId: `dev_${sessionId}`, email: null, displayName: null, isDeveloper: true },
      source: 'ssh',
      fingerprint: 'SHA256:1',
      ...{ token, mintedAt, expiresAt: mintedAt + 15 * MINUTE },
    };
  }

  function assertSession(stored: StoredState, record: SessionRecord): void {
    assert.deepEqual(stored, toStoredState(record));
  }

  async function assertLost(sessionId: string): Promise<void> {
    const stored = await store.read(URL);
    assert.ok(stored.kind === 'session', stored.kind);
    assert.equal(stored.minted, undefined);
    assert.equal(stored.profile.sessionId, sessionId);
  }

  it('is empty at first', async () => {
    assert.deepEqual(await store.read(URL), { kind: 'none' });
  });

  it('keeps one session for each backend', async () => {
    await store.begin(URL, recordOf('one'));
    assertSession(await store.read(URL), recordOf('one'));
    assert.deepEqual(await store.read('https://other.example.com'), { kind: 'none' });
  });

  it('keeps the token only in the secret store', async () => {
    await store.begin(URL, recordOf('one', 'the-token'));
    await store.saveRefreshed(URL, recordOf('one', 'the-token-2'), 'the-token');
    assert.ok(values.values.get(KEY)?.includes('the-token-2'));
    assert.ok(!JSON.stringify([...state.values]).includes('the-token'));
  });

  it('keeps only the end marker of an ended session', async () => {
    await store.begin(URL, recordOf('one'));
    await store.end(URL, 'one');
    assert.deepEqual(await store.read(URL), { kind: 'ended' });
    assert.ok(![...values.values.values()].join().includes('one-1'));
    assert.ok(!JSON.stringify([...state.values]).includes('dev_one'));
  });

  it('stores a new session after an end, also for another account', async () => {
    await store.begin(URL, recordOf('one'));
    await store.end(URL, 'one');
    await store.begin(URL, recordOf('two'));
    assertSession(await store.read(URL), recordOf('two'));
  });

  it('ends the stored session even if the window has none', async () => {
    await store.begin(URL, recordOf('one'));
    await store.end(URL, undefined);
    await values.store(KEY, serializeSession(recordOf('one')));
    assert.deepEqual(await store.read(URL), { kind: 'ended' });
  });

  describe('with an invalid secret', () => {
    const damaged: Record<string, string> = {
      empty: '',
      'invalid JSON': '{"version":1,',
      'from an older version': JSON.stringify({ version: 0, token: 'one-1' }),
      'from a newer version': JSON.stringify({ version: 2, sessions: [] }),
      'of the wrong shape': JSON.stringify({ version: 1, sessionId: 'one' }),
    };
    for (const [title, text] of Object.entries(damaged)) {
      it(`remembers the account when the secret is invalid: ${title}`, async () => {
        await store.begin(URL, recordOf('one'));
        await values.store(KEY, text);
        await assertLost('one');
      });

      it(`is empty without a profile when the secret is invalid: ${title}`, async () => {
        await values.store(KEY, text);
        assert.deepEqual(await store.read(URL), { kind: 'none' });
      });
    }

    it('remembers the account when the secret is missing', async () => {
      await store.begin(URL, recordOf('one'));
      await values.delete(KEY);
      await assertLost('one');
    });

    it('remembers the account when the keyring throws', async () => {
      await store.begin(URL, recordOf('one'));
      secrets.fails.get = true;
      await assertLost('one');
    });

    it('treats damaged plain state as no session', async () => {
      for (const damage of [null, 5, [], { profile: { sessionId: 'one' } }, { ended: 'one' }]) {
        state.values.set(KEY, damage);
        assert.deepEqual(await store.read(URL), { kind: 'none' });
      }
    });
  });

  describe('with a keyring that rejects writes', () => {
    beforeEach(() => {
      secrets.fails.store = true;
    });

    it('remembers the account after a sign-in', async () => {
      await store.begin(URL, recordOf('one'));
      await assertLost('one');
    });

    it('remembers the new account after a switch', async () => {
      secrets.fails.store = false;
      await store.begin(URL, recordOf('one'));
      secrets.fails.store = true;
      await store.begin(URL, recordOf('two'));
      await assertLost('two');
    });

    it('remembers the account after a sign-out', async () => {
      secrets.fails.store = false;
      await store.begin(URL, recordOf('one'));
      await store.end(URL, 'one');
      secrets.fails.store = true;
      await store.begin(URL, recordOf('two'));
      await assertLost('two');
    });

    it('returns a refreshed token anyway', async () => {
      await store.begin(URL, recordOf('one'));
      const renewed = recordOf('one', 'one-2');
      assertSession(await store.saveRefreshed(URL, renewed, 'one-1'), renewed);
    });

    it('records the end and throws because the token is still stored', async () => {
      secrets.fails.store = false;
      await store.begin(URL, recordOf('one'));
      secrets.fails.store = true;
      await assert.rejects(store.end(URL, 'one'), /keyring is locked/u);
      assert.deepEqual(await store.read(URL), { kind: 'ended' });
    });
  });

  describe('saving a refreshed token', () => {
    it('replaces the token of the stored session', async () => {
      await store.begin(URL, recordOf('one'));
      const renewed = recordOf('one', 'one-2', -MINUTE);
      assertSession(await store.saveRefreshed(URL, renewed, 'one-1'), renewed);
      assertSession(await store.read(URL), renewed);
    });

    it('restores a lost secret', async () => {
      await store.begin(URL, recordOf('one'));
      await values.delete(KEY);
      const renewed = recordOf('one', 'one-2');
      assertSession(await store.saveRefreshed(URL, renewed, undefined), renewed);
      assertSession(await store.read(URL), renewed);
    });

    it('restores the session when the secret and the profile were lost', async () => {
      const renewed = recordOf('one', 'one-2');
      assertSession(await store.saveRefreshed(URL, renewed, 'one-1'), renewed);
      assertSession(await store.read(URL), renewed);
      await values.delete(KEY);
      await assertLost('one');
    });

    it('replaces a token from a clock that ran ahead', async () => {
      await store.begin(URL, recordOf('one', 'one-1', -60 * MINUTE));
      const renewed = recordOf('one', 'one-2');
      assertSession(await store.saveRefreshed(URL, renewed, undefined), renewed);
    });

    it('does not restore a session that has ended', async () => {
      await store.begin(URL, recordOf('one'));
      await store.end(URL, 'one');
      const ended = await store.saveRefreshed(URL, recordOf('one', 'one-2'), 'one-1');
      assert.deepEqual(ended, { kind: 'ended' });
      assert.deepEqual(await store.read(URL), { kind: 'ended' });
    });

    it('does not overwrite another session', async () => {
      await store.begin(URL, recordOf('one'));
      await store.begin(URL, recordOf('two'));
      const stored = await store.saveRefreshed(URL, recordOf('one', 'one-2'), 'one-1');
      assertSession(stored, recordOf('two'));
      assertSession(await store.read(URL), recordOf('two'));
    });

    it('does not overwrite a newer token of another window', async () => {
      const later = recordOf('one', 'one-3');
      await store.begin(URL, later);
      const renewed = recordOf('one', 'one-2', MINUTE);
      assertSession(await store.saveRefreshed(URL, renewed, 'one-1'), later);
      assertSession(await store.read(URL), later);
    });
  });

  describe('changes between read and write of a refreshed token', () => {
    async function renewAround(interlude: () => Promise<void>): Promise<StoredState> {
      await store.begin(URL, recordOf('one'));
      const slow = new UnreliableSecretStore(values);
      const write = slow.hold('store');
      const other = new SessionStore(developerRealm, slow, state, clock, keys);
      const saved = other.saveRefreshed(URL, recordOf('one', 'one-2'), 'one-1');
      await write.reached;
      await interlude();
      write.release();
      return saved;
    }

    it('keeps the session ended after a sign-out, without the token', async () => {
      const saved = await renewAround(() => store.end(URL, 'one'));
      assert.deepEqual(saved, { kind: 'ended' });
      assert.deepEqual(await store.read(URL), { kind: 'ended' });
      assert.ok(!values.values.get(KEY)?.includes('one-2'));
    });

    it('keeps the new session after a sign-in', async () => {
      const saved = await renewAround(() => store.begin(URL, recordOf('two')));
      assert.ok(saved.kind === 'session' && saved.profile.sessionId === 'two', saved.kind);
      assert.equal(saved.minted, undefined);
      await assertLost('two');
      const renewed = recordOf('two', 'two-2');
      assertSession(await store.saveRefreshed(URL, renewed, undefined), renewed);
      assertSession(await store.read(URL), renewed);
    });

    it('keeps the new session after a sign-out and a sign-in', async () => {
      await renewAround(async () => {
        await store.end(URL, 'one');
        await store.begin(URL, recordOf('two'));
      });
      await assertLost('two');
    });
  });

  describe('plain state that reaches other windows late', () => {
    /** A store of another window that sees an earlier plain state. */
    function otherWindow(): SessionStore {
      const seen = structuredClone(state.values);
      const late: StateStore = { get: (key) => seen.get(key), update: () => Promise.resolve() };
      return new SessionStore(developerRealm, secrets, late, clock, keys);
    }

    it('still shows a new session', async () => {
      await store.begin(URL, recordOf('one'));
      const other = otherWindow();
      await store.begin(URL, recordOf('two'));
      assertSession(await other.read(URL), recordOf('two'));
    });

    it('still shows the end of a session', async () => {
      await store.begin(URL, recordOf('one'));
      const other = otherWindow();
      await store.end(URL, 'one');
      assert.deepEqual(await other.read(URL), { kind: 'ended' });
    });

    it('still shows a new session after an end', async () => {
      const other = otherWindow();
      await store.begin(URL, recordOf('one'));
      await store.end(URL, 'one');
      await store.begin(URL, recordOf('two'));
      assertSession(await other.read(URL), recordOf('two'));
    });
  });

  it('remembers the ends that a late refresh may meet, up to a limit', async () => {
    for (let round = 0; round < 100; round++) await store.begin(URL, recordOf(`s${round}`));
    await values.store(KEY, serializeSession(recordOf('s95')));
    await assertLost('s99');
    assert.ok(JSON.stringify(state.values.get(KEY)).length < 2_000);
  });

  it('notifies about changes of its own realm only', async () => {
    let changes = 0;
    const subscription = store.onDidChange(() => (changes += 1));
    await store.begin(URL, recordOf('one'));
    assert.equal(changes, 1);
    await store.begin('https://other.example.com', recordOf('one'));
    assert.equal(changes, 2);
    await values.store('i99op.session:x', '');
    await values.store('somebody else', '');
    assert.equal(changes, 2);
    subscription.dispose();
    await store.end(URL, 'one');
    assert.equal(changes, 2);
  });
});
