import { rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { DEFAULT_ACCOUNT } from '../backend/server';
import { installChromium } from '../host/chromium';
import { installHost } from '../host/install';
import { repositoryRoot } from '../host/paths';
import { defaultVersion } from '../host/versions';
import { packagedExtension } from './packaged-extension';
import { Scene } from './scene';

const ALBUM = 'main-job';
const WHO = DEFAULT_ACCOUNT.email ?? '';

/** Runs one step and prints its duration. */
async function step<T>(title: string, task: () => Promise<T>): Promise<T> {
  const start = performance.now();
  try {
    const result = await task();
    print('✔', title, start);
    return result;
  } catch (error) {
    print('✘', title, start);
    throw error;
  }
}

function print(mark: string, title: string, start: number): void {
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${mark} ${title.padEnd(64)} ${seconds.padStart(6)} s`);
}

/** Publishes as the user does: palette, picker, status bar, editor button, dialog, result. */
async function performMainJob({ person, backend, key }: Scene): Promise<void> {
  await step('Sign in from the command palette', async () => {
    await person.photograph('1-signed-out');
    await person.runCommand('i99dash: Sign In');
    await person.quickPickRow(key.fingerprint).waitFor();
    await person.photograph('2-choose-a-key');
    await person.pick(key.fingerprint);
  });
  await step(`See the identity in the status bar: ${WHO}`, async () => {
    await person.seesIdentity(WHO);
    await person.photograph('3-signed-in');
  });
  await step('Publish from the button in the title of manifest.json', async () => {
    await person.openFile('manifest.json');
    await person.editorButton('Publish Mini-App').click();
    const dialog = await person.seesDialog('Publish tyre-pressure');
    await person.photograph('4-confirm');
    await dialog.locator('.monaco-button', { hasText: 'Publish' }).click();
  });
  const review = await step('See the review state', async () => {
    const toast = await person.seesNotification('tyre-pressure 1.0.0 was submitted');
    await person.photograph('5-submitted');
    return (await toast.locator('.notification-list-item-message').textContent()) ?? '';
  });
  console.log(`  ${review}`);
  const submissions = backend.state.apps.find('tyre-pressure')?.submissions.length ?? 0;
  if (submissions !== 1) {
    throw new Error(`the backend has ${submissions} submissions, not one`);
  }
}

/** Waits for Ctrl+C. */
function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
}

async function main(): Promise<void> {
  await rm(join(repositoryRoot, 'out', ALBUM), { recursive: true, force: true });
  await step('Build and package the extension', packagedExtension);
  await step('Have VS Code and Chromium at hand', async () => {
    await installHost(defaultVersion);
    await installChromium();
  });
  const scene = await step('Start the backend and VS Code with the extension installed', () =>
    Scene.open({ album: ALBUM }),
  );
  try {
    await performMainJob(scene);
    console.log(`\nScreenshots: ${relative(process.cwd(), join(repositoryRoot, 'out', ALBUM))}`);
    if (process.stdout.isTTY) {
      console.log(`VS Code: ${scene.server.url}/?folder=${encodeURIComponent(scene.workspace)}`);
      console.log(`Backend: ${scene.backend.url}`);
      console.log('Open VS Code in a browser and play. Ctrl+C ends it and removes what it made.');
      await interrupted();
    }
  } catch (error) {
    await scene.person.photograph('failed').catch(() => undefined);
    throw error;
  } finally {
    await scene.close();
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
