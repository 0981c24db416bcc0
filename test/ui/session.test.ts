import assert from 'node:assert/strict';
import { DEFAULT_ACCOUNT } from '../backend/server';
import { NONE, watchInterruptions } from './interruptions';
import { called, mintedAgain, mints } from './requests';
import { useScene } from './use-scene';

const WHO = DEFAULT_ACCOUNT.email ?? '';
const ME = '/api/v1/dev/me';
const ERROR_BACKGROUND = 'statusBarItem-errorBackground';

describe('a session with an unencrypted key', () => {
  const scene = useScene({ album: 'ui/session', tokenLife: 2 });

  before(async () => {
    await scene.person.runCommand('i99dash: Sign In');
    await scene.person.pick('~/.ssh/id_ed25519');
    await scene.person.seesIdentity(WHO);
  });

  it('outlives a restart, and its spent token is renewed silently', async () => {
    await scene.quit();
    const renewed = mintedAgain(scene.backend, 2);
    await scene.start();
    const { person } = scene;
    const interruptions = await watchInterruptions(person.page);
    await person.seesIdentity(WHO);
    await renewed;
    await person.seesIcon('account');
    assert.deepEqual(await interruptions(), NONE);
  });

  it('is offline when the backend is down at the start, and comes back by itself', async function () {
    this.timeout(120_000); // the pauses between two tries grow
    await scene.quit();
    await scene.stopBackend();
    await scene.start();
    const { person } = scene;
    const interruptions = await watchInterruptions(person.page);
    await person.seesIcon('cloud-offline');
    await person.seesIdentity(WHO);
    const hover = await person.readHover('offline-hover');
    assert.match(hover, /offline, and trying again by itself/u);
    assert.match(hover, /Last failure: OFFLINE/u);
    await scene.startBackend();
    await person.seesIcon('account', 50_000);
    assert.deepEqual(await interruptions(), NONE);
  });

  it('mints once for a token that was revoked, without a word', async () => {
    const { person, backend } = scene;
    backend.setTokenLife(900);
    // What the hover shows has been stored.
    await person.seesInHover(/Token expires: in 15 min/u);
    backend.state.revokeTokens();
    const from = mints(backend).length;
    const refused = called(backend, ME);
    await person.page.reload();
    await person.seesIdentity(WHO);
    const interruptions = await watchInterruptions(person.page);
    const { status, at } = await refused;
    assert.equal(status, 401);
    await backend.waitForRequest(
      (entry) => entry.path === ME && entry.status === 200 && entry.at >= at,
    );
    assert.equal(mints(backend).length, from + 1);
    await person.seesIcon('account');
    assert.deepEqual(await interruptions(), NONE);
  });

  it('shows that new tokens are not accepted, and that they are again', async function () {
    this.timeout(120_000); // the pauses between two tries grow
    const { person, backend } = scene;
    const fault = { kind: 'status', status: 401 } as const;
    const refusal = backend.faults.inject({ match: { path: ME }, fault, times: 'always' });
    await person.runCommand('i99dash: Who Am I?');
    const toast = await person.seesNotification('does not accept your sign-in');
    await person.seesIcon('cloud-offline');
    await person.dismiss(toast);
    await person.seesNoNotification();
    const interruptions = await watchInterruptions(person.page);
    const hover = await person.readHover('not-accepted-hover');
    assert.match(hover, /not accepted, and trying again by itself/u);
    assert.match(hover, /Last failure: NOT_SIGNED_IN/u);
    refusal.remove();
    await person.seesIcon('account', 50_000);
    await person.seesIdentity(WHO);
    assert.deepEqual(await interruptions(), NONE);
  });

  it('puts a report on the clipboard that holds no secret, no name and no e-mail address', async () => {
    const { person, key } = scene;
    await person.identity().click();
    await person.pick('Copy Diagnostics');
    const toast = await person.seesNotification('Diagnostics copied');
    await person.photograph('diagnostics');
    const report = await person.clipboard();
    await person.dismiss(toast);
    assert.match(report, /^Session: signedIn$/mu);
    assert.match(report, /^Key: ~\/\.ssh\/id_ed25519$/mu);
    assert.ok(report.includes(`Fingerprint: ${key.fingerprint}`));
    const { devId, displayName } = DEFAULT_ACCOUNT;
    for (const secret of [WHO, devId, displayName ?? '', scene.root, 'eyJ', '@']) {
      assert.ok(!report.includes(secret), `${secret} in ${report}`);
    }
  });

  it('says in the status bar that the key is no longer accepted, and explains it', async () => {
    const { person, backend, key } = scene;
    backend.state.removeKey(key.fingerprint);
    await person.page.reload();
    await person.seesIcon('error');
    const interruptions = await watchInterruptions(person.page);
    await person.seesIdentity(WHO);
    assert.equal(await person.identityBackground(), await person.themeColor(ERROR_BACKGROUND));
    const hover = await person.readHover('rejected-hover');
    assert.match(hover, /no longer accepts the key/u);
    assert.match(hover, /Last failure: KEY_REJECTED/u);
    assert.match(hover, /Sign In Again/u);
    assert.deepEqual(await interruptions(), NONE);
  });

  it('offers the way out: sign in again', async () => {
    const { person, key } = scene;
    await person.identity().click();
    await person.quickPickRow('Sign In Again').waitFor();
    await person.photograph('rejected-menu');
    await person.pick('Sign In Again');
    await person.pick('~/.ssh/id_ed25519');
    const toast = await person.seesNotification('does not know the key');
    scene.register(key.publicKeyLine);
    await person.pressIn(toast, 'Try Again');
    await person.pick('~/.ssh/id_ed25519');
    await person.seesIcon('account');
    assert.notEqual(await person.identityBackground(), await person.themeColor(ERROR_BACKGROUND));
  });

  it('gives way to a token of the environment, which sign-out cannot clear', async () => {
    const lifeSeconds = 900;
    const token = scene.backend.state.mintToken({ devId: DEFAULT_ACCOUNT.devId, lifeSeconds });
    await scene.restart({ I99DASH_TOKEN: token });
    const { person } = scene;
    await person.seesIdentity(WHO);
    const hover = await person.readHover('environment-hover');
    assert.match(hover, /environment variable I99DASH_TOKEN/u);
    await person.identity().click();
    await person.photograph('environment-menu');
    await person.pick('Sign Out');
    const toast = await person.seesNotification('I99DASH_TOKEN still signs you in');
    await person.photograph('environment-sign-out');
    await person.seesIdentity(WHO);
    await person.dismiss(toast);
  });
});
