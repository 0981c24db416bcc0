import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApprovedBackends, type KeyUse } from '../../../src/core/signIn/approvedBackends';
import { openKeyFile } from '../../../src/core/ssh/privateKey';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import { rejectsWith } from '../../support/expect';
import { useSessionWorld } from '../../support/session-world';
import { useTempFolder } from '../../support/temp-folder';

const DEFAULT = 'https://api.test';
const OTHER = 'https://other.test';
const KEY = 'SHA256:one';

describe('approved backends of a key', () => {
  const temp = useTempFolder();
  const file = (): string => join(temp.path, 'storage', 'known.json');
  const open = (before: KeyUse[] = []): ApprovedBackends =>
    new ApprovedBackends(file(), DEFAULT, () => before);
  const use = (backendUrl: string, fingerprint = KEY): KeyUse => ({ fingerprint, backendUrl });

  it('contains the default backend and those approved for this key', async () => {
    const known = open();
    assert.equal(await known.isKnown(use(DEFAULT)), true);
    await rejectsWith('CHALLENGE_REFUSED', known.assertKnown(use(OTHER)));
    await known.approve(use(OTHER));
    await known.assertKnown(use(OTHER));
    assert.equal(await known.isKnown(use(OTHER, 'SHA256:two')), false);
    assert.equal(await known.isKnown(use(`${OTHER}:8443`)), false);
  });

  it('shares approvals between windows and keeps them after restart', async () => {
    const [first, second] = [open(), open()];
    await first.approve(use(OTHER));
    await second.approve(use('https://third.test'));
    for (const window of [first, second, open()]) {
      assert.equal(await window.isKnown(use(OTHER)), true);
      assert.equal(await window.isKnown(use('https://third.test')), true);
    }
    if (process.platform !== 'win32') assert.equal(statSync(file()).mode & 0o777, 0o600);
  });

  it('starts with the backends of stored sessions and adds no later ones', async () => {
    assert.equal(await open([use(OTHER)]).isKnown(use(OTHER)), true);
    assert.equal(await open([use('https://late.test')]).isKnown(use('https://late.test')), false);
  });

  it('forgets all approvals when the file is damaged', async () => {
    for (const content of ['', '[]', '{"SHA256:one":{}}', '{"SHA256:one":[1]}', 'x'.repeat(2e6)]) {
      await open().approve(use(OTHER));
      writeFileSync(file(), content);
      assert.equal(await open([use(OTHER)]).isKnown(use(OTHER)), false, content.slice(0, 20));
    }
    await open().approve(use(OTHER));
    assert.equal(await open().isKnown(use(OTHER)), true);
  });

  it('keeps approvals for this window alone when the file cannot be written', async () => {
    mkdirSync(file(), { recursive: true });
    const known = open();
    await known.approve(use(OTHER));
    assert.equal(await known.isKnown(use(OTHER)), true);
    assert.equal(await open().isKnown(use(OTHER)), false);
    rmSync(file(), { recursive: true });
  });

  it('ignores keys that match inherited object properties', async () => {
    await open().approve(use(OTHER, 'SHA256:x'));
    assert.equal(await open().isKnown(use(OTHER, '__proto__')), false);
    await open().approve(use(OTHER, '__proto__'));
    assert.ok(readFileSync(file(), 'utf8').includes('SHA256:x'));
  });
});

describe('session whose key is not approved for the backend', () => {
  const world = useSessionWorld();
  const temp = useTempFolder();

  it('refuses to sign in without requesting a challenge', async () => {
    const keyUse = new ApprovedBackends(join(temp.path, 'known.json'), DEFAULT);
    const { session } = world().openWindow({ keyUse });
    const { path } = world().key;
    const signer = await openKeyFile(path);
    await rejectsWith('CHALLENGE_REFUSED', session.signInWithKey(signer, { source: 'ssh' }));
    assert.deepEqual(world().requests, []);
  });

  it('does not refresh in the background and signs nothing', async () => {
    await world().signedInWindow();
    const keyUse = new ApprovedBackends(join(temp.path, 'known.json'), DEFAULT);
    const window = await world().restoredWindow({ keyUse });
    const before = world().requests.filter((request) => request.includes('challenge')).length;
    world().clock.jump(20 * 60_000);
    await window.scheduler.trigger();
    await world().activity.idle();
    assert.equal(window.session.state.kind, 'offline');
    await rejectsWith('CHALLENGE_REFUSED', window.session.getToken());
    const after = world().requests.filter((request) => request.includes('challenge')).length;
    assert.equal(after, before);
  });
});

describe('sign-in as another account', () => {
  const world = useSessionWorld();

  it('asks before it replaces the account, for every way to sign in', async () => {
    const window = await world().signedInWindow();
    const { state } = world().backend;
    const other = { ...DEFAULT_ACCOUNT, devId: 'dev_other', email: 'other@example.com' };
    state.addAccount(other);
    const token = state.mintToken({ devId: other.devId, lifeSeconds: 900 });
    const { devId } = window.session.identity();
    await rejectsWith('SIGN_IN_REJECTED', window.session.signInWithToken(token));
    const asked: unknown[] = [];
    const refuse = (...accounts: unknown[]): Promise<void> => {
      asked.push(...accounts);
      return Promise.reject(new Error('no'));
    };
    await assert.rejects(window.session.signInWithToken(token, undefined, refuse), /no/u);
    assert.deepEqual(
      asked.map((account) => (account as { devId: string }).devId),
      [devId, other.devId],
    );
    assert.equal(window.session.identity().devId, devId);
    // A window that has not read the session of another window asks too.
    const late = world().openWindow();
    await assert.rejects(late.session.signInWithToken(token, undefined, refuse), /no/u);
    const agree = (): Promise<void> => Promise.resolve();
    await window.session.signInWithToken(token, undefined, agree);
    assert.equal(window.session.identity().devId, other.devId);
  });
});
