import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { writeFiles } from '../../support/project';
import { AppsView } from '../apps-view';
import { photographEverywhere } from '../screens';
import { signedIn, signedOut } from '../states';
import { useScene } from '../use-scene';

const MAKE = 'Make This Folder a Mini-App…';
const PAGE = '<!doctype html><title>Trip Log</title>';
const FILES = {
  'package.json': JSON.stringify({ scripts: { build: 'vite build' } }),
  'index.html': PAGE,
  'src/main.ts': 'export {};\n',
  'lone/manifest.json': '{}\n',
  'lone/index.html': PAGE,
};

describe('making a folder a mini-app in the UI', () => {
  const scene = useScene({
    album: 'ui/make-mini-app',
    viewport: { width: 1280, height: 800 },
    miniApps: [],
    furnish: (workspace) => writeFiles(workspace, FILES),
  });
  let view: AppsView;

  beforeEach(() => {
    view = new AppsView(scene.person);
  });

  const path = (name: string): string => join(scene.workspace, name);
  const readJson = (name: string): unknown => JSON.parse(readFileSync(path(name), 'utf8'));

  /** Resets the workspace to a web project without a mini-app. */
  async function isForeign(): Promise<void> {
    for (const name of ['manifest.json', 'sdk.config.json', 'public', 'lone/sdk.config.json']) {
      await rm(path(name), { recursive: true, force: true });
    }
    await writeFiles(scene.workspace, FILES);
  }

  /** Answers both prompts with the keyboard. */
  async function answersBoth(name: string, category: string): Promise<void> {
    const { page } = scene.person;
    const { keyboard } = page;
    const question = (text: string): Locator =>
      page.locator('.quick-input-title', { hasText: text });
    const says = (text: string): Promise<void> =>
      page.locator('.quick-input-message', { hasText: text }).waitFor();
    await question('Make a Mini-App (1/2): Name').waitFor();
    await keyboard.press('Control+A');
    await keyboard.press('Delete');
    await says('Enter a name.');
    await keyboard.type(name);
    await says('ID: trip-log');
    await scene.person.photograph('1-name');
    await keyboard.press('Enter');
    await question('Make a Mini-App (2/2): Category').waitFor();
    await keyboard.type(category);
    await page
      .locator('.quick-input-list .monaco-list-row.focused', { hasText: category })
      .waitFor();
    await scene.person.photograph('2-category');
    await keyboard.press('Enter');
  }

  /** Opens the context menu of a row in the explorer and picks an entry. */
  async function picksInExplorer(row: string, entry: string): Promise<void> {
    const { page } = scene.person;
    const explorer = page.locator('.explorer-folders-view');
    if (!(await explorer.isVisible())) {
      await page.locator('.activitybar a[aria-label^="Explorer"]').click();
    }
    await view.choose(explorer.locator('.monaco-list-row', { hasText: row }).first(), entry);
  }

  it('starts from the message that there is no mini-app', async () => {
    const { person } = scene;
    await isForeign();
    await person.runCommand('i99dash: Validate Mini-App');
    const toast = await person.seesNotification(
      'No project found. Open a folder with a manifest.json or theme.json, or create one.',
    );
    await person.photograph('0-message');
    await person.pressIn(toast, MAKE);
    await person.page.locator('.quick-input-title', { hasText: 'Make a Mini-App' }).waitFor();
    await person.page.keyboard.press('Escape');
    assert.equal(existsSync(path('manifest.json')), false);
  });

  it('starts from the welcome view, asks twice, and takes the build from package.json', async () => {
    const { person } = scene;
    await isForeign();
    await signedOut(scene);
    await view.open();
    const welcome = await view.seesWelcome('This workspace has no mini-app yet.');
    const page = person.page;
    assert.equal(
      await page.locator('.welcome-view .monaco-button', { hasText: 'Sign In' }).count(),
      1,
    );
    await page.locator('.welcome-view', { hasText: 'Generate SSH Key' }).waitFor();
    await photographEverywhere(person, 'welcome');
    await welcome.locator('.monaco-button', { hasText: MAKE }).click();
    await answersBoth('Trip Log', 'Vehicle');
    const toast = await person.seesNotification(
      'workspace is a mini-app now. Publishing runs npm run build and sends ./dist.',
    );
    await page.locator('.tab.active', { hasText: 'manifest.json' }).waitFor();
    assert.deepEqual(readJson('manifest.json'), {
      ...{ id: 'trip-log', name: { en: 'Trip Log' }, icon: './icon.svg' },
      ...{ url: 'https://miniapps.i99dash.app/trip-log/', version: '1.0.0', category: 'vehicle' },
    });
    assert.deepEqual(readJson('sdk.config.json'), {
      ...{ appRoot: './src', distDir: './dist', buildCommand: 'npm run build' },
    });
    assert.match(readFileSync(path('public/icon.svg'), 'utf8'), /^<svg/u);
    await person.editorButton('Publish Mini-App').waitFor();
    await view
      .pane()
      .locator('.welcome-view', { hasText: 'no mini-app' })
      .waitFor({ state: 'hidden' });
    await person.photograph('3-made');
    await person.dismiss(toast);
  });

  it('starts from the explorer, and one quick fix completes an empty manifest', async () => {
    const { person } = scene;
    const { page } = person;
    await isForeign();
    await picksInExplorer('lone', MAKE);
    const toast = await person.seesNotification('lone is a mini-app now, but its manifest.json');
    await person.photograph('4-lone');
    await person.dismiss(toast);
    assert.equal(readFileSync(path('lone/manifest.json'), 'utf8'), '{}\n');
    const editor = page.locator('.editor-instance .monaco-editor').first();
    await editor.locator('.squiggly-error').first().waitFor();
    await editor.locator('.view-line').first().click();
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.type('"');
    const field = page.locator('.suggest-widget.visible .monaco-list-row', { hasText: 'id' });
    await person.pressUntilShown('Control+Space', field.first());
    await person.photograph('5-completion');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+Z');
    await editor.locator('.squiggly-error').first().waitFor();
    await page.keyboard.press('Control+Home');
    const fix = page.locator('.action-widget .monaco-list-row', {
      hasText: 'Add all required fields',
    });
    await person.pressUntilShown('Control+.', fix);
    await person.photograph('6-fix');
    await fix.click();
    await editor.locator('.view-line', { hasText: '"category": "other"' }).waitFor();
    await editor.locator('.squiggly-error').first().waitFor({ state: 'detached' });
    await page.keyboard.press('Control+S');
    await page.locator('.tab.active:not(.dirty)', { hasText: 'manifest.json' }).waitFor();
    await person.photograph('7-fixed');
  });

  it('keeps a mini-app with an invalid manifest in the view', async () => {
    const { person } = scene;
    await isForeign();
    await writeFiles(scene.workspace, {
      'lone/sdk.config.json': '{}',
      'lone/manifest.json': '{ "id": ',
    });
    await signedIn(scene);
    await view.open();
    await view.seesRow(/^lone, broken manifest\.json/u);
    await person.photograph('8-broken');
  });
});
