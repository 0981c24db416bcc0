import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { chmod, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { DEFAULT_ACCOUNT } from '../backend/server';
import { writeFiles } from '../support/project';
import { AppsView } from './apps-view';
import { photographInAllSizes } from './screens';
import { useScene } from './use-scene';

const KEY = '~/.ssh/id_ed25519';
const VITE = 'node_modules/.bin/vite';
/** A Vite project, with a stand-in for Vite that copies what it would build. */
const PROJECT = {
  'package.json': JSON.stringify({ name: 'trip-log', scripts: { build: 'vite build' } }),
  'package-lock.json': '{}',
  'index.html': '<!doctype html><title>Trip Log</title><script src="/main.js"></script>',
  'src/main.js': "document.body.append('Trip Log');\n",
  'public/icon.svg':
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M1 1h7v7z"/></svg>',
  'node_modules/vite/package.json': JSON.stringify({ name: 'vite', bin: 'vite.cjs' }),
  [VITE]: `#!/usr/bin/env node
const { cpSync } = require('node:fs');
cpSync('public', 'dist', { recursive: true });
cpSync('index.html', 'dist/index.html');
cpSync('src/main.js', 'dist/main.js');
`,
};

/** What a walk costs its user. */
interface Cost {
  questions: number;
  clicks: number;
  keys: number;
}

for (const way of ['keyboard', 'mouse'] as const) {
  describe(`the way from an empty home to a published Vite project by ${way}`, () => {
    const scene = useScene({
      ...{ album: `ui/first-hour/${way}`, keyInHome: false, registered: false, miniApps: [] },
      viewport: { width: 1280, height: 800 },
      furnish: async (workspace) => {
        await writeFiles(workspace, PROJECT);
        await chmod(join(workspace, VITE), 0o755);
      },
    });
    const total: Cost = { questions: 0, clicks: 0, keys: 0 };
    let started = 0;

    before(() => {
      started = Date.now();
    });

    async function press(key: string): Promise<void> {
      total.keys += 1;
      await scene.person.page.keyboard.press(key);
    }

    async function type(text: string): Promise<void> {
      total.keys += text.length;
      await scene.person.page.keyboard.type(text);
    }

    async function click(target: Locator): Promise<void> {
      total.clicks += 1;
      await target.click();
    }

    /** Runs a command from the palette by typing a part of its title that finds it. */
    async function command(title: string, typed: string): Promise<void> {
      await press('F1');
      await scene.person.quickInput().waitFor();
      await type(typed);
      await scene.person.focusedRow(title).waitFor();
      await press('Enter');
    }

    /** Takes pictures for a designer's eye, which one of the two ways is enough for. */
    async function photograph(name: string): Promise<void> {
      if (way === 'keyboard') await photographInAllSizes(scene.person, name);
    }

    /** Waits for a picker or an input box, and accepts what it proposes. */
    async function accept(title: string, picture: string, row?: string): Promise<void> {
      total.questions += 1;
      const { person } = scene;
      await person.page
        .locator('.quick-input-widget:visible .quick-input-title', { hasText: title })
        .waitFor();
      await person.promptIsFocused();
      await photograph(picture);
      if (row !== undefined && way === 'mouse') return click(person.quickPickRow(row).first());
      if (row !== undefined) {
        if (!(await person.focusedRow(row).isVisible())) await type(row.slice(0, 3));
        await person.focusedRow(row).waitFor();
      }
      await press('Enter');
    }

    /** Answers a modal question with its first button. */
    async function confirm(text: string, button: string, picture: string): Promise<void> {
      total.questions += 1;
      const dialog = await scene.person.seesDialog(text);
      await photograph(picture);
      const target = dialog.locator('.monaco-button', { hasText: button }).first();
      if (way === 'mouse') await click(target);
      else await press('Enter');
      await dialog.waitFor({ state: 'hidden' });
    }

    /** Presses the first button of a notification. */
    async function acceptNotification(text: string, button: string): Promise<void> {
      const toast = await scene.person.seesNotification(text);
      if (way === 'mouse')
        await click(toast.locator('.monaco-button', { hasText: button }).first());
      else await command('Accept Notification Primary Action', 'accept noti');
    }

    it('takes nine questions, five of them to be signed in', async () => {
      const { person, backend } = scene;
      const home = join(scene.root, 'home/.ssh');
      await rm(home, { recursive: true, force: true });

      if (way === 'mouse') await click(person.identity());
      else await command('i99dash: Sign In', 'i99dash si');
      await accept('Sign in to i99dash', '1-sign-in', 'Generate a New Key');
      await accept('Generate SSH Key (1/3)', '2-path');
      await accept('Generate SSH Key (2/3)', '2-passphrase');
      await confirm('with this key?', 'Sign In', '2-confirm');
      await acceptNotification(`Your key ${KEY} is ready`, 'Copy Key and Open Console');
      await confirm('external website', 'Open', '3-console');
      scene.register(readFileSync(join(home, 'id_ed25519.pub'), 'utf8').trim());
      await person.seesIdentity(DEFAULT_ACCOUNT.email ?? '');
      await photograph('4-signed-in');
      const signedIn = { ...total };

      const view = new AppsView(person);
      if (way === 'mouse') {
        await view.open();
        total.clicks += 1; // on the icon of the activity bar
        await click(
          person.page.locator('.welcome-view .monaco-button', { hasText: 'Make This Folder' }),
        );
      } else {
        await command('Make This Folder a Mini-App', 'make this f');
      }
      await accept('Make a Mini-App (1/2)', '5-name');
      await accept('Make a Mini-App (2/2)', '5-category', 'Vehicle');
      await person.dismiss(await person.seesNotification('is a mini-app now'));
      await photograph('5-made');

      if (way === 'mouse') await click(person.editorButton('Publish Mini-App'));
      else await command('i99dash: Publish Mini-App', 'publish min');
      await confirm('Run the build of', 'Run Build', '6-build');
      await confirm('Publish ', 'Publish', '7-publish');
      const submitted = await person.seesNotification('was submitted for review');
      await photograph('8-submitted');
      await person.dismiss(submitted);

      const [app] = backend.state.apps.of(DEFAULT_ACCOUNT.devId);
      assert.equal(app?.submissions.length, 1);
      const seconds = ((Date.now() - started) / 1_000).toFixed(0);
      console.log(
        `      signed in: ${format(signedIn)}; published: ${format(total)}; ${seconds} s`,
      );
      assert.deepEqual([signedIn.questions, total.questions], [5, 9]);
      assert.ok(signedIn.keys <= 30, `${signedIn.keys} keys to be signed in`);
    });
  });
}

function format({ questions, clicks, keys }: Cost): string {
  return `${questions} questions, ${clicks} clicks, ${keys} keys`;
}
