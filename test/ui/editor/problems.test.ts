import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { useScene } from '../use-scene';

/** The changes of the manifest and the problem that each causes. */
const MISTAKES: readonly [from: string, to: string, problem: string][] = [
  ['"id": "tyre-pressure"', '"id": "Tyre Pressure"', '"id"'],
  ['["di5.0", "di5.1"]', '["di5.0", "di9"]', '"requires.dilink.1"'],
  ['"category": "vehicle"', '"category": "vehicles"', '"category"'],
  ['"tags": ["tyres"', '"tags": ["Tyres"', '"tags.0"'],
  ['https://miniapps.i99dash.app', 'http://miniapps.i99dash.app', '"url"'],
  ['"vehicle.tyres.read"', '""', '"permissions.0"'],
  ['"./icon.png"', '"icon.png"', '"icon"'],
  ['"./cover.png"', '"./../cover.png"', '"coverImage"'],
  ['"safeWhileDriving": true', '"safeWhileDriving": "sometimes"', '"safeWhileDriving"'],
  ['{\n', '{\n  "author": "nobody",\n', '"author"'],
];

describe('a mini-app with ten problems', () => {
  const scene = useScene({
    album: 'ui/problems',
    // High enough for the panel to show all of them.
    viewport: { width: 1280, height: 1100 },
  });
  let correct: string;
  const manifest = (): string => join(scene.workspace, 'manifest.json');
  /** Returns the badge with the number of problems in the explorer. */
  const badge = (): Locator =>
    scene.person.page
      .locator('.explorer-folders-view .monaco-list-row', { hasText: 'manifest.json' })
      .locator('[class*="monaco-decoration-itemBadge"]');
  const panel = (): Locator => scene.person.page.locator('.markers-panel');

  /**
   * Waits until the panel has this number of problems: it removes all rows before it renders them
   * again.
   */
  async function panelHas(count: number): Promise<void> {
    const icons = panel().locator('.monaco-list-row .marker-icon');
    // The icon of a focused row is hidden behind its light bulb.
    if (count > 0) await icons.nth(count - 1).waitFor({ state: 'attached' });
    await icons.nth(count).waitFor({ state: 'detached' });
  }

  /** Writes the manifest with its ten problems. */
  async function writeMistakes(): Promise<void> {
    let text = correct;
    for (const [from, to] of MISTAKES) {
      assert.ok(text.includes(from), from);
      text = text.replace(from, to);
    }
    await writeFile(manifest(), text);
  }

  /** Writes the manifest with its ten problems and shows it in the editor and the panel. */
  async function showsMistakes(): Promise<void> {
    const { person } = scene;
    await writeMistakes();
    await person.openFile('manifest.json');
    await person.runCommand('Problems: Focus on Problems View');
    for (const [, , problem] of MISTAKES) {
      await panel().locator('.monaco-list-row', { hasText: problem }).first().waitFor();
    }
  }

  before(async () => {
    correct = await readFile(manifest(), 'utf8');
  });

  it('shows its problems in the explorer before any file is open', async () => {
    await scene.quit();
    await writeMistakes();
    await scene.start();
    const { person } = scene;
    await badge().waitFor();
    const shown = await person.page.evaluate<string>(
      `getComputedStyle(document.querySelector('[class*="monaco-decoration-itemBadge"]'), '::after').content`,
    );
    assert.equal(shown, '"9"', 'the errors and warnings');
    assert.equal(await person.page.locator('.tab').count(), 0);
    await person.photographInBothThemes('1-start');
  });

  it('shows each problem in the panel and in the text', async () => {
    const { person } = scene;
    await showsMistakes();
    await panelHas(MISTAKES.length);
    await person.page.locator('.squiggly-error').first().waitFor();
    await person.photographInBothThemes('2-ten');
  });

  it('opens the position of a problem from the panel', async () => {
    const { person } = scene;
    const { page } = person;
    await showsMistakes();
    const row = panel().locator('.monaco-list-row', { hasText: '"category"' });
    const text = await readFile(manifest(), 'utf8');
    await row.dblclick();
    const line = text.split('\n').findIndex((each) => each.includes('"category"')) + 1;
    await page.locator('.statusbar-item', { hasText: `Ln ${line},` }).waitFor();
    const word = page.locator('.view-line span span', { hasText: '"vehicles"' }).first();
    const hover = page.locator('.monaco-hover:not(.hidden)', { hasText: 'must be one of' });
    await person.seesHover(word, hover);
    await person.photographInBothThemes('3-hover');
    await page.mouse.move(5, 5);
  });

  it('removes each problem as soon as it is fixed', async () => {
    const { person } = scene;
    await showsMistakes();
    let text = await readFile(manifest(), 'utf8');
    for (const [index, [from, to, problem]] of MISTAKES.entries()) {
      text = text.replace(to, from);
      await writeFile(manifest(), text);
      const row = panel().locator('.monaco-list-row', { hasText: problem });
      await row.first().waitFor({ state: 'detached' });
      await panelHas(MISTAKES.length - index - 1);
    }
    await badge().waitFor({ state: 'detached' });
    await person.page.locator('.squiggly-error').first().waitFor({ state: 'detached' });
  });

  it('shows problems of other files at their own position', async () => {
    const { person, workspace } = scene;
    await writeFile(manifest(), correct);
    await person.openFile('manifest.json');
    await person.runCommand('Problems: Focus on Problems View');
    const script = join(workspace, 'src', 'app.js');
    await writeFile(script, `${await readFile(script, 'utf8')}\nstructuredClone({});\n`);
    await rm(join(workspace, 'src', 'cover.png'));
    await writeFile(join(workspace, 'src', '.env'), 'A=1\n');
    for (const file of ['app.js', 'manifest.json', '.env']) {
      await panel().locator('.monaco-list-row .file-icon', { hasText: file }).waitFor();
    }
    await person.page.locator('.tab', { hasText: 'manifest.json' }).waitFor();
    await person.photographInBothThemes('4-files');
  });
});
