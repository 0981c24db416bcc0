import assert from 'node:assert/strict';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { placeholderIcon } from '../../../src/core/publish/project/placeholderIcon';
import { addApp } from '../../support/apps';
import type { Backend } from '../../backend/server';
import { AppsView } from '../apps-view';
import { signedIn } from '../states';
import { useScene } from '../use-scene';

const SUBMIT = '/api/v1/mini-apps/submit';
const MANIFEST = {
  id: 'front-end',
  name: { en: 'Front End' },
  icon: './icon.svg',
  url: 'https://miniapps.i99dash.app/front-end/',
  version: '1.0.0',
  category: 'other',
};

describe('publishing with obstacles', () => {
  const scene = useScene({
    album: 'ui/publish-obstacles',
    miniApps: ['tyre-pressure', 'charge-timer'],
    tokenLife: 900,
    furnish: async (workspace) => {
      const folder = join(workspace, 'front-end');
      await mkdir(join(folder, 'src'), { recursive: true });
      const scripts = { build: 'cp -r src dist' };
      await writeFile(join(folder, 'package.json'), JSON.stringify({ scripts }));
      await writeFile(join(folder, 'manifest.json'), JSON.stringify(MANIFEST, null, 2));
      await writeFile(join(folder, 'src', 'index.html'), '<h1>Front End</h1>');
      await writeFile(join(folder, 'src', 'icon.svg'), placeholderIcon('F', 'front-end'));
    },
  });

  beforeEach(() => signedIn(scene));

  const problemRow = (text: string) =>
    scene.person.page.locator('.markers-panel .monaco-list-row', { hasText: text }).first();

  const openManifest = (app: string) => scene.person.openFile(`${app}/manifest.json`);

  /** Removes the configuration of the front-end project. */
  async function isUnbuilt(): Promise<void> {
    await rm(join(scene.workspace, 'front-end', 'sdk.config.json'), { force: true });
    await rm(join(scene.workspace, 'front-end', 'dist'), { recursive: true, force: true });
    await openManifest('front-end');
    await scene.person.runCommand('i99dash: Validate Mini-App');
    await problemRow('no buildCommand is set').waitFor();
  }

  it('reports a missing build command, and sets it with a quick fix from the keyboard', async () => {
    const { person, workspace } = scene;
    await isUnbuilt();
    await problemRow('no buildCommand is set').click();
    await person.photograph('1-unbuilt');
    const fix = person.page.locator('.monaco-menu .action-item', {
      hasText: 'Create sdk.config.json with "buildCommand": npm run build',
    });
    await person.pressUntilShown('Control+.', fix);
    await person.photograph('2-quick-fix');
    await person.page.keyboard.press('ArrowDown');
    await person.page.keyboard.press('Enter');
    await problemRow('no buildCommand is set').waitFor({ state: 'detached' });
    const config = await readFile(join(workspace, 'front-end', 'sdk.config.json'), 'utf8');
    assert.deepEqual(JSON.parse(config), { buildCommand: 'npm run build' });
  });

  it('shows the packed folder and warns of a placeholder icon in the confirmation', async () => {
    const { person, backend, workspace } = scene;
    const config = JSON.stringify({ buildCommand: 'cp -r src dist' });
    await writeFile(join(workspace, 'front-end', 'sdk.config.json'), config);
    await rm(join(workspace, 'front-end', 'dist'), { recursive: true, force: true });
    await openManifest('front-end');
    const from = changes(backend).length;
    await person.editorButton('Publish Mini-App').click();
    await person.answerDialog('Run the build of front-end?', 'Run Build');
    const dialog = await person.seesDialog('Publish front-end 1.0.0?');
    const text = (await dialog.textContent()) ?? '';
    assert.match(text, /3 files from \.\/dist/u);
    assert.match(text, /"\.\/icon\.svg" is the placeholder icon/u);
    await person.photograph('3-question');
    await person.page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    assert.equal(changes(backend).length, from);
  });

  it('asks before publishing an already submitted version to beta', async () => {
    const { person, backend } = scene;
    addApp(backend.state, { appId: 'tyre-pressure', version: '1.0.0' });
    await openManifest('tyre-pressure');
    const from = changes(backend).length;
    await person.runCommand('i99dash: Publish to Beta…');
    await person.page
      .locator('.quick-input-widget:visible', { hasText: "What's new for testers?" })
      .waitFor();
    await person.page.keyboard.press('Enter');
    const dialog = await person.seesDialog('1.0.0 was already submitted');
    await person.photograph('4-beta');
    await person.page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    assert.equal(changes(backend).length, from);
  });

  it('keeps the progress after Cancel during a submission until the outcome is known', async () => {
    const { person, backend } = scene;
    await openManifest('charge-timer');
    backend.faults.inject({ match: { path: SUBMIT }, fault: { kind: 'delay', ms: 8_000 } });
    await person.editorButton('Publish Mini-App').click();
    const build = person.page.locator('.monaco-dialog-box', { hasText: 'Run the build' });
    const question = person.page.locator('.monaco-dialog-box', { hasText: 'Publish charge-timer' });
    await build.or(question).first().waitFor();
    if (await build.isVisible()) await person.answerDialog('Run the build', 'Run Build');
    await question.locator('.monaco-button', { hasText: 'Publish' }).first().click();
    await person.pressIn(await person.seesNotification('Submitting'), 'Cancel');
    const kept = await person.seesNotification('Already sent. Checking whether it arrived…');
    await person.photograph('5-already-sent');
    assert.equal(await kept.locator('.monaco-button', { hasText: 'Cancel' }).count(), 0);
    const toast = await person.seesNotification('was submitted for review.');
    await kept.waitFor({ state: 'detached' });
    await person.dismiss(toast);
  });

  it('reports a missing network before the confirmation, with the same text everywhere', async () => {
    const { person } = scene;
    const view = new AppsView(person);
    await view.open();
    await view.seesRow(/tyre-pressure|Tyre Pressure/u);
    await openManifest('tyre-pressure');
    await scene.stopBackend();
    await person.editorButton('Publish Mini-App').click();
    const toast = await person.seesNotification("tyre-pressure: Can't reach i99dash");
    assert.equal(await person.page.locator('.monaco-dialog-box').count(), 0);
    await person.seesIcon('cloud-offline');
    const row = view.row("Can't reach i99dash");
    await row.waitFor();
    assert.match((await row.locator('.label-name').textContent()) ?? '', /^Can't reach i99dash/u);
    await person.photographInBothThemes('6-offline');
    await person.dismiss(toast);
    await scene.startBackend();
    await person.seesIcon('account');
    await row.waitFor({ state: 'detached' });
  });

  it('leads to the terminal after a failed build', async () => {
    const { person, workspace } = scene;
    const folder = join(workspace, 'failing');
    await cp(join(workspace, 'tyre-pressure'), folder, { recursive: true });
    await writeFile(join(folder, 'sdk.config.json'), '{ "buildCommand": "echo broken; exit 3" }');
    await openManifest('failing');
    await person.editorButton('Publish Mini-App').click();
    await person.answerDialog('Run the build of failing?', 'Run Build');
    const toast = await person.seesNotification(
      'The build of tyre-pressure failed (echo broken; exit 3, exit code 3).',
    );
    await person.photograph('7-build-failed');
    await person.pressIn(toast, 'Show Terminal');
    await person.page.locator('.terminal-wrapper.active').waitFor();
    await person.runCommand('View: Toggle Terminal');
    await rm(folder, { recursive: true });
  });

  it('shows versions, problems and paths in the app picker, and picks with the keyboard', async () => {
    const { person } = scene;
    await isUnbuilt();
    await person.runCommand('View: Close All Editors');
    await person.runCommand('i99dash: Validate Mini-App');
    const row = person.quickPickRow('front-end');
    await row.waitFor();
    assert.match((await row.textContent()) ?? '', /1\.0\.0 · 1 problem/u);
    assert.match((await row.textContent()) ?? '', /workspace\/front-end/u);
    await person.photograph('8-picker');
    await person.page.keyboard.type('tyre');
    await row.waitFor({ state: 'detached' });
    await person.page.keyboard.press('Enter');
    const toast = await person.seesNotification(
      'No problems in tyre-pressure. The Problems panel shows those of other projects.',
    );
    await person.dismiss(toast);
  });

  it('reports after a restart that a submission may have been sent', async () => {
    const { backend } = scene;
    await openManifest('tyre-pressure');
    backend.faults.inject({ match: { path: SUBMIT }, fault: { kind: 'delay', ms: 600_000 } });
    await scene.person.editorButton('Publish Mini-App').click();
    const build = scene.person.page.locator('.monaco-dialog-box', { hasText: 'Run the build' });
    const question = scene.person.page.locator('.monaco-dialog-box', {
      hasText: 'Publish tyre-pressure',
    });
    await build.or(question).first().waitFor();
    if (await build.isVisible()) await scene.person.answerDialog('Run the build', 'Run Build');
    await question.locator('.monaco-button', { hasText: 'Publish' }).first().click();
    await scene.person.seesNotification('Submitting');
    await scene.restart();
    const toast = await scene.person.seesNotification(
      "wasn't finished because its window was closed. It may have been sent.",
    );
    const buttons = toast.locator('.notification-list-item-buttons-container .monaco-button');
    assert.deepEqual(await buttons.allTextContents(), ['Show Status', 'Publish Again']);
    await scene.person.photograph('9-interrupted');
    await scene.person.dismiss(toast);
  });
});

/** Returns the requests that change data. */
function changes({ requests }: Backend): unknown[] {
  return requests.filter(({ method }) => method !== 'GET');
}
