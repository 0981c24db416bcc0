import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DEFAULT_ACCOUNT } from '../backend/server';
import type { Locator } from 'playwright-core';
import { addApp } from '../support/apps';
import { fingerprintOfLine, generateTestKey } from '../support/ssh-key';
import { AppsView } from './apps-view';
import { called } from './requests';
import { SshKeysView } from './ssh-keys-view';
import { useScene } from './use-scene';

const ALBUM = 'ui/story';
const WHO = DEFAULT_ACCOUNT.email ?? '';
const WORKFLOW = '.github/workflows/i99dash-publish.yml';
const STATUS = '/api/v1/dev/status';
const VIEWPORT = { width: 1400, height: 900 };

describe('the whole journey of a new user', () => {
  const scene = useScene({
    ...{ album: ALBUM, viewport: VIEWPORT, keyInHome: false, registered: false },
  });
  let apps: AppsView;
  let keys: SshKeysView;
  const keysOfDeveloper = () => scene.backend.state.accounts.keysOf(DEFAULT_ACCOUNT.devId);
  const submissions = () => scene.backend.state.apps.find('tyre-pressure')?.submissions ?? [];

  beforeEach(() => {
    apps = new AppsView(scene.person);
    keys = new SshKeysView(scene.person);
  });

  const keyPath = (): string => join(scene.root, 'home/.ssh/id_ed25519');
  const readPublicKey = (): string => readFileSync(`${keyPath()}.pub`, 'utf8').trim();

  /** Gives the first laptop an unregistered key. */
  async function hasKey(): Promise<void> {
    const { state } = scene.backend;
    if (!existsSync(keyPath())) {
      await generateTestKey({ folder: dirname(keyPath()), name: 'id_ed25519', comment: 'mine' });
    }
    await scene.approveKey(fingerprintOfLine(readPublicKey()));
    for (const { id } of keysOfDeveloper()) state.removeKey(id);
  }

  /** Tries to sign in, and copies the public key. @returns the notification that says so */
  async function copiesPublicKey(): Promise<Locator> {
    const { person } = scene;
    await hasKey();
    await person.runCommand('i99dash: Sign In');
    await person.pick('~/.ssh/id_ed25519');
    await person.pressIn(await person.seesNotification('does not know the key'), 'Copy Key');
    const dialog = await person.seesDialog('external website');
    await dialog.locator('.monaco-button', { hasText: 'Cancel' }).click();
    return person.seesNotification('Public key copied');
  }

  /** Signs in on the first laptop. */
  async function signedIn(): Promise<void> {
    const { person } = scene;
    if (await person.identity().locator('.codicon-account').isVisible()) return;
    await hasKey();
    scene.register(readPublicKey());
    await person.runCommand('i99dash: Sign In');
    await person.pick('~/.ssh/id_ed25519');
    await person.seesIdentity(WHO);
    await person.seesIcon('account');
  }

  /** Adds a submission of the app to the backend. */
  function published(): void {
    if (submissions().length > 0) return;
    const name = { en: 'Tyre Pressure', ar: 'ضغط الإطارات' };
    addApp(scene.backend.state, { appId: 'tyre-pressure', version: '1.0.0', name });
  }

  /** Registers the second laptop's key as just used. */
  async function secondKeyUsed(): Promise<void> {
    const { state } = scene.backend;
    if (keysOfDeveloper().some(({ name }) => name === 'second laptop')) return;
    const { publicKeyLine } = await generateTestKey({
      folder: join(scene.root, 'nobody'),
      name: 'second',
    });
    const { id } = state.addKey(DEFAULT_ACCOUNT.devId, publicKeyLine, { name: 'second laptop' });
    const added = keysOfDeveloper().find((key) => key.id === id);
    if (added !== undefined) state.accounts.touchKey(added);
  }

  describe('on the first laptop', () => {
    it('generates the first key', async () => {
      const { person } = scene;
      await person.seesIdentity('i99dash: Sign In');
      await person.photograph('01-installed');
      await person.identity().click();
      await person.quickPickRow('Generate a New Key').waitFor();
      await person.photograph('02-no-key');
      await person.pick('Generate a New Key');
      await person.page.locator('.quick-input-title', { hasText: 'Location' }).waitFor();
      await person.answer('~/.ssh/id_ed25519');
      await person.page.locator('.quick-input-widget', { hasText: 'Passphrase for' }).waitFor();
      await person.answer('');
      await person.answerDialog('with this key?', 'Sign In');
      const toast = await person.seesNotification('Your key ~/.ssh/id_ed25519 is ready');
      await person.photograph('03-new-key');
      assert.ok(existsSync(`${keyPath()}.pub`));
      await person.dismiss(toast);
    });

    it('registers the key in the web console', async () => {
      const { person, backend, workbench } = scene;
      const toast = await copiesPublicKey();
      const publicKey = await person.clipboard();
      assert.equal(publicKey, readPublicKey());
      const console = await workbench.context.newPage();
      await console.goto(`${backend.url}/account/ssh-keys`);
      await console.locator('#key').fill(publicKey);
      await console.getByText('Add SSH key').click();
      await console.locator('li', { hasText: 'SHA256:' }).waitFor();
      await console.close();
      await person.page.bringToFront();
      assert.equal(keysOfDeveloper().length, 1);
      await person.dismiss(toast);
    });

    it('signs in with the key', async () => {
      const { person } = scene;
      const toast = await copiesPublicKey();
      scene.register(readPublicKey());
      await person.pressIn(toast, 'Try Again');
      await person.seesIdentity(WHO);
      await person.photograph('04-signed-in');
    });

    it('publishes for the first time', async () => {
      const { person } = scene;
      await signedIn();
      await person.openFile('manifest.json');
      await person.editorButton('Publish Mini-App').click();
      const dialog = await person.seesDialog('Publish tyre-pressure 1.0.0?');
      await person.photograph('05-confirm');
      await dialog.locator('.monaco-button', { hasText: 'Publish' }).click();
      const toast = await person.seesNotification('tyre-pressure 1.0.0 was submitted');
      await person.photograph('06-submitted');
      await person.dismiss(toast);
      assert.equal(submissions().length, 1);
    });

    it('reports the approval of the review once and shows it in the view', async () => {
      const { person, backend } = scene;
      published();
      await signedIn();
      await apps.open();
      await apps.seesRow('Tyre Pressure, 1.0.0, in review');
      await person.photograph('07-in-review');
      backend.state.review('tyre-pressure', 'approved');
      const toast = await person.seesNotification('tyre-pressure 1.0.0 was approved');
      await person.photograph('08-news');
      await person.pressIn(toast, 'Show Status');
      await apps.seesRow('Tyre Pressure, 1.0.0, approved');
      await person.photograph('09-approved');
      const asked = called(backend, STATUS);
      await person.page.reload();
      await person.seesIdentity(WHO);
      await asked;
      await apps.seesRow('Tyre Pressure, 1.0.0, approved');
      assert.equal(await person.page.locator('.notification-toast').count(), 0);
    });
  });

  describe('on a second laptop', () => {
    const second = useScene(() => ({
      ...{ album: `${ALBUM}/second`, viewport: VIEWPORT, registered: false },
      sharedBackend: scene.backend,
    }));

    it('cannot sign in with its own key, which the backend does not know', async () => {
      const { person, key } = second;
      await person.runCommand('i99dash: Sign In');
      await person.pick(key.fingerprint);
      const toast = await person.seesNotification('does not know the key');
      await person.photograph('10-not-registered');
      await person.dismiss(toast);
    });

    it('adds the key in the first laptop’s SSH Keys view', async () => {
      const { person, root } = scene;
      const { key } = second;
      await signedIn();
      await apps.open();
      await keys.row('this key').waitFor();
      // The public key is copied as a file; the private key is not transferred.
      await copyFile(`${key.path}.pub`, join(root, 'home/.ssh/second-laptop.pub'));
      await keys.pressInTitle('Add SSH Key');
      await person.pick('~/.ssh/second-laptop.pub');
      await person.page.locator('.quick-input-title', { hasText: '(2/3)' }).waitFor();
      await person.answer('second laptop');
      await person.pick('Login');
      await person.answerDialog('Register this SSH key', 'Register Key');
      await person.dismiss(await person.seesNotification('“second laptop” is registered'));
      await keys.row('second laptop').waitFor();
      await person.photograph('11-two-keys');
      assert.ok(keysOfDeveloper().some(({ fingerprint }) => fingerprint === key.fingerprint));
    });

    it('signs in and shows the same apps without old notifications', async () => {
      const { person, key, backend } = second;
      published();
      if (submissions().at(-1)?.reviewStatus !== 'approved') {
        backend.state.review('tyre-pressure', 'approved');
      }
      backend.state.removeKey(key.fingerprint);
      await person.runCommand('i99dash: Sign In');
      await person.pick(key.fingerprint);
      const toast = await person.seesNotification('does not know the key');
      const { devId } = DEFAULT_ACCOUNT;
      backend.state.addKey(devId, key.publicKeyLine, { name: 'second laptop' });
      await person.pressIn(toast, 'Try Again');
      await person.seesIdentity(WHO);
      const view = new AppsView(person);
      const asked = called(backend, STATUS);
      await view.open();
      await asked;
      await view.seesRow('Tyre Pressure, 1.0.0, approved');
      const own = new SshKeysView(person);
      await own.row('this key').filter({ hasText: 'second laptop' }).waitFor();
      await person.photograph('12-signed-in');
      assert.equal(await person.page.locator('.notification-toast').count(), 0);
    });
  });

  describe('back on the first laptop', () => {
    it('shows that the second key was used', async () => {
      await signedIn();
      await secondKeyUsed();
      await apps.open();
      await keys.row('this key').waitFor();
      await keys.pressInTitle('Refresh SSH Keys');
      await keys.row('second laptop').filter({ hasText: 'used now' }).waitFor();
      await scene.person.photograph('13-both-used');
    });

    it('sets up CI', async () => {
      const { person, workspace } = scene;
      await signedIn();
      await secondKeyUsed();
      execFileSync('git', ['init', '-q', workspace]);
      const remote = ['remote', 'add', 'origin', 'git@github.com:acme/tyre-pressure.git'];
      execFileSync('git', ['-C', workspace, ...remote]);
      await person.runCommand('i99dash: Set Up CI Publishing');
      const dialog = await person.seesDialog(
        'Set up CI publishing for acme/tyre-pressure on github.com?',
      );
      await person.photograph('14-ci');
      await dialog.locator('.monaco-button', { hasText: 'Set Up' }).click();
      const toast = await person.seesNotification('on the clipboard for 90 seconds');
      assert.match(await person.clipboard(), /^-----BEGIN OPENSSH PRIVATE KEY-----\n/u);
      const editor = person.page.locator('.editor-instance .monaco-editor').first();
      await editor.locator('.view-line', { hasText: 'Publishes the mini-app' }).first().waitFor();
      await person.photograph('15-workflow');
      await editor.locator('.view-lines').click();
      await person.page.keyboard.press('Control+S');
      await person.page.locator('.tab:not(.dirty)', { hasText: 'i99dash-publish.yml' }).waitFor();
      assert.match(readFileSync(join(workspace, WORKFLOW), 'utf8'), /i99dash@7 login --key/u);
      const names = keysOfDeveloper().map(({ name }) => name);
      assert.deepEqual(names.slice(1), ['second laptop', 'acme/tyre-pressure']);
      await person.dismiss(toast);
    });

    it('signs out and leaves the account unchanged', async () => {
      const { person, backend } = scene;
      published();
      await signedIn();
      await apps.open();
      const registered = keysOfDeveloper().length;
      await person.runCommand('i99dash: Sign Out');
      await person.seesIdentity('i99dash: Sign In');
      await apps.seesWelcome('Sign in with your SSH key');
      await person.photograph('16-signed-out');
      assert.equal(keysOfDeveloper().length, registered);
      assert.equal(submissions().length, 1);
      const from = backend.requests.length;
      // The user is still signed out after a reload, and no request is sent.
      await person.page.reload();
      await person.seesIdentity('i99dash: Sign In');
      await apps.seesWelcome('Sign in with your SSH key');
      assert.deepEqual(backend.requests.slice(from), []);
    });
  });
});
