import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Locator } from 'playwright-core';
import { DEFAULT_ACCOUNT } from '../backend/server';
import { findLeftovers } from './known-screen';
import { useScene } from './use-scene';

const run = promisify(execFile);
const PASSPHRASE = 'my first passphrase';

describe('a person without an SSH key', () => {
  const scene = useScene({ album: 'ui/first-key', keyInHome: false, registered: false });
  const path = (): string => join(scene.root, 'home', '.ssh', 'id_ed25519');

  /** Without a key, and asked where to make one. */
  async function asksWhere(): Promise<void> {
    const { person } = scene;
    await rm(dirname(path()), { recursive: true, force: true });
    await person.runCommand('i99dash: Sign In');
    await person.pick('Generate a New Key');
    await person.page.locator('.quick-input-title', { hasText: 'Generate an SSH key' }).waitFor();
  }

  async function asksForPassphrase(): Promise<void> {
    await asksWhere();
    await scene.person.answer('~/.ssh/id_ed25519');
    await scene.person.page.locator('.quick-input-widget', { hasText: 'Protects' }).waitFor();
  }

  const asksOnceMore = (): Promise<void> =>
    scene.person.page.locator('.quick-input-widget', { hasText: 'once more' }).waitFor();

  /** Makes a key, with which the sign-in goes on. @returns the notification that it is not registered */
  async function makesKey(): Promise<Locator> {
    await asksForPassphrase();
    await scene.person.answer(PASSPHRASE);
    await asksOnceMore();
    await scene.person.answer(PASSPHRASE);
    await scene.person.answerDialog('with this key?', 'Sign In');
    return scene.person.seesNotification('does not know the key');
  }

  it('is offered to make one, and asked where', async () => {
    const { person } = scene;
    await person.runCommand('i99dash: Sign In');
    await person.quickPickRow('Generate a New Key').waitFor();
    await person.photograph('1-picker');
    await person.pick('Generate a New Key');
    await person.page.locator('.quick-input-title', { hasText: 'Generate an SSH key' }).waitFor();
    assert.equal(await person.quickInput().inputValue(), '~/.ssh/id_ed25519');
    await person.photograph('2-path');
    await person.quickInput().press('Escape');
  });

  it('cannot answer with what is no path for a key', async () => {
    const { person } = scene;
    await asksWhere();
    for (const [answer, objection] of [
      ['', 'Type where'],
      ['id_mine', 'full path'],
      ['~/.ssh/id.pub', '.pub'],
      ['~/.ssh/', 'a folder'],
    ] as const) {
      await person.answer(answer);
      await person.page.locator('.quick-input-message', { hasText: objection }).waitFor();
    }
    await person.answer('~/.ssh/id_ed25519');
    await person.page.locator('.quick-input-widget', { hasText: 'Protects' }).waitFor();
    await person.quickInput().press('Escape');
  });

  it('chooses a passphrase, typed twice into masked boxes', async () => {
    const { person } = scene;
    await asksForPassphrase();
    assert.equal(await person.quickInput().getAttribute('type'), 'password');
    await person.photograph('3-passphrase');
    await person.answer(PASSPHRASE);
    await asksOnceMore();
    await person.answer(PASSPHRASE.slice(0, 4));
    await person.page.locator('.quick-input-widget', { hasText: 'not the same' }).waitFor();
    await person.photograph('4-not-the-same');
    await person.answer(PASSPHRASE);
    await asksOnceMore();
    await person.answer(PASSPHRASE);
    await person.answerDialog('with this key?', 'Sign In');
    await person.dismiss(await person.seesNotification('does not know the key'));
  });

  it('goes on to sign in with it, and is told in one message that it is not registered', async () => {
    const { person } = scene;
    // The passphrase that was typed twice is not asked for a third time.
    const toast = await makesKey();
    await person.photograph('5-not-registered');
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

  it('copies the public key, registers it, tries again and is signed in', async () => {
    const { person } = scene;
    const toast = await makesKey();
    await person.pressIn(toast, 'Copy Public Key');
    const dialog = await person.seesDialog('external website');
    await dialog.locator('.monaco-button', { hasText: 'Cancel' }).click();
    const publicKey = await person.clipboard();
    assert.equal(publicKey, readFileSync(`${path()}.pub`, 'utf8').trim());
    scene.register(publicKey);
    await person.pressIn(await person.seesNotification('on the clipboard'), 'Try Again');
    await person.pick('~/.ssh/id_ed25519');
    await person.answer(PASSPHRASE);
    await person.seesIdentity(DEFAULT_ACCOUNT.email ?? '');
    await person.photograph('6-signed-in');
  });
});
