import assert from 'node:assert/strict';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import { NONE, readInterruptionsSinceLoad, watchInterruptions } from '../interruptions';
import { called, mintedAgain, mints } from '../requests';
import { signedIn } from '../states';
import { useScene } from '../use-scene';

const WHO = DEFAULT_ACCOUNT.email ?? '';
const ME = '/api/v1/dev/me';
const ERROR_BACKGROUND = 'statusBarItem-errorBackground';

describe('a session with an unencrypted key', () => {
  const scene = useScene({ album: 'ui/session', tokenLife: 2 });

  const sinceLoad = () => readInterruptionsSinceLoad(scene.person.page);

  /** Removes the session's key from the backend and reloads the window. */
  async function rejected(): Promise<void> {
    const { person, backend, key } = scene;
    await signedIn(scene);
    backend.state.removeKey(key.fingerprint);
    await person.page.reload();
    await person.seesIcon('error');
  }

  it('survives a restart and silently refreshes its expired token', async () => {
    scene.backend.setTokenLife(2);
    await signedIn(scene);
    await scene.quit();
    const renewed = mintedAgain(scene.backend, 2);
    await scene.start();
    const { person } = scene;
    await person.seesIdentity(WHO);
    await renewed;
    await person.seesIcon('account');
    assert.deepEqual(await sinceLoad(), NONE);
  });

  it('is offline when the backend is down at the start and recovers by itself', async () => {
    scene.backend.setTokenLife(2);
    await signedIn(scene);
    await scene.quit();
    await scene.stopBackend();
    await scene.start();
    const { person } = scene;
    await person.seesIcon('cloud-offline');
    await person.seesIdentity(WHO);
    const hover = await person.readHover('offline-hover');
    assert.match(hover, /offline, and trying again by itself/u);
    assert.match(hover, /Last failure: OFFLINE/u);
    await scene.startBackend();
    await person.seesIcon('account');
    assert.deepEqual(await sinceLoad(), NONE);
  });

  it('refreshes once after its token was revoked, without a message', async () => {
    const { person, backend } = scene;
    backend.setTokenLife(900);
    await signedIn(scene);
    // The hover shows what has been stored.
    await person.seesInHover(/Token expires: in 15 min/u);
    backend.state.revokeTokens();
    const from = mints(backend).length;
    const refused = called(backend, ME);
    await person.page.reload();
    await person.seesIdentity(WHO);
    const { status, at } = await refused;
    assert.equal(status, 401);
    await backend.waitForRequest(
      (entry) => entry.path === ME && entry.status === 200 && entry.at >= at,
    );
    assert.equal(mints(backend).length, from + 1);
    await person.seesIcon('account');
    assert.deepEqual(await sinceLoad(), NONE);
  });

  it('shows that new tokens are rejected and recovers when they are accepted again', async () => {
    const { person, backend } = scene;
    backend.setTokenLife(900);
    await signedIn(scene);
    const fault = { kind: 'status', status: 401 } as const;
    const refusal = backend.faults.inject({ match: { path: ME }, fault, times: 'always' });
    await person.runCommand('i99dash: Who Am I?');
    const toast = await person.seesNotification('does not accept your sign-in');
    await person.seesIcon('cloud-offline');
    await person.dismiss(toast);
    const interruptions = await watchInterruptions(person.page);
    const hover = await person.readHover('not-accepted-hover');
    assert.match(hover, /not accepted, and trying again by itself/u);
    assert.match(hover, /Last failure: NOT_SIGNED_IN/u);
    refusal.remove();
    await person.seesIcon('account');
    await person.seesIdentity(WHO);
    assert.deepEqual(await interruptions(), NONE);
  });

  it('copies diagnostics without secrets, names and e-mail addresses', async () => {
    const { person, key } = scene;
    await signedIn(scene);
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

  it('shows in the status bar that the key is no longer accepted and explains it in the hover', async () => {
    const { person } = scene;
    await rejected();
    await person.seesIdentity(WHO);
    assert.equal(await person.identityBackground(), await person.themeColor(ERROR_BACKGROUND));
    const hover = await person.readHover('rejected-hover');
    assert.match(hover, /no longer accepts the key/u);
    assert.match(hover, /Last failure: KEY_REJECTED/u);
    assert.match(hover, /Sign In Again/u);
    assert.deepEqual(await sinceLoad(), NONE);
  });

  it('offers to sign in again with a rejected key', async () => {
    const { person, key } = scene;
    await rejected();
    await person.identity().click();
    await person.quickPickRow('Sign In Again').waitFor();
    await person.photograph('rejected-menu');
    await person.pick('Sign In Again');
    await person.pick('~/.ssh/id_ed25519');
    const toast = await person.seesNotification('does not know the key');
    scene.register(key.publicKeyLine);
    await person.pressIn(toast, 'Try Again');
    await person.seesIcon('account');
    assert.notEqual(await person.identityBackground(), await person.themeColor(ERROR_BACKGROUND));
  });

  it('gives way to a token of the environment, which sign-out cannot clear', async () => {
    await signedIn(scene);
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
