import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { DEFAULT_ACCOUNT } from '../backend/server';
import { repositoryRoot } from '../host/paths';
import { addApp } from '../support/apps';
import { generateTestKey } from '../support/ssh-key';
import { AppsView } from '../ui/apps-view';
import { Scene } from '../ui/scene';
import { SshKeysView } from '../ui/ssh-keys-view';
import { hidePointer, Recorder, showPointer } from './recorder';

// Creates the README's screenshots of the real product, `media/screenshots/<what>-<theme>.png`, and
// the animation from sign-in to the review.
const FOLDER = join(repositoryRoot, 'media/screenshots');
const WHO = DEFAULT_ACCOUNT.email ?? '';
const SMALL = { width: 960, height: 600 };
const LARGE = { width: 1280, height: 800 };
/** How much the side bar is widened for the views, in CSS pixels. */
const WIDER = 190;
const HOUR_MS = 3_600_000;
/** The maximum size of the animation for a README, in bytes. */
const MAX_WALK = 1_500_000;

type Theme = 'dark' | 'light';

async function main(): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  for (const theme of ['dark', 'light'] as const) {
    const scene = await Scene.open({
      album: 'screenshots',
      viewport: SMALL,
      settings: {
        'workbench.layoutControl.enabled': false,
        'workbench.secondarySideBar.defaultVisibility': 'hidden',
        'chat.commandCenter.enabled': false,
        'editor.minimap.enabled': false,
      },
    });
    try {
      await picture(scene, theme);
    } catch (error) {
      await scene.person.photograph('failed').catch(() => undefined);
      throw error;
    } finally {
      await scene.close();
    }
  }
}

async function picture(scene: Scene, theme: Theme): Promise<void> {
  const { page } = scene.person;
  // VS Code follows the browser's colour scheme.
  await page.emulateMedia({ colorScheme: theme });
  await page.locator(`.monaco-workbench.${theme === 'dark' ? 'vs-dark' : 'vs'}`).waitFor();
  const recorder = new Recorder(page);
  await walk(scene, recorder);
  await hidePointer(page);
  await page.setViewportSize(LARGE);
  await settled(scene);
  await photograph(scene, `published-${theme}`);
  if (theme === 'dark') {
    const size = await recorder.save(join(FOLDER, 'walk.gif'));
    told('walk.gif', size);
    if (size > MAX_WALK) {
      throw new Error(`walk.gif has ${size} bytes`);
    }
  }
  await pictureApps(scene, theme);
  await pictureProblems(scene, theme);
}

/** Records the way from signed out to the review state. */
async function walk({ person, key }: Scene, recorder: Recorder): Promise<void> {
  const { page } = person;
  await person.openFile('manifest.json');
  await person.editorButton('Publish Mini-App').waitFor();
  await page.locator('.codelens-decoration a', { hasText: 'Publish' }).waitFor();
  await showPointer(page);
  await recorder.frame(1_200);
  await page.keyboard.press('F1');
  await person.quickInput().waitFor();
  for (const part of ['i99', 'dash:', ' Sign', ' In']) {
    await page.keyboard.type(part);
    await person.quickPickRow('i99dash: ').first().waitFor();
    await recorder.frame(180);
  }
  await person.quickPickRow('i99dash: Sign In').first().hover();
  await recorder.frame(700);
  await person.quickPickRow('i99dash: Sign In').first().click();
  const row = person.quickPickRow(key.fingerprint).first();
  await row.waitFor();
  await recorder.frame(900);
  await row.hover();
  await recorder.frame(700);
  await row.click();
  await person.seesIdentity(WHO);
  await person.identity().hover();
  await recorder.frame(1_800);
  await person.editorButton('Publish Mini-App').hover();
  await recorder.frame(1_000);
  await person.editorButton('Publish Mini-App').click();
  const dialog = await person.seesDialog('Publish tyre-pressure');
  await recorder.frame(1_600);
  const publish = dialog.locator('.monaco-button', { hasText: 'Publish' });
  await publish.hover();
  await recorder.frame(1_000);
  await publish.click();
  await person.seesNotification('tyre-pressure 1.0.0 was submitted');
  await recorder.frame(4_000);
}

async function pictureApps(scene: Scene, theme: Theme): Promise<void> {
  const { person, backend } = scene;
  const { state } = backend;
  const toast = person.page.locator('.notification-toast', { hasText: 'was submitted' }).first();
  // VS Code hides it by itself after a while.
  if (await toast.isVisible()) {
    await person.dismiss(toast);
  }
  state.apps.review('tyre-pressure', 'approved');
  const rejected = 'The icon shows the logo of a car maker. Use a drawing of your own, please.';
  addApp(state, {
    ...{ appId: 'cabin-climate', version: '2.1.0', name: { en: 'Cabin Climate' } },
    ...{ publishedDaysAgo: 40, review: 'approved' },
    beta: { version: '2.2.0-rc.1', daysLeft: 12, testers: 3 },
  });
  addApp(state, {
    ...{ appId: 'parking-note', version: '0.4.0', name: { en: 'Parking Note' } },
    review: { rejected },
  });
  addApp(state, { appId: 'trip-log', version: '1.4.0', name: { en: 'Trip Log' } });
  const apps = new AppsView(person);
  await apps.open();
  await apps.pressInTitle('Refresh Apps');
  await apps.row('Cabin Climate').waitFor();
  await apps.row('Parking Note').click();
  await person.page.keyboard.press('ArrowRight');
  await apps.row('Use a drawing').waitFor();
  const keys = new SshKeysView(person);
  await keys.row('this computer').waitFor();
  await addKeys(scene);
  await keys.pressInTitle('Refresh SSH Keys');
  await keys.row('acme/tyre-pressure').waitFor();
  await widenSideBar(scene);
  await settled(scene);
  await photograph(scene, `apps-${theme}`);
}

/** Registers a developer's other keys: one of another computer and one of a pipeline. */
async function addKeys({ backend, root }: Scene): Promise<void> {
  for (const [name, purpose, hours] of [
    ['second laptop', 'login', 50],
    ['acme/tyre-pressure', 'attest', 3],
  ] as const) {
    const { publicKeyLine } = await generateTestKey({
      folder: join(root, 'nobody'),
      name: purpose,
    });
    const { devId } = DEFAULT_ACCOUNT;
    const { id } = backend.state.addKey(devId, publicKeyLine, { name, purpose });
    const key = backend.state.accounts.keysOf(devId).find((each) => each.id === id);
    Object.assign(key ?? {}, { lastUsedAt: Date.now() - hours * HOUR_MS });
  }
}

/** Drags the edge of the side bar until rows fit. */
async function widenSideBar({ person: { page } }: Scene): Promise<void> {
  const box = await page.locator('.part.sidebar').boundingBox();
  if (box === null) {
    throw new Error('the side bar is not to be seen');
  }
  const edge = box.x + box.width;
  await page.mouse.move(edge + 2, 300);
  await page.mouse.down();
  await page.mouse.move(edge + WIDER, 300, { steps: 5 });
  await page.mouse.up();
}

async function pictureProblems(scene: Scene, theme: Theme): Promise<void> {
  const { person, workspace } = scene;
  const manifest = join(workspace, 'manifest.json');
  const text = await readFile(manifest, 'utf8');
  const wrong = text.replace('"vehicle"', '"vehicles"').replace('./cover.png', './covers.png');
  await writeFile(manifest, wrong);
  const script = join(workspace, 'src/app.js');
  const line = '  const lowest = Object.values(pressures).findLast((kPa) => kPa < 200);\n';
  const code = await readFile(script, 'utf8');
  await writeFile(script, code.replace('  void refresh();\n', `${line}  void refresh();\n`));
  await person.runCommand('i99dash: Validate Mini-App');
  await person.page.locator('.markers-panel .monaco-list-row').nth(3).waitFor();
  // Hides the side bar, so that the problems fit.
  await person.runCommand('View: Toggle Primary Side Bar Visibility');
  await person.page.locator('.part.sidebar').waitFor({ state: 'hidden' });
  await settled(scene);
  await photograph(scene, `problems-${theme}`);
}

/** Moves the mouse and the focus out of the way. */
async function settled({ person }: Scene): Promise<void> {
  await person.page.mouse.move(250, 15);
  await person.page.locator('.monaco-hover:visible').first().waitFor({ state: 'hidden' });
}

async function photograph({ person }: Scene, name: string): Promise<void> {
  const picture = await readFile(await person.photograph(name));
  await writeFile(join(FOLDER, `${name}.png`), picture);
  told(`${name}.png`, picture.length);
}

function told(name: string, bytes: number): void {
  const path = relative(repositoryRoot, join(FOLDER, name));
  console.log(`${path.padEnd(44)} ${Math.round(bytes / 1_000)} kB`);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
