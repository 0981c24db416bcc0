import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import { PROFILES } from '../../backend/profiles';
import { findLeftovers } from '../known-screen';
import { called } from '../requests';
import { useScene } from '../use-scene';

const WHO = DEFAULT_ACCOUNT.email ?? '';
const AUTHORIZE = '/api/v1/oauth/device/authorize';

describe('sign-in to an older backend', () => {
  const scene = useScene({
    album: 'ui/device-code',
    registered: false,
    backend: { ...PROFILES.older, deviceIntervalSeconds: 1 },
  });

  /** Chooses the device code and waits for the dialog with the code. */
  async function begin() {
    const { person, backend } = scene;
    const authorized = called(backend, AUTHORIZE);
    await person.runCommand('i99dash: Sign In');
    await person.pick('Use a Device Code');
    return waitForCode(authorized);
  }

  async function waitForCode(authorized: Promise<unknown>) {
    await authorized;
    const code = scene.backend.state.devices.pending().at(-1)?.userCode ?? '';
    const dialog = await scene.person.seesDialog(`Your code: ${Array.from(code).join('\u2002')}`);
    return { code, dialog };
  }

  /** Opens the page from the dialog in the browser, with the code filled in. */
  async function openBrowser({ code, dialog }: Awaited<ReturnType<typeof begin>>): Promise<Page> {
    const context = scene.person.page.context();
    const opened = context.waitForEvent('page');
    await dialog.locator('.monaco-button', { hasText: 'Open Browser' }).click();
    // VS Code in a browser routes loopback URLs through a proxy of its server, which this server
    // does not have.
    await (await opened).close();
    const page = await context.newPage();
    await page.goto(`${scene.backend.url}/device?user_code=${code}`);
    return page;
  }

  async function answer(page: Page, button: string): Promise<void> {
    await page.getByRole('button', { name: button }).click();
    await page.getByText('You can close this page.').waitFor();
    await page.close();
  }

  /** Signs in with a device code unless already signed in. */
  async function signedInByCode(): Promise<void> {
    const { person } = scene;
    if (await person.identity().locator('.codicon-account').isVisible()) return;
    await answer(await openBrowser(await begin()), 'Approve');
    await person.seesIdentity(WHO);
    await person.seesIcon('account');
  }

  async function cancelSignIn(): Promise<void> {
    const { person } = scene;
    await person.identity().click();
    await person.pick('Cancel Sign-In');
    await person.seesIcon('sign-in');
  }

  it('reports that there are no SSH keys and offers the device code', async () => {
    const { person, backend } = scene;
    await person.runCommand('i99dash: Sign In');
    await person.pick('~/.ssh/id_ed25519');
    const toast = await person.seesNotification('has no sign-in with an SSH key');
    await person.photograph('1-no-ssh');
    const authorized = called(backend, AUTHORIZE);
    await person.pressIn(toast, 'Use a Device Code');
    const { dialog } = await waitForCode(authorized);
    await dialog.locator('.monaco-button', { hasText: 'Cancel' }).click();
    await person.seesIcon('sign-in');
    assert.deepEqual(await findLeftovers(scene.workbench.context), []);
  });

  it('offers the token of the command line in the picker and leaves its file unchanged', async () => {
    const { person, backend, root } = scene;
    const folder = join(root, 'home', '.config', 'i99dash');
    const file = join(folder, 'sdk.json');
    const text = JSON.stringify({ token: backend.state.addApiKey(DEFAULT_ACCOUNT.devId) });
    await mkdir(folder, { recursive: true });
    await writeFile(file, text);
    await person.runCommand('i99dash: Sign In');
    await person.quickPickRow('Use the Token of the Command Line Once').waitFor();
    await person.photograph('2-picker');
    await person.pick('Use the Token of the Command Line Once');
    await person.seesIdentity(WHO);
    assert.equal(await readFile(file, 'utf8'), text);
    await person.identity().click();
    await person.pick('Sign Out');
    await person.seesIcon('sign-in');
  });

  it('shows the code, copies it to the clipboard and opens the browser', async () => {
    const { person } = scene;
    const begun = await begin();
    assert.match((await begun.dialog.textContent()) ?? '', /on the clipboard[^]*\/device/u);
    await person.photograph('3-code');
    assert.equal(await person.clipboard(), begun.code);
    await (await openBrowser(begun)).close();
    await cancelSignIn();
  });

  it('shows the remaining time and can be cancelled from the status bar', async () => {
    const { person } = scene;
    await (await openBrowser(await begin())).close();
    await person.seesNotification(/Approve the code [B-Z-]{9} in the browser \(9:\d\d left\)/u);
    await person.seesIdentity('Signing In');
    await person.photograph('4-waiting');
    await person.identity().click();
    await person.quickPickRow('Cancel Sign-In').waitFor();
    await person.photograph('5-menu');
    await person.pick('Cancel Sign-In');
    await person.seesIcon('sign-in');
  });

  it('reports a denial and offers to request developer access', async () => {
    const { person } = scene;
    await answer(await openBrowser(await begin()), 'Deny');
    const toast = await person.seesNotification('no developer access yet');
    await toast.locator('.monaco-button', { hasText: 'Request Developer Access' }).waitFor();
    await person.photograph('6-denied');
    await person.dismiss(toast);
  });

  it('signs in after the approval with an API key that does not expire', async () => {
    const { person } = scene;
    await signedInByCode();
    const text = await person.readHover('7-hover');
    assert.match(text, /API key/u);
    assert.doesNotMatch(text, /expires/u);
    await person.identity().click();
    await person.quickPickRow('Rotate API Key').waitFor();
    await person.photograph('8-account-menu');
    await person.quickInput().press('Escape');
  });

  it('shows a rejected variable in the status bar and can ignore it', async () => {
    await signedInByCode();
    await scene.restart({ I99DASH_API_KEY: 'refused-by-the-backend' });
    const { person } = scene;
    await person.seesIcon('error');
    await person.seesIdentity('I99DASH_API_KEY');
    assert.equal(
      await person.identityBackground(),
      await person.themeColor('statusBarItem-errorBackground'),
    );
    assert.match(await person.readHover('9-refused-variable'), /Replace it, or unset it/u);
    await person.identity().click();
    await person.quickPickRow('Ignore It in This Window').waitFor();
    await person.photograph('10-refused-menu');
    await person.pick('Ignore It in This Window');
    await person.seesIdentity(WHO);
    await person.seesIcon('account');
  });
});
