import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import { abbreviateHome } from '../../../src/core/platform/homePath';
import { watchInterruptions } from '../interruptions';
import { findLeftovers } from '../known-screen';
import { mints } from '../requests';
import { signedIn, signedOut } from '../states';
import { useScene } from '../use-scene';

describe('sign-in', () => {
  describe('with an encrypted key that the backend does not know', () => {
    const scene = useScene({
      album: 'ui/sign-in',
      passphrase: 'open sesame',
      registered: false,
    });

    async function asksForPassphrase(): Promise<void> {
      const { person } = scene;
      await person.runCommand('i99dash: Sign In');
      await person.pick('~/.ssh/id_ed25519');
      await person.page.locator('.quick-input-title', { hasText: 'Passphrase of' }).waitFor();
    }

    /**
     * Signs in with an unregistered key.
     * @returns the notification about it
     */
    async function meetsUnknownKey(): Promise<Locator> {
      await asksForPassphrase();
      await scene.person.answer('open sesame');
      return scene.person.seesNotification('does not know the key');
    }

    /** @returns the notification that the public key was copied */
    async function copiesPublicKey(toast: Locator): Promise<Locator> {
      const { person } = scene;
      await person.pressIn(toast, 'Copy Key and Open Console');
      const dialog = await person.seesDialog('external website');
      await dialog.locator('.monaco-button', { hasText: 'Cancel' }).click();
      return person.seesNotification('Public key copied');
    }

    it('shows in the status bar that the user is signed out', async () => {
      await scene.person.seesIdentity('i99dash: Sign In');
      await scene.person.photograph('1-signed-out');
    });

    it('lists the key in the picker with fingerprint, comment and lock', async () => {
      const { person, key } = scene;
      await person.runCommand('i99dash: Sign In');
      const row = person.quickPickRow('~/.ssh/id_ed25519').first();
      await row.waitFor();
      const text = (await row.textContent()) ?? '';
      assert.ok(text.includes(key.fingerprint), text);
      assert.ok(text.includes('this computer'));
      assert.ok(text.includes('asks for a passphrase'));
      assert.equal(await row.locator('.codicon-lock').count(), 1);
      await person.photograph('2-picker');
      await person.quickInput().press('Escape');
    });

    it('masks the passphrase and reports how many tries are left after a wrong one', async () => {
      const { person } = scene;
      await asksForPassphrase();
      assert.equal(await person.quickInput().getAttribute('type'), 'password');
      await person.answer('not it');
      await person.page.locator('.quick-input-widget', { hasText: '2 attempts left' }).waitFor();
      await person.photograph('3-passphrase');
      await person.quickInput().press('Escape');
    });

    it('reports an unregistered key with next steps as buttons and without a second dialog', async () => {
      const { person, key } = scene;
      const toast = await meetsUnknownKey();
      await toast.locator('.monaco-button', { hasText: 'Try Again' }).waitFor();
      await person.photograph('4-not-registered');
      assert.equal(await person.page.locator('.monaco-dialog-box').count(), 0);
      const copied = await copiesPublicKey(toast);
      assert.equal(await person.clipboard(), key.publicKeyLine);
      await person.dismiss(copied);
    });

    it('is asked for the passphrase of the same key again after three wrong ones', async () => {
      const { person } = scene;
      await asksForPassphrase();
      for (const left of ['2 attempts left', '1 attempt left']) {
        await person.answer('not it');
        await person.page.locator('.quick-input-widget', { hasText: left }).waitFor();
      }
      await person.answer('not it');
      await person.pressIn(await person.seesNotification('not the passphrase'), 'Try Again');
      await person.page.locator('.quick-input-title', { hasText: 'Passphrase of' }).waitFor();
      await person.quickInput().press('Escape');
    });

    it('registers the key, tries again and is signed in without another question', async () => {
      const { person, backend, key } = scene;
      const copied = await copiesPublicKey(await meetsUnknownKey());
      backend.state.addKey(DEFAULT_ACCOUNT.devId, key.publicKeyLine, { name: 'this computer' });
      await person.pressIn(copied, 'Try Again');
      await person.seesIdentity(DEFAULT_ACCOUNT.email ?? '');
      await person.photograph('5-signed-in');
    });

    it('is signed in without another question once the network is back', async () => {
      const { person, backend } = scene;
      await signedIn(scene);
      await signedOut(scene);
      const fault = backend.faults.inject({
        fault: { kind: 'reset', when: 'before' },
        times: 'always',
      });
      await asksForPassphrase();
      await person.answer('open sesame');
      const toast = await person.seesNotification("Can't reach i99dash");
      fault.remove();
      await person.pressIn(toast, 'Try Again');
      await person.seesIdentity(DEFAULT_ACCOUNT.email ?? '');
    });

    it('reads in the picker who is signed in', async () => {
      const { person } = scene;
      await signedIn(scene);
      await person.runCommand('i99dash: Sign In');
      await person.quickPickRow('~/.ssh/id_ed25519').waitFor();
      const hint = await person.quickInput().getAttribute('placeholder');
      assert.ok(hint?.startsWith(`Signed in as ${DEFAULT_ACCOUNT.email ?? ''}.`), hint ?? '');
      await person.photograph('8-signed-in-already');
      await person.quickInput().press('Escape');
    });

    it('shows the details in the hover', async () => {
      const { person, backend, key } = scene;
      await signedIn(scene);
      const text = await person.readHover('6-hover');
      for (const part of [
        key.fingerprint,
        backend.url,
        'dev_local',
        abbreviateHome('~/.ssh/id_ed25519'),
        'expires',
      ]) {
        assert.ok(text.includes(part), `${part} in ${text}`);
      }
    });

    it('restores the session after a reload without a prompt', async () => {
      const { person } = scene;
      await signedIn(scene);
      const from = mints(scene.backend).length;
      await person.page.reload();
      await person.seesIdentity(DEFAULT_ACCOUNT.email ?? '');
      assert.equal(await person.page.locator('.quick-input-widget:visible').count(), 0);
      assert.equal(mints(scene.backend).length, from);
    });

    it('signs out from the account menu of the status bar', async () => {
      const { person } = scene;
      await signedIn(scene);
      await person.identity().click();
      await person.quickPickRow('Who Am I?').waitFor();
      await person.photograph('7-account-menu');
      await person.pick('Sign Out');
      await person.seesIdentity('i99dash: Sign In');
    });
  });

  describe('to publish', () => {
    const scene = useScene({ album: 'ui/sign-in-to-publish', registered: false });

    async function publishesAndPicksKey(): Promise<void> {
      const { person } = scene;
      await signedOut(scene);
      await person.openFile('manifest.json');
      await person.runCommandByKeys('i99dash: Publish Mini-App');
      await person.quickPickRow('~/.ssh/id_ed25519').waitFor();
      await person.page.keyboard.press('Enter');
    }

    const isAskedAboutPublish = (): Promise<void> =>
      scene.person.answerDialog('Publish tyre-pressure 1.0.0?', 'Cancel');

    it('goes on to publish when a sign-in that failed goes well', async () => {
      const { person, key } = scene;
      await publishesAndPicksKey();
      const toast = await person.seesNotification('does not know the key');
      scene.register(key.publicKeyLine);
      await person.pressIn(toast, 'Try Again');
      await isAskedAboutPublish();
      await person.seesIcon('account');
    });

    it('is asked for a key at once, and then whether to publish', async () => {
      await signedIn(scene);
      await publishesAndPicksKey();
      await isAskedAboutPublish();
    });
  });

  describe('in the Accounts menu', () => {
    const scene = useScene({ album: 'ui/accounts' });

    it('lists the session and signs out from there', async () => {
      const { person } = scene;
      await person.runCommand('i99dash: Sign In');
      await person.pick('~/.ssh/id_ed25519');
      await person.seesIdentity(DEFAULT_ACCOUNT.email ?? '');
      await person.page.locator('.activitybar [aria-label^="Accounts"]').first().click();
      const entry = person.page
        .locator('.monaco-menu .action-item', { hasText: '(i99dash)' })
        .first();
      await entry.waitFor();
      await person.photograph('accounts-menu');
      await entry.click();
      const signOut = person.page.locator('.monaco-submenu .action-item', { hasText: 'Sign Out' });
      await signOut.waitFor();
      await person.page.keyboard.press('ArrowDown');
      await person.page.keyboard.press('Enter');
      const dialog = await person.seesDialog('developer@example.com');
      await person.photograph('sign-out');
      await dialog.locator('.monaco-button', { hasText: 'Sign Out' }).click();
      await person.seesIdentity('i99dash: Sign In');
    });
  });

  describe('when something goes wrong', () => {
    const scene = useScene({ album: 'ui/trouble' });

    it('opens one picker for two clicks on the status bar and closes it silently on Escape', async () => {
      const { person } = scene;
      const interruptions = await watchInterruptions(person.page);
      await person.identity().dblclick();
      await person.quickPickRow('~/.ssh/id_ed25519').waitFor();
      await person.quickInput().press('Escape');
      await person.quickInput().waitFor({ state: 'hidden' });
      await person.seesIcon('sign-in');
      const { notifications, dialogs } = await interruptions();
      assert.deepEqual([...notifications, ...dialogs], []);
    });

    it('shows one message without a network, and its retry works', async () => {
      const { person, backend } = scene;
      await signedOut(scene);
      const fault = backend.faults.inject({
        fault: { kind: 'reset', when: 'before' },
        times: 'always',
      });
      await person.runCommand('i99dash: Sign In');
      await person.pick('~/.ssh/id_ed25519');
      const toast = await person.seesNotification("Can't reach i99dash");
      await person.photograph('offline');
      assert.equal((await findLeftovers(scene.workbench.context)).length, 1);
      fault.remove();
      await person.pressIn(toast, 'Try Again');
      await person.seesIdentity(DEFAULT_ACCOUNT.email ?? '');
    });

    it('a backend without device codes: the picker does not offer them again', async () => {
      const { person } = scene;
      await signedOut(scene);
      await person.runCommand('i99dash: Sign In');
      await person.pick('Use a Device Code');
      await person.dismiss(await person.seesNotification("doesn't support device codes"));
      await person.runCommand('i99dash: Sign In');
      await person.quickPickRow('Paste an Access Token').waitFor();
      assert.equal(await person.quickPickRow('Use a Device Code').count(), 0);
      await person.quickInput().press('Escape');
    });

    it('a sign-in that hangs can be cancelled and leaves who was signed in', async () => {
      const { person, backend } = scene;
      await signedIn(scene);
      backend.faults.inject({ fault: { kind: 'hang', when: 'before' }, times: 1 });
      await person.runCommand('i99dash: Sign In');
      await person.pick('~/.ssh/id_ed25519');
      const toast = await person.seesNotification('Signing in to i99dash');
      await person.seesIdentity('Signing In');
      await person.photograph('signing-in');
      await person.identity().click();
      await person.quickPickRow('Show Log').waitFor();
      await person.photograph('menu-while-signing-in');
      await person.quickInput().press('Escape');
      await person.pressIn(toast, 'Cancel');
      await person.seesIdentity(DEFAULT_ACCOUNT.email ?? '');
      assert.deepEqual(await findLeftovers(scene.workbench.context), []);
    });
  });
});
