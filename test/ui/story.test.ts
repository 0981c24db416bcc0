import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_ACCOUNT } from '../backend/server';
import { AppsView } from './apps-view';
import { called } from './requests';
import { SshKeysView } from './ssh-keys-view';
import { useScene } from './use-scene';

const ALBUM = 'ui/story';
const WHO = DEFAULT_ACCOUNT.email ?? '';
const WORKFLOW = '.github/workflows/i99dash-publish.yml';
const STATUS = '/api/v1/dev/status';
const VIEWPORT = { width: 1400, height: 900 };

describe('the whole story of a new user', function () {
  this.timeout(120_000);
  const scene = useScene({
    ...{ album: ALBUM, viewport: VIEWPORT, keyInHome: false, registered: false },
  });
  let apps: AppsView;
  let keys: SshKeysView;
  const keysOfDeveloper = () => scene.backend.state.accounts.keysOf(DEFAULT_ACCOUNT.devId);
  const submissions = () => scene.backend.state.apps.find('tyre-pressure')?.submissions ?? [];

  before(() => {
    apps = new AppsView(scene.person);
    keys = new SshKeysView(scene.person);
  });

  describe('the first laptop', () => {
    it('has no key, so one is made', async () => {
      const { person, root } = scene;
      await person.seesIdentity('i99dash: Sign In');
      await person.photograph('01-installed');
      await person.identity().click();
      await person.quickPickRow('Generate a New Key').waitFor();
      await person.photograph('02-no-key');
      await person.pick('Generate a New Key');
      await person.page.locator('.quick-input-title', { hasText: 'where' }).waitFor();
      await person.answer('~/.ssh/id_ed25519');
      await person.page.locator('.quick-input-widget', { hasText: 'Protects' }).waitFor();
      await person.answer('');
      // Nobody has registered it yet, which is the only thing that is told.
      await person.seesNotification('does not know the key');
      await person.photograph('03-not-registered');
      assert.ok(existsSync(join(root, 'home/.ssh/id_ed25519.pub')));
    });

    it('gets its key registered in the web console', async () => {
      const { person, root, backend, workbench } = scene;
      await person.pressIn(await person.seesNotification('does not know the key'), 'Copy Public');
      const dialog = await person.seesDialog('external website');
      await dialog.locator('.monaco-button', { hasText: 'Cancel' }).click();
      const publicKey = await person.clipboard();
      assert.equal(publicKey, readFileSync(join(root, 'home/.ssh/id_ed25519.pub'), 'utf8').trim());
      const console = await workbench.context.newPage();
      await console.goto(`${backend.url}/account/ssh-keys`);
      await console.locator('#key').fill(publicKey);
      await console.getByText('Add SSH key').click();
      await console.locator('li', { hasText: 'SHA256:' }).waitFor();
      await console.close();
      await person.page.bringToFront();
      assert.equal(keysOfDeveloper().length, 1);
    });

    it('signs in with it', async () => {
      const { person } = scene;
      await person.pressIn(await person.seesNotification('on the clipboard'), 'Try Again');
      await person.pick('~/.ssh/id_ed25519');
      await person.seesIdentity(WHO);
      await person.photograph('04-signed-in');
    });

    it('publishes for the first time', async () => {
      const { person } = scene;
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

    it('is told once that the review approved it, and shows it', async () => {
      const { person, backend } = scene;
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

  describe('a second laptop', () => {
    const second = useScene(() => ({
      ...{ album: `${ALBUM}/second`, viewport: VIEWPORT, registered: false },
      sharedBackend: scene.backend,
    }));

    it('has a key of its own, which the backend does not know', async () => {
      const { person, key } = second;
      await person.runCommand('i99dash: Sign In');
      await person.pick(key.fingerprint);
      await person.seesNotification('does not know the key');
      await person.photograph('10-not-registered');
    });

    it('gets it added in the first one’s SSH Keys', async () => {
      const { person, root } = scene;
      const { key } = second;
      // Carried over as a file; the private half stays where it is.
      await copyFile(`${key.path}.pub`, join(root, 'home/.ssh/second-laptop.pub'));
      await keys.pressInTitle('Add SSH Key');
      await person.pick('~/.ssh/second-laptop.pub');
      await person.page.locator('.quick-input-title', { hasText: '(2 of 3)' }).waitFor();
      await person.answer('second laptop');
      await person.pick('Login');
      await person.dismiss(await person.seesNotification('“second laptop” is registered'));
      await keys.row('second laptop').waitFor();
      await person.photograph('11-two-keys');
      assert.ok(keysOfDeveloper().some(({ fingerprint }) => fingerprint === key.fingerprint));
    });

    it('signs in, and shows the same apps without telling the old news', async () => {
      const { person, key, backend } = second;
      const toast = await person.seesNotification('does not know the key');
      await person.pressIn(toast, 'Try Again');
      await person.pick(key.fingerprint);
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

  describe('the first laptop again', () => {
    it('sees that the second one’s key was used', async () => {
      await keys.pressInTitle('Refresh SSH Keys');
      await keys.row('second laptop').filter({ hasText: 'used now' }).waitFor();
      await scene.person.photograph('13-both-used');
    });

    it('sets up CI', async () => {
      const { person, workspace } = scene;
      const git = join(workspace, '.git');
      await mkdir(git);
      const remote = '[remote "origin"]\n\turl = git@github.com:acme/tyre-pressure.git\n';
      await writeFile(join(git, 'config'), remote);
      await person.runCommand('i99dash: Set Up CI Publishing');
      const dialog = await person.seesDialog('Let acme/tyre-pressure publish by itself?');
      await person.photograph('14-ci');
      await dialog.locator('.monaco-button', { hasText: 'Set Up' }).click();
      await person.seesNotification('on the clipboard for 90 seconds');
      assert.match(await person.clipboard(), /^-----BEGIN OPENSSH PRIVATE KEY-----\n/u);
      const editor = person.page.locator('.editor-instance .monaco-editor').first();
      await editor.locator('.view-line', { hasText: 'command' }).first().waitFor();
      await person.photograph('15-workflow');
      await editor.locator('.view-lines').click();
      await person.page.keyboard.press('Control+S');
      await person.page.locator('.tab:not(.dirty)', { hasText: 'i99dash-publish.yml' }).waitFor();
      assert.match(readFileSync(join(workspace, WORKFLOW), 'utf8'), /i99dash login --key/u);
      const names = keysOfDeveloper().map(({ name }) => name);
      assert.deepEqual(names.slice(1), ['second laptop', 'acme/tyre-pressure']);
    });

    it('signs out, and leaves the account as it is', async () => {
      const { person, backend } = scene;
      await person.runCommand('i99dash: Sign Out');
      await person.seesIdentity('i99dash: Sign In');
      await apps.seesWelcome('Sign in with your SSH key');
      await person.photograph('16-signed-out');
      assert.equal(keysOfDeveloper().length, 3);
      assert.equal(submissions().length, 1);
      const from = backend.requests.length;
      // Nobody is signed in after a reload either, and nothing is asked of the backend.
      await person.page.reload();
      await person.seesIdentity('i99dash: Sign In');
      await apps.seesWelcome('Sign in with your SSH key');
      assert.deepEqual(backend.requests.slice(from), []);
    });
  });
});
