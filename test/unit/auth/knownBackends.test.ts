import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KnownBackends, type KeyUse } from '../../../src/core/auth/knownBackends';
import { openKeyFile } from '../../../src/core/auth/privateKey';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import { rejectsWith } from '../../support/expect';
import { useSessionWorld } from '../../support/session-world';
import { useTempFolder } from '../../support/temp-folder';

const DEFAULT = 'https://api.test';
const OTHER = 'https://other.test';
const KEY = 'SHA256:one';

describe('the backends that a key may sign for', () => {
  const temp = useTempFolder();
  const file = (): string => join(temp.path, 'storage', 'known.json');
  const open = (before: KeyUse[] = []): KnownBackends =>
    new KnownBackends(file(), DEFAULT, () => before);
  const use = (backendUrl: string, fingerprint = KEY): KeyUse => ({ fingerprint, backendUrl });

  it('are the default one, and those that were approved for this very key', async () => {
    const known = open();
    assert.equal(await known.isKnown(use(DEFAULT)), true);
    await rejectsWith('CHALLENGE_REFUSED', known.assertKnown(use(OTHER)));
    await known.approve(use(OTHER));
    await known.assertKnown(use(OTHER));
    assert.equal(await known.isKnown(use(OTHER, 'SHA256:two')), false);
    assert.equal(await known.isKnown(use(`${OTHER}:8443`)), false);
  });

  it('are shared by the windows of a computer, and outlive them', async () => {
    const [first, second] = [open(), open()];
    await first.approve(use(OTHER));
    await second.approve(use('https://third.test'));
    for (const window of [first, second, open()]) {
      assert.equal(await window.isKnown(use(OTHER)), true);
      assert.equal(await window.isKnown(use('https://third.test')), true);
    }
    if (process.platform !== 'win32') assert.equal(statSync(file()).mode & 0o777, 0o600);
  });

  it('are at first those that the stored sessions signed in to, and no later ones', async () => {
    assert.equal(await open([use(OTHER)]).isKnown(use(OTHER)), true);
    assert.equal(await open([use('https://late.test')]).isKnown(use('https://late.test')), false);
  });

  it('are asked for again where the file is damaged', async () => {
    for (const content of ['', '[]', '{"SHA256:one":{}}', '{"SHA256:one":[1]}', 'x'.repeat(2e6)]) {
      await open().approve(use(OTHER));
      writeFileSync(file(), content);
      assert.equal(await open([use(OTHER)]).isKnown(use(OTHER)), false, content.slice(0, 20));
    }
    await open().approve(use(OTHER));
    assert.equal(await open().isKnown(use(OTHER)), true);
  });

  it('are known to this window alone where the file cannot be written', async () => {
    mkdirSync(file(), { recursive: true });
    const known = open();
    await known.approve(use(OTHER));
    assert.equal(await known.isKnown(use(OTHER)), true);
    assert.equal(await open().isKnown(use(OTHER)), false);
    rmSync(file(), { recursive: true });
  });

  it('take no key for a part of the object that holds them', async () => {
    await open().approve(use(OTHER, 'SHA256:x'));
    assert.equal(await open().isKnown(use(OTHER, '__proto__')), false);
    await open().approve(use(OTHER, '__proto__'));
    assert.ok(readFileSync(file(), 'utf8').includes('SHA256:x'));
  });
});

describe('a session whose key may not sign for the backend', () => {
  const world = useSessionWorld();
  const temp = useTempFolder();

  it('does not begin, and the backend is not even asked for a challenge', async () => {
    const keyUse = new KnownBackends(join(temp.path, 'known.json'), DEFAULT);
    const { session } = world().openWindow({ keyUse });
    const { path } = world().key;
    const signer = await openKeyFile(path);
    await rejectsWith('CHALLENGE_REFUSED', session.signInWithKey(signer, { source: 'ssh' }));
    assert.deepEqual(world().requests, []);
  });

  it('is not renewed in the background, and nothing is signed', async () => {
    await world().signedInWindow();
    const keyUse = new KnownBackends(join(temp.path, 'known.json'), DEFAULT);
    const window = await world().restoredWindow({ keyUse });
    const before = world().requests.filter((request) => request.includes('challenge')).length;
    world().clock.jump(20 * 60_000);
    await window.keepAlive.wake();
    await world().activity.idle();
    assert.equal(window.session.state.kind, 'offline');
    await rejectsWith('CHALLENGE_REFUSED', window.session.getToken());
    const after = world().requests.filter((request) => request.includes('challenge')).length;
    assert.equal(after, before);
  });
});

describe('a sign-in as another account', () => {
  const world = useSessionWorld();

  it('replaces nothing without a yes, whichever way one signs in', async () => {
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
    // A window that has not read what another one stored asks all the same.
    const late = world().openWindow();
    await assert.rejects(late.session.signInWithToken(token, undefined, refuse), /no/u);
    const agree = (): Promise<void> => Promise.resolve();
    await window.session.signInWithToken(token, undefined, agree);
    assert.equal(window.session.identity().devId, other.devId);
  });
});
