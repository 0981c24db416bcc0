import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { signedIn } from '../states';
import { useScene } from '../use-scene';

const WORKFLOW = '.github/workflows/i99dash-publish.yml';

describe('setting up publishing from CI', () => {
  const scene = useScene({ album: 'ui/ci', viewport: { width: 1400, height: 900 } });

  before(() => {
    execFileSync('git', ['init', '-q', scene.workspace]);
    const remote = ['remote', 'add', 'origin', 'git@github.com:acme/tyre-pressure.git'];
    execFileSync('git', ['-C', scene.workspace, ...remote]);
  });

  async function asksToSetUp(): Promise<Locator> {
    const { person } = scene;
    await signedIn(scene);
    await person.runCommand('i99dash: Set Up CI Publishing');
    return person.seesDialog('Set up CI publishing for acme/tyre-pressure on github.com?');
  }

  /**
   * Sets up a key and leaves the workflow open and unsaved.
   * @returns the notification about the clipboard
   */
  async function setsUp(): Promise<Locator> {
    const { person } = scene;
    const dialog = await asksToSetUp();
    await dialog.locator('.monaco-button', { hasText: 'Set Up' }).click();
    return person.seesNotification('on the clipboard for 90 seconds');
  }

  it('explains what will happen', async () => {
    const { person } = scene;
    const dialog = await asksToSetUp();
    await person.photograph('1-question');
    await dialog.locator('.monaco-button', { hasText: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
  });

  it('copies the private half to the clipboard and writes it to no file', async () => {
    const { person, root } = scene;
    const toast = await setsUp();
    const secret = await person.clipboard();
    assert.match(secret, /^-----BEGIN OPENSSH PRIVATE KEY-----\n/u);
    const lines = secret.split('\n').slice(2, 5);
    const files = readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));
    assert.ok(files.length > 100);
    const found = files.filter((file) => {
      const content = readFileSync(file);
      return lines.some(
        (line) => content.includes(line) || content.includes(Buffer.from(line, 'utf16le')),
      );
    });
    assert.deepEqual(found, []);
    await person.dismiss(toast);
    // The workflow stays unsaved, because another one would get another name.
    const tab = person.page.locator('.tab', { hasText: 'i99dash-publish.yml' });
    await tab.waitFor();
    await person.runCommand('View: Revert and Close Editor');
    await tab.waitFor({ state: 'detached' });
  });

  it('opens the workflow for review, and the user saves it', async () => {
    const { person, workspace } = scene;
    const toast = await setsUp();
    const editor = person.page.locator('.editor-instance .monaco-editor').first();
    await editor.locator('.view-line', { hasText: 'Publishes the mini-app' }).first().waitFor();
    await person.photograph('2-workflow');
    assert.equal(existsSync(join(workspace, WORKFLOW)), false);
    await editor.locator('.view-lines').click();
    await person.page.keyboard.press('Control+S');
    await person.page.locator('.tab:not(.dirty)', { hasText: 'i99dash-publish.yml' }).waitFor();
    assert.match(readFileSync(join(workspace, WORKFLOW), 'utf8'), /i99dash@7 login --key/u);
    await person.dismiss(toast);
  });
});
