import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_ACCOUNT, type Backend } from '../../backend/server';
import { addApp } from '../../support/apps';
import { findLeftovers } from '../known-screen';
import { signedIn } from '../states';
import { useScene } from '../use-scene';

describe('publishing', () => {
  const scene = useScene({ album: 'ui/publish' });

  const submissions = () => scene.backend.state.apps.find('tyre-pressure')?.submissions ?? [];

  beforeEach(() => signedIn(scene));

  async function readVersion(): Promise<string> {
    const text = await readFile(join(scene.workspace, 'manifest.json'), 'utf8');
    return (JSON.parse(text) as { version: string }).version;
  }

  /**
   * Submits the version of the manifest.
   * @returns that version
   */
  async function submitted(): Promise<string> {
    const version = await readVersion();
    if (submissions().at(-1)?.version !== version) {
      addApp(scene.backend.state, { appId: 'tyre-pressure', version });
    }
    return version;
  }

  it('starts from the button in the title of manifest.json and can be cancelled', async () => {
    const { person, backend } = scene;
    await person.openFile('manifest.json');
    const button = person.editorButton('Publish Mini-App');
    await button.waitFor();
    await person.photographInBothThemes('1-editor-button');
    const from = changes(backend).length;
    await button.click();
    const dialog = await person.seesDialog('Publish tyre-pressure 1.0.0?');
    const text = (await dialog.textContent()) ?? '';
    const parts = [
      'production',
      backend.url,
      DEFAULT_ACCOUNT.email ?? '',
      'Tyre Pressure',
      '6 files',
    ];
    for (const part of parts) {
      assert.ok(text.includes(part), `${part} in ${text}`);
    }
    await person.photographInBothThemes('2-confirm');
    await dialog.locator('.monaco-button', { hasText: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.equal(changes(backend).length, from);
  });

  it('publishes and shows the review state', async () => {
    const { person, backend } = scene;
    await person.openFile('manifest.json');
    await person.editorButton('Publish Mini-App').click();
    const dialog = await person.seesDialog('Publish tyre-pressure 1.0.0?');
    await dialog.locator('.monaco-button', { hasText: 'Publish' }).click();
    const toast = await person.seesNotification('tyre-pressure 1.0.0 was submitted for review.');
    await person.photographInBothThemes('3-result');
    const app = backend.state.apps.find('tyre-pressure');
    assert.equal(app?.submissions.length, 1);
    await person.pressIn(toast, 'Copy Bundle Hash');
    while ((await person.clipboard()) !== app.submissions[0]?.sha256) {
      await person.editorButton('Publish Mini-App').waitFor();
    }
  });

  it('publishes again from another file after a version bump', async () => {
    const { person, backend, workspace } = scene;
    await submitted();
    await person.openFile('src/style.css');
    await person.editorButton('Publish Mini-App').click();
    const dialog = await person.seesDialog('Publish tyre-pressure 1.0.0?');
    await person.photograph('4-bump');
    await dialog.locator('.monaco-button', { hasText: 'Bump and Publish' }).click();
    const toast = await person.seesNotification('tyre-pressure 1.0.1 was submitted');
    const manifest = await readFile(join(workspace, 'manifest.json'), 'utf8');
    assert.match(manifest, /"version": "1\.0\.1"/u);
    assert.equal(backend.state.apps.find('tyre-pressure')?.submissions.length, 2);
    await person.dismiss(toast);
  });

  it('offers to save unsaved files', async () => {
    const { person } = scene;
    await person.openFile('src/style.css');
    await person.page.locator('.editor-instance .view-lines').first().click();
    await person.page.keyboard.press('Control+Home');
    await person.page.keyboard.type('/* new */');
    await person.editorButton('Publish Mini-App').click();
    const dialog = await person.seesDialog('src/style.css');
    await person.photograph('5-unsaved');
    await dialog.locator('.monaco-button', { hasText: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    await person.page.keyboard.press('Control+Z');
    await person.runCommand('File: Revert File');
    await person.page.locator('.tab.active.dirty').waitFor({ state: 'detached' });
  });

  it('runs a dry run from the CodeLens of the manifest', async () => {
    const { person } = scene;
    await person.openFile('manifest.json');
    const lens = person.page.locator('.codelens-decoration a', { hasText: 'Dry Run' });
    await lens.waitFor();
    await person.photograph('6-codelens');
    await lens.click();
    const toast = await person.seesNotification(
      `tyre-pressure ${await readVersion()} would be sent: 6 files`,
    );
    await person.photograph('7-dry-run');
    await person.dismiss(toast);
  });

  it('opens the invalid line from one message', async () => {
    const { person, workspace } = scene;
    await person.openFile('manifest.json');
    const file = join(workspace, 'manifest.json');
    const before = await readFile(file, 'utf8');
    await writeFile(file, before.replace(/"category": "[a-z]+"/u, '"category": "nonsense"'));
    await person.page.locator('.view-line', { hasText: 'nonsense' }).waitFor();
    await person.page.locator('.codelens-decoration a', { hasText: 'Publish' }).click();
    const toast = await person.seesNotification('manifest.json');
    await person.photographInBothThemes('8-wrong');
    assert.equal((await findLeftovers(scene.workbench.context)).length, 1);
    assert.equal(await person.page.locator('.monaco-dialog-box').count(), 0);
    await person.pressIn(toast, 'Open File');
    const line = before.split('\n').findIndex((text) => text.includes('"category"')) + 1;
    await person.page.locator('.statusbar-item', { hasText: `Ln ${line},` }).waitFor();
    await writeFile(file, before);
    await person.page.locator('.view-line', { hasText: 'nonsense' }).waitFor({ state: 'detached' });
  });

  it('runs as a task with output in the terminal', async () => {
    const { person } = scene;
    await person.runCommand('Tasks: Run Task');
    await person.pick('i99dash');
    await person.quickPickRow('i99dash: dry run').waitFor();
    await person.photograph('9-tasks');
    await person.pick('i99dash: dry run');
    // The terminal's text is a canvas; the icon of its tab shows that the task succeeded.
    await person.page.locator('.single-terminal-tab .codicon-check').waitFor();
    await person.photograph('10-task');
    await person.runCommand('View: Toggle Terminal');
  });

  it('offers the command in the explorer on the manifest and nowhere else', async () => {
    const { person } = scene;
    const explorer = person.page.locator('.explorer-folders-view');
    const entry = person.page.locator('.monaco-menu .action-item', { hasText: 'Publish Mini-App' });
    await explorer
      .locator('.monaco-list-row', { hasText: 'manifest.json' })
      .click({ button: 'right' });
    await entry.waitFor();
    await person.photograph('11-explorer');
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

  it('cancels an upload half-way without submitting anything', async () => {
    const { person, backend } = scene;
    const version = await submitted();
    const before = submissions().length;
    await person.openFile('manifest.json');
    backend.faults.inject({
      match: { method: 'PUT' },
      fault: { kind: 'hang', when: 'before' },
      times: 1,
    });
    await person.editorButton('Publish Mini-App').click();
    const dialog = await person.seesDialog(`Publish tyre-pressure ${version}?`);
    await dialog.locator('.monaco-button', { hasText: 'Publish Anyway' }).click();
    const toast = await person.seesNotification('Uploading');
    await person.photograph('12-uploading');
    await person.pressIn(toast, 'Cancel');
    await toast.waitFor({ state: 'detached' });
    assert.equal(submissions().length, before);
    assert.equal(await person.page.locator('.monaco-dialog-box').count(), 0);
  });
});

/** Returns the requests that change state. */
function changes({ requests }: Backend): unknown[] {
  return requests.filter(({ method }) => method !== 'GET');
}
