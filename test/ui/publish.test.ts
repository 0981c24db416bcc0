import assert from 'node:assert/strict';
import { DEFAULT_ACCOUNT } from '../backend/server';
import { useScene } from './use-scene';

describe('a person publishes', () => {
  const scene = useScene({ album: 'ui/publish' });

  before(async () => {
    await scene.person.runCommand('i99dash: Sign In');
    await scene.person.pick('~/.ssh/id_ed25519');
    await scene.person.seesIdentity(DEFAULT_ACCOUNT.email ?? '');
  });

  it('from the button in the title of manifest.json, and can still say no', async () => {
    const { person, backend } = scene;
    await person.openFile('manifest.json');
    const button = person.editorButton('Publish Mini-App');
    await button.waitFor();
    await person.photograph('1-editor-button');
    const from = backend.requests.length;
    await button.click();
    const dialog = await person.seesDialog('Publish tyre-pressure 1.0.0?');
    const text = (await dialog.textContent()) ?? '';
    for (const part of ['production', backend.url, DEFAULT_ACCOUNT.email ?? '']) {
      assert.ok(text.includes(part), `${part} in ${text}`);
    }
    await person.photograph('2-confirm');
    await dialog.locator('.monaco-button', { hasText: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.equal(backend.requests.length, from);
  });

  it('to the review state', async () => {
    const { person, backend } = scene;
    await person.editorButton('Publish Mini-App').click();
    const dialog = await person.seesDialog('Publish tyre-pressure 1.0.0?');
    await dialog.locator('.monaco-button', { hasText: 'Publish' }).click();
    const toast = await person.seesNotification('tyre-pressure 1.0.0 was submitted');
    assert.match((await toast.textContent()) ?? '', /pending/u);
    await person.photograph('3-result');
    const app = backend.state.apps.find('tyre-pressure');
    assert.equal(app?.submissions.length, 1);
    await person.page.keyboard.press('Escape');
  });

  it('finds the command in the explorer too, on the manifest and nowhere else', async () => {
    const { person } = scene;
    const explorer = person.page.locator('.explorer-folders-view');
    const entry = person.page.locator('.monaco-menu .action-item', { hasText: 'Publish Mini-App' });
    await explorer
      .locator('.monaco-list-row', { hasText: 'manifest.json' })
      .click({ button: 'right' });
    await entry.waitFor();
    await person.photograph('4-explorer');
    await person.page.keyboard.press('Escape');
    await explorer
      .locator('.monaco-list-row', { hasText: 'sdk.config.json' })
      .click({ button: 'right' });
    await person.page
      .locator('.monaco-menu .action-item', { hasText: 'Open to the Side' })
      .waitFor();
    assert.equal(await entry.count(), 0);
    await person.page.keyboard.press('Escape');
  });

  it('cancels an upload half-way: nothing is submitted', async () => {
    const { person, backend } = scene;
    backend.faults.inject({
      match: { method: 'PUT' },
      fault: { kind: 'hang', when: 'before' },
      times: 1,
    });
    await person.editorButton('Publish Mini-App').click();
    const dialog = await person.seesDialog('Publish tyre-pressure 1.0.0?');
    await dialog.locator('.monaco-button', { hasText: 'Publish' }).click();
    const toast = await person.seesNotification('Uploading');
    await person.photograph('5-uploading');
    await person.pressIn(toast, 'Cancel');
    await toast.waitFor({ state: 'detached' });
    assert.equal(backend.state.apps.find('tyre-pressure')?.submissions.length, 1);
    assert.equal(await person.page.locator('.monaco-dialog-box').count(), 0);
  });
});
