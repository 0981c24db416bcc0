import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Locator } from 'playwright-core';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import { findLeftovers } from '../known-screen';
import { signedOut } from '../states';
import { useScene } from '../use-scene';

const run = promisify(execFile);
const PASSPHRASE = 'my first passphrase';

describe('sign-in without an SSH key', () => {
  const scene = useScene({ album: 'ui/first-key', keyInHome: false, registered: false });
  const path = (): string => join(scene.root, 'home', '.ssh', 'id_ed25519');

  /** Starts a sign-in without a key, up to the question where to generate one. */
  async function asksWhere(): Promise<void> {
    const { person } = scene;
    await rm(dirname(path()), { recursive: true, force: true });
    await person.runCommand('i99dash: Sign In');
    await person.pick('Generate a New Key');
    await person.page
      .locator('.quick-input-title', { hasText: 'Generate SSH Key (1/3)' })
      .waitFor();
  }

  async function asksForPassphrase(): Promise<void> {
    await asksWhere();
    await scene.person.answer('~/.ssh/id_ed25519');
    await scene.person.page.locator('.quick-input-widget', { hasText: 'Passphrase for' }).waitFor();
  }

  const asksOnceMore = (): Promise<void> =>
    scene.person.page
      .locator('.quick-input-widget', { hasText: 'Repeat the passphrase' })
      .waitFor();

  /**
   * Makes a key, with which the sign-in goes on.
   * @returns the notification that says what it still needs
   */
  async function makesKey(): Promise<Locator> {
    await asksForPassphrase();
    await scene.person.answer(PASSPHRASE);
    await asksOnceMore();
    await scene.person.answer(PASSPHRASE);
    await scene.person.answerDialog('with this key?', 'Sign In');
    return scene.person.seesNotification('Your key ~/.ssh/id_ed25519 is ready');
  }

  const readPublicKey = (): string => readFileSync(`${path()}.pub`, 'utf8').trim();

  it('is offered to make one, and asked where', async () => {
    const { person } = scene;
    await person.runCommand('i99dash: Sign In');
    await person.quickPickRow('Generate a New Key').waitFor();
    await person.photograph('1-picker');
    await person.pick('Generate a New Key');
    await person.page
      .locator('.quick-input-title', { hasText: 'Generate SSH Key (1/3)' })
      .waitFor();
    assert.equal(await person.quickInput().inputValue(), '~/.ssh/id_ed25519');
    await person.photograph('2-path');
    await person.quickInput().press('Escape');
  });

  it('rejects invalid paths for a key', async () => {
    const { person } = scene;
    await asksWhere();
    for (const [answer, objection] of [
      ['', 'Enter where'],
      ['id_mine', 'full path'],
      ['~/.ssh/id.pub', '.pub'],
      ['~/.ssh/', 'a folder'],
    ] as const) {
      await person.answer(answer);
      await person.page.locator('.quick-input-message', { hasText: objection }).waitFor();
    }
    await person.answer('~/.ssh/id_ed25519');
    await person.page.locator('.quick-input-widget', { hasText: 'Passphrase for' }).waitFor();
    await person.quickInput().press('Escape');
  });

  it('asks for a passphrase twice in masked boxes', async () => {
    const { person } = scene;
    await asksForPassphrase();
    assert.equal(await person.quickInput().getAttribute('type'), 'password');
    await person.photograph('3-passphrase');
    await person.answer(PASSPHRASE);
    await asksOnceMore();
    await person.answer(PASSPHRASE.slice(0, 4));
    await person.page.locator('.quick-input-widget', { hasText: 'do not match' }).waitFor();
    await person.photograph('4-not-the-same');
    await person.answer(PASSPHRASE);
    await asksOnceMore();
    await person.answer(PASSPHRASE);
    await person.answerDialog('with this key?', 'Sign In');
    await person.dismiss(await person.seesNotification('is ready'));
  });

  it('is told in one message without an error what the key still needs', async () => {
    const { person } = scene;
    // The passphrase that was typed twice is not asked for a third time.
    const toast = await makesKey();
    await person.photograph('5-new-key');
    assert.equal(await toast.locator('.codicon-error').count(), 0);
    assert.equal((await findLeftovers(scene.workbench.context)).length, 1);
    const { stdout } = await run('ssh-keygen', ['-l', '-f', path()]);
    assert.match(stdout, /^256 SHA256:\S+ .*\(ED25519\)/u);
    assert.equal((await stat(path())).mode & 0o777, 0o600);
    const change = ['-p', '-f', path(), '-N', 'another', '-P'];
    await assert.rejects(run('ssh-keygen', [...change, 'wrong']));
    await run('ssh-keygen', [...change, PASSPHRASE]);
    await run('ssh-keygen', ['-p', '-f', path(), '-N', PASSPHRASE, '-P', 'another']);
    await person.dismiss(toast);
  });

  it('copies the key, adds it to the account, and is signed in without anything else', async () => {
    const { person } = scene;
    await person.pressIn(await makesKey(), 'Copy Key and Open Console');
    const dialog = await person.seesDialog('external website');
    await dialog.locator('.monaco-button', { hasText: 'Cancel' }).click();
    const publicKey = await person.clipboard();
    assert.equal(publicKey, readPublicKey());
    await person.seesNotification('Waiting until the key is added');
    await person.photograph('6-waiting');
    scene.register(publicKey);
    await person.seesIdentity(DEFAULT_ACCOUNT.email ?? '');
    await person.photograph('7-signed-in');
  });

  it('continues with a key that is added later', async () => {
    const { person } = scene;
    await signedOut(scene);
    await person.pressIn(await makesKey(), 'Continue');
    await person.seesNotification('Waiting until the key is added');
    scene.register(readPublicKey());
    await person.seesIcon('account');
  });

  it('stops waiting for the key on Cancel', async () => {
    const { person } = scene;
    await signedOut(scene);
    await person.pressIn(await makesKey(), 'Continue');
    await person.pressIn(await person.seesNotification('Waiting until'), 'Cancel');
    await person.seesIcon('sign-in');
  });

  it('reads only how to sign in after a sign-out, not the steps of the first time', async () => {
    const { person } = scene;
    await signedOut(scene);
    await person.runCommand('i99dash: Focus on SSH Keys View');
    const welcome = person.page.locator('.welcome-view', { hasText: 'SSH keys of your account' });
    await welcome.waitFor();
    assert.doesNotMatch((await welcome.textContent()) ?? '', /three steps/u);
    await person.photograph('8-signed-out-again');
  });
});
