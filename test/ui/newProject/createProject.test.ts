import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { writeFiles } from '../../support/project';
import { AppsView } from '../apps-view';
import { photographEverywhere, photographInAllSizes } from '../screens';
import { signedIn, signedOut } from '../states';
import { useScene } from '../use-scene';

const NEW = 'New Project…';
const FILES = { 'notes.txt': 'mine', 'drafts/notes.txt': 'mine' };

describe('creating a project in the UI', () => {
  const scene = useScene({
    album: 'ui/new-project',
    viewport: { width: 1280, height: 800 },
    miniApps: [],
    furnish: (workspace) => writeFiles(workspace, FILES),
  });
  let view: AppsView;

  beforeEach(() => {
    view = new AppsView(scene.person);
  });

  const path = (...names: string[]): string => join(scene.workspace, ...names);
  const title = (text: string): Locator =>
    scene.person.page.locator('.quick-input-title', { hasText: text });
  const says = (text: string): Promise<void> =>
    scene.person.page.locator('.quick-input-message', { hasText: text }).waitFor();

  /** Removes the projects that other tests have created. */
  async function removeProjects(): Promise<void> {
    const names = readdirSync(scene.workspace).filter(
      (name) => !/^(?:notes\.txt|drafts)$/u.test(name),
    );
    if (names.length === 0) return;
    await scene.person.runCommand('View: Close All Editors');
    for (const name of names) {
      await rm(path(name), { recursive: true, force: true });
    }
  }

  /** Answers the question for the kind. */
  async function choosesKind(kind: string): Promise<void> {
    await title('New Project').waitFor();
    await scene.person.pick(kind);
  }

  /** Answers the question for the category. */
  async function choosesCategory(numbered: string): Promise<void> {
    await title(`New Mini-App (${numbered}): Category`).waitFor();
    await scene.person.pick('Vehicle');
  }

  /** Waits until the manifest is open, and checks that the Problems panel has nothing to show. */
  async function seesNoProblems(manifest: string): Promise<void> {
    const { page } = scene.person;
    await page.locator('.tab', { hasText: manifest }).first().waitFor();
    await page.locator('.codelens-decoration a', { hasText: 'Publish' }).waitFor();
    await scene.person.runCommand('Problems: Focus on Problems View');
    await page.locator('.markers-panel', { hasText: 'No problems have been detected' }).waitFor();
  }

  /** Presses a button of a message and waits for the result of the dry run. */
  async function runsDry(toast: Locator): Promise<void> {
    await scene.person.pressIn(toast, 'Dry Run');
    await scene.person.dismiss(
      await scene.person.seesNotification(/trip-log 1\.0\.0 would be sent: 5 files/u),
    );
  }

  it('starts from the welcome view, and offers a free folder', async () => {
    const { person } = scene;
    await removeProjects();
    await signedOut(scene);
    await writeFiles(path('fuel-log'), { 'notes.txt': 'mine' });
    await view.open();
    const welcome = await view.seesWelcome('This workspace has no mini-app yet.');
    await photographEverywhere(person, '9-welcome');
    await welcome.locator('.monaco-button', { hasText: NEW }).click();
    await choosesKind('Mini-App');
    await person.answer('Fuel Log');
    await title('New Mini-App (2/3): Folder').waitFor();
    await person.pick('fuel-log-2');
    await choosesCategory('3/3');
    const toast = await person.seesNotification('Fuel Log was created in');
    await person.dismiss(toast);
    await seesNoProblems('manifest.json');
    assert.deepEqual(readdirSync(path('fuel-log')), ['notes.txt']);
  });

  it('asks for kind, name, folder and category of a mini-app, which has no problems', async () => {
    const { person } = scene;
    await signedIn(scene);
    await person.runCommand(`i99dash: ${NEW}`);
    await title('New Project').waitFor();
    await person.promptIsFocused();
    await photographInAllSizes(person, '1-kind');
    await choosesKind('Mini-App');
    await title('New Mini-App (1/3): Name').waitFor();
    for (const [name, objection] of [
      ['سجل', 'No ID can be made of this name.'],
      ['🚗', 'No ID can be made of this name.'],
      ['x'.repeat(61), 'A name has at most 60 characters.'],
      [' ', 'Enter a name.'],
    ] as const) {
      await person.typeIntoPrompt(name);
      await says(objection);
    }
    await person.typeIntoPrompt('سجل');
    await says('No ID can be made of this name.');
    await person.photograph('2-name-refused');
    await person.page.keyboard.press('Enter');
    await person.typeIntoPrompt('Trip Log');
    await says('ID: trip-log. You can change it in manifest.json until you publish.');
    await person.photograph('3-name');
    await person.page.keyboard.press('Enter');
    await title('New Mini-App (2/3): Folder').waitFor();
    await person.focusedRow('trip-log').waitFor();
    await person.photograph('4-folder');
    await person.pick('trip-log');
    await title('New Mini-App (3/3): Category').waitFor();
    await person.photograph('5-category');
    await choosesCategory('3/3');
    const toast = await person.seesNotification('Trip Log was created in');
    await person.photograph('6-created');
    await runsDry(toast);
    await seesNoProblems('manifest.json');
    await photographEverywhere(person, '7-project');
    assert.deepEqual(readdirSync(path('trip-log')).sort(), [
      ...['.gitignore', 'README.md', 'manifest.json', 'sdk.config.json', 'src'],
    ]);
    await view.open();
    await view.seesRow(/^Trip Log/u);
  });

  it('publishes a new theme by its CodeLens', async () => {
    const { person, backend } = scene;
    await signedIn(scene);
    await person.runCommand(`i99dash: ${NEW}`);
    await choosesKind('Theme');
    await title('New Theme (1/2): Name').waitFor();
    await person.answer('Night Drive');
    await title('New Theme (2/2): Folder').waitFor();
    await person.pick('night-drive');
    const toast = await person.seesNotification('Night Drive was created in');
    await person.pressIn(toast, 'Preview Theme');
    const preview = person.page.frameLocator('iframe.webview').frameLocator('#active-frame');
    await preview.locator('h1', { hasText: 'Night Drive' }).waitFor();
    await person.photographInBothThemes('8-theme');
    await seesNoProblems('theme.json');
    await person.page.locator('.codelens-decoration a', { hasText: 'Publish' }).click();
    await person.answerDialog('Publish night-drive 1.0.0?', 'Publish');
    await person.dismiss(
      await person.seesNotification('night-drive 1.0.0 was submitted for review.'),
    );
    assert.equal(backend.state.themes.find('night-drive')?.submissions.length, 1);
    await person.runCommand('View: Close All Editors');
  });

  it('starts from a folder in the explorer, and goes below one that is not empty', async () => {
    const { person } = scene;
    const { page } = person;
    const explorer = page.locator('.explorer-folders-view');
    if (!(await explorer.isVisible())) {
      await page.locator('.activitybar a[aria-label^="Explorer"]').click();
    }
    await view.choose(explorer.locator('.monaco-list-row', { hasText: 'drafts' }).first(), NEW);
    await choosesKind('Mini-App');
    await title('New Mini-App (1/2): Name').waitFor();
    await person.answer('Tire Log');
    await choosesCategory('2/2');
    await person.dismiss(await person.seesNotification('Tire Log was created in'));
    assert.ok(existsSync(path('drafts/tire-log/manifest.json')));
    assert.equal(readFileSync(path('drafts/notes.txt'), 'utf8'), 'mine');
  });

  it('starts from New File, and keeps the answers if the folder is filled meanwhile', async () => {
    const { person } = scene;
    await person.runCommand('Create: New File...');
    await person.pick(NEW);
    await choosesKind('Mini-App');
    await person.answer('Road Log');
    await title('New Mini-App (2/3): Folder').waitFor();
    await person.pick('road-log');
    await title('New Mini-App (3/3): Category').waitFor();
    await writeFiles(path('road-log'), { 'notes.txt': 'mine' });
    await choosesCategory('3/3');
    const toast = await person.seesNotification('is not an empty folder, and nothing was changed.');
    await person.photograph('10-filled');
    await person.pressIn(toast, 'Select Another Folder…');
    await title('New Mini-App: Folder').waitFor();
    await person.pick('road-log-2');
    await person.dismiss(await person.seesNotification('Road Log was created in'));
    assert.deepEqual(readdirSync(path('road-log')), ['notes.txt']);
  });

  it('makes a page that runs without a host and shows the context of one', async () => {
    const { person } = scene;
    await person.runCommand(`i99dash: ${NEW}`);
    await choosesKind('Mini-App');
    await person.answer('Car Log');
    await person.pick('car-log');
    await choosesCategory('3/3');
    await person.dismiss(await person.seesNotification('Car Log was created in'));
    const address = pathToFileURL(path('car-log/src/index.html')).href;
    const page = await person.page.context().newPage();
    try {
      await showsPage(page, address, { name: 'none', script: '' });
      await page.getByText('This page runs without a host').waitFor();
      const host = 'window.i99dash = { context: { locale: "ar-SA", car: "Leopard 8" } };';
      await showsPage(page, address, { name: 'host', script: host });
      await page.locator('html[lang=ar][dir=rtl]').waitFor();
      await page.locator('dd', { hasText: 'Leopard 8' }).waitFor();
      const failing = 'window.i99dash = { getContext: () => Promise.reject(new Error("no")) };';
      await showsPage(page, address, { name: 'failing', script: failing });
      await page.getByText('The host did not answer.').waitFor();
    } finally {
      await page.close();
    }
  });

  /** Loads the page with a host that a script sets up, and photographs it. */
  async function showsPage(
    page: Page,
    address: string,
    { name, script }: { name: string; script: string },
  ): Promise<void> {
    await page.addInitScript(script);
    await page.goto(address);
    await page.locator('h1', { hasText: 'Car Log' }).waitFor();
    await page.locator('#status:not(:empty)').waitFor();
    await page.screenshot({ path: join('out/ui/new-project', `11-page-${name}.png`) });
  }
});
