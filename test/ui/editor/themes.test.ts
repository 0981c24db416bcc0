import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { FrameLocator, Locator } from 'playwright-core';
import { repositoryRoot } from '../../host/paths';
import { AppsView } from '../apps-view';
import { signedIn } from '../states';
import { useScene } from '../use-scene';

const NIGHT_DRIVE = join(repositoryRoot, 'test/fixtures/themes/night-drive');

describe('editing a theme', () => {
  const scene = useScene({
    album: 'ui/themes',
    miniApps: [],
    furnish: (workspace) => cp(NIGHT_DRIVE, workspace, { recursive: true }),
    viewport: { width: 1600, height: 1000 },
  });

  /** The page in the preview. */
  const preview = (): FrameLocator =>
    scene.person.page.frameLocator('iframe.webview').frameLocator('#active-frame');

  /** A custom property of the page. */
  const property = (name: string): Promise<string> =>
    preview()
      .locator('html')
      .evaluate(
        (element: { style: { getPropertyValue(name: string): string } }, asked: string) =>
          element.style.getPropertyValue(asked),
        name,
      );

  it('shows each color, and lets the user pick one', async () => {
    const { person } = scene;
    await person.openFile('theme.json');
    const swatches = person.page.locator('.colorpicker-color-decoration');
    await swatches.nth(11).waitFor();
    await person.photograph('1-colors');
    await swatches.first().click();
    await person.page.locator('.colorpicker-widget').waitFor();
    await person.photograph('2-picker');
    await person.page.keyboard.press('Escape');
    await person.page.locator('.colorpicker-widget').waitFor({ state: 'hidden' });
  });

  it('draws the theme beside it, and follows the typing', async () => {
    const { person } = scene;
    await person.openFile('theme.json');
    await person.editorButton('Preview Theme').click();
    await preview().locator('h1', { hasText: 'Night Drive' }).waitFor();
    assert.equal(await property('--accent'), '#4DA3FF');
    assert.equal(await property('--surfaceLow'), '#121821CC', 'the alpha is last in CSS');
    assert.equal(await property('--cardRadius'), '20px');
    const accent = preview().getByRole('button', { name: /accent/u });
    assert.match(await accent.innerText(), /contrast 5\.\d:1/u);
    await person.photograph('3-preview');
    await accent.click();
    await person.page.locator('.editor-instance .monaco-editor.focused').waitFor();
    await person.page.keyboard.type('#2A3038');
    await accent.filter({ hasText: 'too low' }).waitFor();
    assert.equal(await property('--accent'), '#2A3038');
    await person.photograph('4-live');
    await person.page.keyboard.press('End');
    await person.page.keyboard.type('{');
    await preview().getByRole('status').filter({ hasText: 'not valid JSON' }).waitFor();
    await person.runCommand('File: Revert File');
    await accent.filter({ hasText: '#4DA3FF' }).waitFor();
    await preview().getByRole('status').waitFor({ state: 'hidden' });
  });

  it('shows the dark wallpaper by the keyboard', async () => {
    const { person } = scene;
    const toggle = preview().getByRole('switch', { name: 'Dark wallpaper' });
    const screen = preview().getByRole('region', { name: 'Home screen' });
    const picture = (): Promise<string> =>
      screen.evaluate(
        (element: { style: { backgroundImage: string } }) => element.style.backgroundImage,
      );
    assert.match(await picture(), /pictures\/home\.svg/u);
    await toggle.focus();
    await person.page.keyboard.press('Space');
    await preview().locator('[role=switch][aria-checked=true]').waitFor();
    assert.match(await picture(), /pictures\/home-dark\.svg/u);
    await person.page.keyboard.press('Tab');
    const focused = preview().locator('button:focus');
    assert.match(await focused.innerText(), /background/u, 'the colors come next');
    await person.photographInBothThemes('5-preview');
  });

  it('is published by its CodeLens', async () => {
    await signedIn(scene);
    const { person, backend } = scene;
    await person.page.locator('.codelens-decoration a', { hasText: 'Publish' }).click();
    const dialog = await person.seesDialog('Publish night-drive 1.0.0?');
    assert.match((await dialog.textContent()) ?? '', /Kind: theme/u);
    await person.photograph('6-confirm');
    await dialog.locator('.monaco-button', { hasText: 'Publish' }).click();
    const toast = await person.seesNotification('night-drive 1.0.0 was submitted for review.');
    await person.photograph('7-published');
    assert.equal(backend.state.themes.find('night-drive')?.submissions.length, 1);
    await person.dismiss(toast);
  });

  it('goes by clicks from a picked color over the preview to the published theme', async () => {
    await signedIn(scene);
    const { person, backend } = scene;
    const themes = (): unknown[] => backend.state.themes.find('night-drive')?.submissions ?? [];
    const before = themes().length;
    await person.openFile('theme.json');
    await person.editorButton('Preview Theme').click();
    await preview().locator('h1', { hasText: 'Night Drive' }).waitFor();
    const line = person.page.locator('.view-line', { hasText: '"accent"' });
    await line.locator('.colorpicker-color-decoration').click();
    const box = person.page.locator('.colorpicker-widget .saturation-box');
    await box.click({ position: { x: 100, y: 10 } });
    await person.page.keyboard.press('Escape');
    await person.page.locator('.colorpicker-widget').waitFor({ state: 'hidden' });
    const accent = preview().getByRole('button', { name: /accent/u });
    await accent.filter({ hasNotText: '#4DA3FF' }).waitFor();
    const picked = await property('--accent');
    await line.filter({ hasText: picked }).waitFor();
    await person.photographInThemes('8-picked');
    await person.editorButton('Publish Theme').click();
    await person.answerDialog('theme.json of', 'Save and Continue');
    const dialog = await person.seesDialog('Publish night-drive 1.0.0?');
    assert.match((await dialog.textContent()) ?? '', /Kind: theme/u);
    await person.photographInThemes('9-confirm');
    await dialog.locator('.monaco-button', { hasText: 'Publish' }).click();
    const toast = await person.seesNotification('night-drive 1.0.0 was submitted for review.');
    await toast.locator('.monaco-button', { hasText: 'Open in Web Console' }).waitFor();
    await person.photographInThemes('10-published');
    assert.equal(themes().length, before + 1);
    const { spec } = backend.state.themes.find('night-drive')?.manifest ?? {};
    const { colors } = spec as { colors: Record<string, string> };
    assert.equal(colors['accent'], picked);
    await person.dismiss(toast);
  });

  it('has a row in the Apps view with what was last submitted from here', async () => {
    await signedIn(scene);
    const { person } = scene;
    const view = new AppsView(person);
    await view.open();
    const row = await view.seesRow(/^Night Drive, 1\.0\.0, theme/u);
    await view.press(row, 'Publish');
    const dialog = await person.seesDialog('Publish night-drive 1.0.0?');
    await dialog.locator('.monaco-button', { hasText: 'Publish' }).click();
    const toast = await person.seesNotification('night-drive 1.0.0 was submitted for review.');
    await person.dismiss(toast);
    await row.locator('.monaco-tl-twistie').click();
    await view.seesRow(/^Last submitted from this computer/u);
    await row.hover();
    await person.photographInThemes('11-apps');
    await view.choose(row, 'Preview Theme');
    await preview().locator('h1', { hasText: 'Night Drive' }).waitFor();
  });

  it('has its commands in the explorer, and none of mini-apps', async () => {
    const { person } = scene;
    const entry = (title: string): Locator =>
      person.page.locator('.monaco-menu .action-item', { hasText: title });
    await person.runCommand('View: Show Explorer');
    await person.page
      .locator('.explorer-folders-view .monaco-list-row', { hasText: 'theme.json' })
      .click({ button: 'right' });
    for (const title of ['Preview Theme', 'Publish Theme', 'Dry Run']) await entry(title).waitFor();
    assert.equal(await entry('Mini-App').count(), 0);
    assert.equal(await entry('Beta').count(), 0);
    await person.photograph('12-explorer');
    await person.page.keyboard.press('Escape');
  });

  it('can be read in high contrast', async () => {
    const { person } = scene;
    await person.runCommand('Preferences: Color Theme');
    await person.pick('Dark High Contrast');
    await person.page.locator('.monaco-workbench.hc-black').waitFor();
    await preview().locator('h1', { hasText: 'Night Drive' }).waitFor();
    await person.photograph('13-high-contrast');
  });
});
