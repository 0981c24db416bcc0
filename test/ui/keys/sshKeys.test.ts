import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import { privateHalf } from '../../support/private-half';
import { generateTestKey, type TestKey } from '../../support/ssh-key';
import { called } from '../requests';
import { SshKeysView } from '../ssh-keys-view';
import { signedIn } from '../states';
import { useScene } from '../use-scene';

const KEYS = '/api/v1/account/ssh-keys';
const WHO = DEFAULT_ACCOUNT.email ?? '';
const HOUR_MS = 3_600_000;

describe('the SSH Keys view', () => {
  const scene = useScene({ album: 'ui/ssh-keys', viewport: { width: 1280, height: 800 } });
  let second: TestKey;
  let view: SshKeysView;

  async function press(dialogText: string, button: string, photograph?: string): Promise<void> {
    const dialog = await scene.person.seesDialog(dialogText);
    if (photograph !== undefined) {
      await scene.person.photograph(photograph);
    }
    await dialog.locator('.monaco-button', { hasText: button }).first().click();
    await dialog.waitFor({ state: 'hidden' });
  }

  const registered = () => scene.backend.state.accounts.keysOf(DEFAULT_ACCOUNT.devId);

  async function showsKeys(): Promise<void> {
    await signedIn(scene);
    await view.open();
    await view.row('this key').waitFor();
  }

  /** Shows the view with this computer's key and another one of this name. */
  async function showsKeyNamed(name: string): Promise<void> {
    const { backend, root } = scene;
    await showsKeys();
    if (!registered().some((key) => key.name === name)) {
      const { publicKeyLine } =
        name === 'tower' ? second : await generateTestKey({ folder: join(root, 'nobody'), name });
      backend.state.addKey(DEFAULT_ACCOUNT.devId, publicKeyLine, { name });
      await scene.person.runCommand('i99dash: Refresh SSH Keys');
    }
    await view.row(name).waitFor();
  }

  beforeEach(() => {
    view = new SshKeysView(scene.person);
  });

  before(async () => {
    const { state } = scene.backend;
    for (const [name, purpose, hours] of [
      ['work laptop', 'login', 50],
      ['release pipeline', 'attest', undefined],
    ] as const) {
      const folder = join(scene.root, 'nobody');
      const { publicKeyLine } = await generateTestKey({ folder, name: name.replace(' ', '-') });
      const { id } = state.addKey(DEFAULT_ACCOUNT.devId, publicKeyLine, { name, purpose });
      const key = state.accounts.keysOf(DEFAULT_ACCOUNT.devId).find((each) => each.id === id);
      Object.assign(key ?? {}, {
        lastUsedAt: hours === undefined ? null : Date.now() - hours * HOUR_MS,
      });
    }
    second = await generateTestKey({
      folder: join(scene.root, 'home', '.ssh'),
      name: 'id_second',
      comment: 'anna@tower',
    });
  });

  it('asks a signed-out user to sign in and sends no request', async () => {
    const { person, backend } = scene;
    await view.open();
    const signIn = view.link('Sign in');
    await signIn.waitFor();
    await person.photograph('1-signed-out');
    assert.deepEqual(
      backend.requests.filter(({ path }) => path === KEYS),
      [],
    );
    await signIn.click();
    await person.pick('~/.ssh/id_ed25519');
    await person.seesIdentity(WHO);
  });

  it('shows each key’s purpose and last use and marks the key of this computer', async () => {
    const { person } = scene;
    await showsKeys();
    assert.deepEqual(await view.rows(), [
      ['this computer', 'this key · login · used now'],
      ['work laptop', 'login · used 2 days ago'],
      ['release pipeline', 'native apps only · never used'],
    ]);
    await person.page.mouse.move(900, 500);
    await person.photograph('2-keys');
  });

  it('shows the fingerprint and exact times in the hover and to a screen reader', async () => {
    const { person } = scene;
    await showsKeys();
    const text = await view.readHover('work laptop');
    assert.match(text, /work laptop[^]*SHA256:\S{43}[^]*Purpose: login/u);
    assert.match(text, /Last used: \w+, \w+ \d+, 20\d\d/u);
    await person.photograph('3-hover');
    const label = await view.row('this computer').getAttribute('aria-label');
    assert.match(label ?? '', /^SSH key this computer, this key, login, used now, SHA256:/u);
    await person.page.mouse.move(900, 500);
  });

  it('adds an unregistered key of ~/.ssh after key, name and purpose', async () => {
    const { person } = scene;
    await showsKeys();
    await view.pressInTitle('Add SSH Key');
    await person.quickPickRow('~/.ssh/id_second.pub').waitFor();
    assert.equal(await person.quickPickRow('~/.ssh/id_ed25519.pub').count(), 0);
    await person.photograph('4-add-which');
    await person.pick('~/.ssh/id_second.pub');
    await person.page.locator('.quick-input-title', { hasText: '(2/3)' }).waitFor();
    assert.equal(await person.quickInput().inputValue(), 'anna@tower');
    await person.quickInput().fill('x'.repeat(81));
    await person.page.locator('.quick-input-message', { hasText: 'at most 80' }).waitFor();
    await person.photograph('5-add-name');
    await person.answer('tower');
    await person.quickPickRow('Login').waitFor();
    await person.photograph('6-add-purpose');
    await person.pick('Login');
    await person.answerDialog('Register this SSH key', 'Register Key', '6-add-question');
    await person.dismiss(await person.seesNotification('“tower” is registered'));
    await view.row('tower').waitFor();
    assert.equal((await view.rows()).length, 4);
  });

  it('sends no private key that was selected and offers the public one', async () => {
    const { person, backend } = scene;
    await showsKeys();
    const { path } = await generateTestKey({
      folder: join(scene.root, 'home', '.ssh'),
      name: 'id_third',
      comment: 'third',
    });
    await person.runCommand('i99dash: Add SSH Key');
    await person.pick('Browse for a Public Key');
    const dialog = person.page.locator('.quick-input-widget', { hasText: 'public key' });
    await dialog.locator('.monaco-list-row', { hasText: 'id_ed25519.pub' }).waitFor();
    await person.answer(path);
    const toast = await person.seesNotification('is a private key');
    await person.photograph('7-private-key');
    assert.ok(!JSON.stringify(backend.requests).includes('PRIVATE KEY'));
    await person.pressIn(toast, 'Add the Public Key');
    await person.answer('third');
    await person.pick('Native apps only');
    await person.answerDialog('Register this SSH key', 'Register Key');
    await person.dismiss(await person.seesNotification('“third” is registered'));
    await view.row('third').waitFor();
  });

  it('copies a fingerprint', async () => {
    const { person } = scene;
    await showsKeyNamed('tower');
    await view.press('tower', 'Copy Fingerprint');
    await person.page.locator('.statusbar-item', { hasText: 'Fingerprint copied' }).waitFor();
    assert.equal(await person.clipboard(), second.fingerprint);
  });

  it('removes a key after a question that names it, and keeps it when cancelled', async () => {
    const { person } = scene;
    await showsKeyNamed('third');
    const before = (await view.rows()).length;
    await view.press('third', 'Remove SSH Key');
    await press('Remove the SSH key “third”?', 'Cancel', '8-remove');
    await view.press('third', 'Remove SSH Key');
    await press('Remove the SSH key “third”?', 'Remove');
    await person.dismiss(await person.seesNotification('“third” is removed'));
    await view.row('third').waitFor({ state: 'detached' });
    assert.equal((await view.rows()).length, before - 1);
  });

  it('asks again for the key of this session and offers to replace it', async () => {
    const { person, root } = scene;
    await showsKeys();
    await view.press('this computer', 'Remove SSH Key');
    await press('Remove the SSH key “this computer”?', 'Remove');
    await press('Remove it anyway?', 'Replace It Instead', '9-remove-this-key');
    await person.quickPickRow('Generate a New Key').waitFor();
    await person.photograph('11-replace-by');
    await person.pick('Generate a New Key');
    await person.page.locator('.quick-input-title', { hasText: 'Location' }).waitFor();
    await person.answer('~/.ssh/id_next');
    await person.page.locator('.quick-input-widget', { hasText: 'Passphrase for' }).waitFor();
    await person.answer('');
    await press('Replace the SSH key “this computer”?', 'Replace Key', '10-replace');
    const toast = await person.seesNotification('is replaced, and you are signed in');
    await person.photograph('12-replaced');
    await person.pressIn(toast, 'Make It the Default');
    await view.row('this key').waitFor();
    const hover = await person.readHover();
    assert.match(hover, /~\/\.ssh\/id_next/u);
    const keys = scene.backend.state.accounts.keysOf(DEFAULT_ACCOUNT.devId);
    assert.ok(!keys.some(({ fingerprint }) => fingerprint === scene.key.fingerprint), root);
    assert.equal(keys.filter(({ name }) => name === 'this computer').length, 1);
  });

  it('offers the replacement in the menu of this key only', async () => {
    const { person } = scene;
    await showsKeyNamed('tower');
    await view.row('tower').click({ button: 'right' });
    await view.menuEntry('Remove SSH Key').waitFor();
    assert.equal(await view.menuEntry('Replace').count(), 0);
    await person.page.keyboard.press('Escape');
    await view.menuEntry('Remove SSH Key').waitFor({ state: 'hidden' });
    await view.choose('this key', 'Replace This SSH Key');
    await person.quickPickRow('Generate a New Key').waitFor();
    await person.page.keyboard.press('Escape');
  });

  it('shows cached keys while the backend is down and recovers on a click', async () => {
    const { person, backend } = scene;
    await showsKeys();
    const before = (await view.rows()).length;
    backend.faults.inject({ match: { path: KEYS }, fault: { kind: 'status', status: 503 } });
    await person.runCommand('i99dash: Refresh SSH Keys');
    await view.row('Try Again').waitFor();
    await person.page.mouse.move(900, 500);
    await person.photograph('13-try-again');
    assert.equal((await view.rows()).length, before + 1);
    await view.row('Try Again').click();
    await view.row('Try Again').waitFor({ state: 'detached' });
  });

  it('uses the light theme’s colours in a light theme', async () => {
    const { person } = scene;
    await showsKeys();
    await person.page.emulateMedia({ colorScheme: 'light' });
    await person.page.locator('.monaco-workbench.vs').waitFor();
    await person.page.mouse.move(900, 500);
    await person.photograph('14-light');
    const icon = '.monaco-list-row[aria-label*="this key"] .codicon-pass-filled';
    const color = await person.page.evaluate<string>(
      `getComputedStyle(document.querySelector('${icon}')).color`,
    );
    // The theme's green for light backgrounds, as in the Apps view; the green of test icons is too
    // pale on them.
    assert.equal(color, await person.themeColor('charts-green'));
  });

  it('explains what to do when no key is registered', async () => {
    const { person, backend } = scene;
    const { devId } = DEFAULT_ACCOUNT;
    await showsKeys();
    await person.runCommand('i99dash: Sign In');
    await person.pick('Paste an Access Token');
    await person.answer(backend.state.mintToken({ devId, lifeSeconds: 600 }));
    for (const { id } of backend.state.accounts.keysOf(devId)) {
      backend.state.removeKey(id);
    }
    const answered = called(backend, KEYS);
    await person.runCommand('i99dash: List SSH Keys');
    await answered;
    await view.button('Generate SSH Key').waitFor();
    await person.photograph('15-empty');
  });

  it('leaves no private half in a request or in any file: log, temporary or other', async () => {
    const { backend, root } = scene;
    await signedIn(scene);
    await scene.person.page.goto('about:blank');
    const folder = join(root, 'home', '.ssh');
    // The keys of the previous tests, or the initial ones when this test runs alone.
    const names = ['id_ed25519', 'id_second', 'id_third', 'id_next'];
    const keys = names.map((name) => join(folder, name)).filter((path) => existsSync(path));
    const halves = keys.flatMap(privateHalf);
    assert.ok(keys.length >= 2);
    assert.equal(halves.length, keys.length * 6);
    const requests = JSON.stringify(backend.requests);
    assert.ok(halves.every((half) => !requests.includes(half)));
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .filter((file) => !keys.includes(file) && !file.startsWith(join(root, 'nobody')));
    assert.ok(files.some((file) => file.endsWith('i99dash.log')));
    for (const file of files) {
      // VS Code removes its lock files meanwhile.
      const content = await readFile(file, 'latin1').catch(() => '');
      const utf16 = content.replaceAll('\0', '');
      assert.ok(!halves.some((half) => content.includes(half) || utf16.includes(half)), file);
    }
  });
});
