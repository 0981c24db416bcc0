import assert from 'node:assert/strict';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import { type Look, watchLooks } from '../identity-looks';
import { type Interruptions, NONE, watchInterruptions } from '../interruptions';
import { called, mints } from '../requests';
import { SshKeysView } from '../ssh-keys-view';
import { signedIn } from '../states';
import { useScene } from '../use-scene';

const WHO = DEFAULT_ACCOUNT.email ?? '';
const KEYS = '/api/v1/account/ssh-keys';
/** In seconds; a token that does not expire during a test. */
const LONG = 900;

const SIGNED_IN: Look = { icon: 'account', text: WHO, isError: false };
const OFFLINE: Look = { icon: 'cloud-offline', text: WHO, isError: false };
const REJECTED: Look = { icon: 'error', text: WHO, isError: true };

describe('the status bar while the backend fails', () => {
  const scene = useScene({ album: 'ui/session-faults', tokenLife: 2 });
  let interruptions: () => Promise<Interruptions>;
  let looks: () => Promise<Look[]>;
  let view: SshKeysView;

  async function watch(): Promise<void> {
    interruptions = await watchInterruptions(scene.person.page);
    looks = await watchLooks(scene.person.page);
  }

  async function showsKeys(): Promise<void> {
    await signedIn(scene);
    view = new SshKeysView(scene.person);
    await view.open();
    await view.row('this computer').waitFor();
  }

  /**
   * Signs in with short-lived tokens and stops the backend, so that the status bar shows the
   * offline icon.
   */
  async function offline(): Promise<void> {
    scene.backend.setTokenLife(2);
    await showsKeys();
    await scene.stopBackend();
    await scene.person.seesIcon('cloud-offline');
    await watch();
  }

  /** Signs in with a long-lived token. */
  async function online(): Promise<void> {
    scene.backend.setTokenLife(LONG);
    await showsKeys();
    await scene.person.seesInHover(/Token expires: in 15 min/u);
    await watch();
  }

  /** Signs in with a key and removes it from the backend. */
  async function rejected(): Promise<void> {
    const { person, backend, key } = scene;
    await online();
    backend.state.removeKey(key.fingerprint);
    backend.state.revokeTokens();
    await view.pressInTitle('Refresh SSH Keys');
    await person.seesIcon('error');
  }

  /** Returns the accessibility label. */
  const spoken = (): Promise<string | null> =>
    scene.person.identity().locator('a').first().getAttribute('aria-label');

  it('shows the offline icon when the backend does not answer', async () => {
    const { person } = scene;
    scene.backend.setTokenLife(2);
    await showsKeys();
    await watch();
    await scene.stopBackend();
    await person.seesIcon('cloud-offline');
    await person.seesInHover(/Last failure: OFFLINE/u);
    assert.match((await spoken()) ?? '', new RegExp(`${WHO}, offline`, 'u'));
    await person.photograph('1-refused');
    assert.deepEqual(await looks(), [SIGNED_IN, OFFLINE]);
    assert.deepEqual(await interruptions(), NONE);
  });

  it('keeps the offline icon when the backend answers 503 and explains why', async () => {
    const { person } = scene;
    await offline();
    await scene.startBackend();
    scene.backend.faults.inject({ fault: { kind: 'status', status: 503 }, times: 'always' });
    await person.seesInHover(/Last failure: SERVER/u);
    await person.photograph('2-503');
    assert.deepEqual(await looks(), [OFFLINE]);
    assert.deepEqual(await interruptions(), NONE);
  });

  it('keeps the offline icon when a web page answers in place of the backend', async () => {
    const { person } = scene;
    await offline();
    await scene.startBackend();
    scene.backend.faults.inject({ fault: { kind: 'html', status: 200 }, times: 'always' });
    await person.seesInHover(/Last failure: PROTOCOL/u);
    await person.photograph('3-page');
    assert.deepEqual(await looks(), [OFFLINE]);
    assert.deepEqual(await interruptions(), NONE);
  });

  it('removes the offline icon by itself when the backend is back', async () => {
    const { person } = scene;
    await offline();
    await scene.startBackend();
    scene.backend.setTokenLife(LONG);
    await person.seesIcon('account');
    await person.seesInHover(/Token expires: in 15 min/u);
    assert.match((await spoken()) ?? '', new RegExp(`signed in as ${WHO}`, 'u'));
    assert.doesNotMatch(await person.readHover('4-back'), /Last failure|offline/u);
    assert.deepEqual(await looks(), [OFFLINE, SIGNED_IN]);
    assert.deepEqual(await interruptions(), NONE);
  });

  it('does not change while revoked tokens are replaced', async () => {
    const { backend } = scene;
    await online();
    const minted = mints(backend).length;
    backend.state.revokeTokens();
    const refused = called(backend, KEYS);
    await view.pressInTitle('Refresh SSH Keys');
    const { status, at } = await refused;
    assert.equal(status, 401);
    await backend.waitForRequest(
      (entry) => entry.path === KEYS && entry.status === 200 && entry.at >= at,
    );
    assert.equal(mints(backend).length, minted + 1);
    assert.deepEqual(await looks(), [SIGNED_IN]);
    assert.deepEqual(await interruptions(), NONE);
  });

  it('shows an error when the key is no longer accepted', async () => {
    const { person } = scene;
    await rejected();
    await person.seesInHover(/Last failure: KEY_REJECTED/u);
    assert.match((await spoken()) ?? '', new RegExp(`${WHO}, no longer accepted`, 'u'));
    assert.equal(
      await person.identityBackground(),
      await person.themeColor('statusBarItem-errorBackground'),
    );
    await person.photograph('5-rejected');
    assert.deepEqual(await looks(), [SIGNED_IN, REJECTED]);
    assert.deepEqual(await interruptions(), NONE);
  });

  it('recovers once the user has signed in again', async () => {
    const { person, key } = scene;
    await rejected();
    scene.register(key.publicKeyLine);
    await person.identity().click();
    await person.pick('Sign In Again');
    await person.pick('~/.ssh/id_ed25519');
    await person.seesIcon('account');
    await person.photograph('6-again');
    assert.deepEqual((await looks()).at(-1), SIGNED_IN);
    const { notifications, dialogs } = await interruptions();
    assert.deepEqual([...notifications, ...dialogs], []);
  });

  it('does not change while a command waits for a silent backend, and the command can be cancelled', async () => {
    const { person, backend } = scene;
    await online();
    backend.faults.inject({ match: { path: '/api/v1/dev/me' }, fault: { kind: 'hang' } });
    await person.runCommand('i99dash: Who Am I?');
    const toast = await person.seesNotification('Asking who you are…');
    await person.photograph('7-silent');
    await person.pressIn(toast, 'Cancel');
    await toast.waitFor({ state: 'detached' });
    assert.deepEqual(await looks(), [SIGNED_IN]);
    await person.runCommand('i99dash: Who Am I?');
    await person.dismiss(await person.seesNotification(`You are ${WHO}`));
    const { notifications } = await interruptions();
    assert.equal(notifications.length, 1, notifications.join('; '));
  });
});
