import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Locator } from 'playwright-core';
import { DEFAULT_ACCOUNT } from '../backend/server';
import { fingerprintOfLine, generateTestKey } from '../support/ssh-key';
import { useScene } from './use-scene';

type Step = 'key' | 'register' | 'signIn' | 'publish';

describe('the walkthrough with an empty home folder', () => {
  const scene = useScene({
    ...{ album: 'ui/walkthrough', keyInHome: false, registered: false },
    viewport: { width: 1400, height: 900 },
  });
  const stepOf = (step: Step): Locator =>
    scene.person.page.locator(`[data-step-id$="#firstPublish#${step}"]`);
  const mark = (step: Step): Locator =>
    scene.person.page.locator(`[data-done-step-id$="#firstPublish#${step}"]`).first();
  const isDone = async (step: Step): Promise<boolean> =>
    ((await mark(step).getAttribute('class')) ?? '').includes('complete');
  const seesDone = (step: Step): Promise<void> =>
    scene.person.page
      .locator(`[data-done-step-id$="#firstPublish#${step}"].complete`)
      .first()
      .waitFor();

  /** Opens a step and takes screenshots of its picture in a dark and in a light theme. */
  async function turnTo(step: Step, number: number): Promise<void> {
    const { person } = scene;
    await stepOf(step).click();
    await stepOf(step).locator('.monaco-button, .button-link').first().waitFor();
    await person.photographInBothThemes(`${number}-${step}`);
  }

  async function press(step: Step, button: string): Promise<void> {
    await stepOf(step).locator('.monaco-button, .button-link', { hasText: button }).first().click();
  }

  const keyPath = (): string => join(scene.root, 'home/.ssh/id_ed25519');

  /** Opens the walkthrough. */
  async function opens(): Promise<void> {
    if (await stepOf('publish').isVisible()) return;
    const { person } = scene;
    await person.runCommand('i99dash: Sign In');
    await person.pick('Open Walkthrough');
    await stepOf('publish').waitFor();
  }

  /** Opens the walkthrough and provides a key. */
  async function hasKey(): Promise<void> {
    await opens();
    if (!existsSync(keyPath())) {
      await generateTestKey({ folder: dirname(keyPath()), name: 'id_ed25519', comment: 'mine' });
    }
  }

  /** Opens the walkthrough and provides a registered key. */
  async function hasRegisteredKey(): Promise<void> {
    await hasKey();
    if (scene.backend.state.accounts.keysOf(DEFAULT_ACCOUNT.devId).length === 0) {
      scene.register(readFileSync(`${keyPath()}.pub`, 'utf8').trim());
    }
  }

  /** Opens the walkthrough and signs in. */
  async function signedIn(): Promise<void> {
    const { person } = scene;
    await hasRegisteredKey();
    await scene.approveKey(fingerprintOfLine(readFileSync(`${keyPath()}.pub`, 'utf8')));
    if (await person.identity().locator('.codicon-account').isVisible()) return;
    await person.runCommand('i99dash: Sign In');
    await person.pick('~/.ssh/id_ed25519');
    await person.seesIcon('account');
  }

  it('finds the same steps in the view of the activity bar before the first sign-in', async () => {
    const { person } = scene;
    await person.runCommand('View: Show i99dash');
    await person.page.locator('.welcome-view', { hasText: 'Generate SSH Key' }).waitFor();
    await person.photograph('6-welcome');
  });

  it('from the picker that has no key to offer', async () => {
    const { person } = scene;
    await person.runCommand('i99dash: Sign In');
    await person.quickPickRow('Open Walkthrough').waitFor();
    await person.photograph('0-picker');
    await person.pick('Open Walkthrough');
    await stepOf('publish').waitFor();
    for (const step of ['key', 'register', 'signIn', 'publish'] as const) {
      assert.equal(await isDone(step), false, step);
    }
  });

  it('generates a key', async () => {
    const { person } = scene;
    await opens();
    await turnTo('key', 1);
    await press('key', 'Generate SSH Key');
    await person.answer('~/.ssh/id_ed25519');
    await person.page.locator('.quick-input-widget', { hasText: 'Passphrase for' }).waitFor();
    await person.answer('');
    await person.dismiss(await person.seesNotification('is ready'));
    await seesDone('key');
    assert.equal(await isDone('register'), false);
  });

  it('copies the public key and adds it in the web console', async () => {
    const { person, root, backend, workbench } = scene;
    await hasKey();
    await turnTo('register', 2);
    await press('register', 'Copy Public Key');
    const dialog = await person.seesDialog('external website');
    await dialog.locator('.monaco-button', { hasText: 'Cancel' }).click();
    await person.dismiss(await person.seesNotification('Public key copied'));
    const publicKey = await person.clipboard();
    assert.equal(publicKey, readFileSync(join(root, 'home/.ssh/id_ed25519.pub'), 'utf8').trim());
    const console = await workbench.context.newPage();
    await console.goto(`${backend.url}/account/ssh-keys`);
    await console.locator('#key').fill(publicKey);
    await console.getByText('Add SSH key').click();
    await console.locator('li', { hasText: 'SHA256:' }).waitFor();
    await console.close();
    await person.page.bringToFront();
  });

  it('signs in, which proves that the key is registered', async () => {
    const { person } = scene;
    await hasRegisteredKey();
    await turnTo('signIn', 3);
    await press('signIn', 'Sign In');
    await person.pick('~/.ssh/id_ed25519');
    await person.answerDialog('with this key?', 'Sign In');
    await person.seesIdentity(DEFAULT_ACCOUNT.email ?? '');
    await seesDone('register');
    await seesDone('signIn');
    assert.equal(await isDone('publish'), false);
  });

  it('publishes', async () => {
    const { person, backend } = scene;
    await signedIn();
    await turnTo('publish', 4);
    await press('publish', 'Publish Mini-App');
    const dialog = await person.seesDialog('Publish tyre-pressure');
    await dialog.locator('.monaco-button', { hasText: 'Publish' }).click();
    const toast = await person.seesNotification('was submitted');
    await seesDone('publish');
    await person.photograph('5-done');
    await person.dismiss(toast);
    assert.equal(backend.state.apps.find('tyre-pressure')?.submissions.length, 1);
  });

  it('is not told again in the view of the activity bar how to begin', async () => {
    const { person } = scene;
    await signedIn();
    await person.runCommand('i99dash: Sign Out');
    await person.runCommand('View: Show i99dash');
    const welcome = person.page.locator('.welcome-view', { hasText: 'to see the SSH keys' });
    await welcome.waitFor();
    assert.doesNotMatch(await welcome.innerText(), /Generate SSH Key/u);
    await person.photograph('6-welcome');
  });
});
