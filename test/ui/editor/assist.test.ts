import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { placeholderIcon } from '../../../src/core/publish/project/placeholderIcon';
import { useScene } from '../use-scene';

describe('editing a manifest', () => {
  const scene = useScene({ album: 'ui/assist' });
  const manifest = (): string => join(scene.workspace, 'manifest.json');
  const suggestion = (text: string): Locator =>
    scene.person.page.locator('.suggest-widget.visible .monaco-list-row', { hasText: text });
  const inEditor = (text: string): Locator =>
    scene.person.page.locator('.view-line span span', { hasText: text }).first();

  before(async () => {
    const text = await readFile(manifest(), 'utf8');
    const changed = text.replace('"./icon.png"', '"./logo.svg"').replace('"tags"', '"tag"');
    await writeFile(manifest(), changed);
    const icon = placeholderIcon('Tyre Pressure', 'tyre-pressure');
    await writeFile(join(scene.workspace, 'src', 'logo.svg'), icon);
  });

  beforeEach(() => scene.person.openFile('manifest.json'));

  it('completes fields and pictures while typing', async () => {
    const { person } = scene;
    const { keyboard } = person.page;
    await inEditor('"permissions"').click();
    await keyboard.press('End');
    await keyboard.press('Enter');
    await keyboard.type('"');
    await suggestion('screenshots').waitFor();
    await suggestion('tags').waitFor();
    await keyboard.type('scr');
    await suggestion('tags').waitFor({ state: 'hidden' });
    await keyboard.press('Control+Space');
    await person.photograph('1-fields');
    await keyboard.press('Enter');
    await suggestion('./cover.png').waitFor();
    await person.photograph('2-pictures');
    await keyboard.type('./co');
    await suggestion('./logo.svg').waitFor({ state: 'hidden' });
    await keyboard.press('Enter');
    await person.page.locator('.view-line', { hasText: /screenshots.*cover\.png/u }).waitFor();
    await keyboard.press('Control+A');
    await keyboard.press('Control+C');
    const text = await person.clipboard();
    await keyboard.press('ArrowRight');
    assert.ok(
      text.endsWith(
        '"permissions": ["vehicle.tyres.read"],\n  "screenshots": ["./cover.png"]\n}\n',
      ),
      text,
    );
  });

  it('shows the description of a field and the picture it names on hover', async () => {
    const { person } = scene;
    const hover = person.page.locator('.monaco-hover:not(.hidden)');
    const told = hover.filter({ hasText: 'while the car moves' });
    await person.seesHover(inEditor('"safeWhileDriving"'), told);
    await person.photograph('3-field');
    await person.page.mouse.move(5, 5);
    await person.seesHover(inEditor('./logo.svg'), hover.locator('img'));
    await person.photograph('4-picture');
    const width = await person.page.evaluate<number>(
      `document.querySelector('.monaco-hover:not(.hidden) img').naturalWidth`,
    );
    assert.equal(width, 256, 'the picture is shown');
    await person.page.mouse.move(5, 5);
  });

  it('fixes a misspelt field by a keyboard shortcut, and undo reverts it', async () => {
    const { person } = scene;
    const { keyboard } = person.page;
    await inEditor('"tag"').click();
    // VS Code closes the menu when the problems change.
    await person.page.locator('.squiggly-warning').first().waitFor();
    const menu = person.page.locator('.action-widget');
    const fix = menu.locator('.monaco-list-row.focused', { hasText: 'Rename "tag" to "tags"' });
    await person.pressUntilShown('Control+.', fix);
    await person.photograph('5-fixes');
    await keyboard.press('Enter');
    await inEditor('"tags"').waitFor();
    await keyboard.press('Control+Z');
    await inEditor('"tag"').waitFor();
    await inEditor('"tags"').waitFor({ state: 'detached' });
  });
});
