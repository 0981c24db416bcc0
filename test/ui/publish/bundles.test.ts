import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { untar } from '../../support/untar';
import { signedIn } from '../states';
import { useScene } from '../use-scene';

describe('bundles in the UI', () => {
  const scene = useScene({ album: 'ui/bundles', miniApps: ['tyre-pressure', 'parking-note'] });

  it('are built and saved from the menu of the editor', async () => {
    const { person } = scene;
    await person.openFile('tyre-pressure/manifest.json');
    await person.runCommand('i99dash: Build and Save Bundle…');
    await person.quickInput().waitFor();
    await person.promptIsFocused();
    assert.match(await person.quickInput().inputValue(), /tyre-pressure-1\.0\.0\.tar\.gz$/u);
    await person.photograph('1-where');
    await person.page.keyboard.press('Enter');
    const toast = await person.seesNotification('The bundle is saved as');
    await person.photograph('2-saved');
    const path = join(scene.workspace, 'tyre-pressure-1.0.0.tar.gz');
    const entries = await untar(await readFile(path));
    assert.ok(entries.some(({ name }) => name === './manifest.json'));
    await person.dismiss(toast);
  });

  it('are published from a built folder after the question', async () => {
    const { person, backend } = scene;
    await signedIn(scene);
    await person.runCommand('i99dash: Publish a Built Folder…');
    await person.typeIntoPrompt(join(scene.workspace, 'tyre-pressure/src'));
    await person.photograph('3-folder');
    const accept = person.page.locator('.quick-input-widget:visible .monaco-button');
    await accept.filter({ hasText: /^(?:Publish|OK)$/u }).click();
    const dialog = await person.seesDialog('Publish tyre-pressure 1.0.0?');
    assert.match((await dialog.textContent()) ?? '', /Built folder: .*tyre-pressure\/src/u);
    await person.answerDialog('Publish tyre-pressure 1.0.0?', 'Publish', '4-question');
    const toast = await person.seesNotification('tyre-pressure 1.0.0 was submitted for review.');
    assert.equal(backend.state.apps.find('tyre-pressure')?.submissions.length, 1);
    await person.dismiss(toast);
  });
});
