import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { DEFAULT_ACCOUNT } from '../backend/server';
import { addApp } from '../support/apps';
import { useScene } from './use-scene';

/** U+2067, U+2068 and U+2069: invisible isolates that set the text direction. */
const MARKS = /[\u2067-\u2069]/gu;

const REASON = 'يظهر في الأيقونة شعار شركة سيارات. استخدم رسمًا من عندك من فضلك، ثم أعد الإرسال.';

/** The horizontal extent of something on screen, in pixels from the left. */
interface Extent {
  left: number;
  right: number;
}

describe('the workbench in Arabic', () => {
  const scene = useScene({ album: 'ui/arabic', displayLanguage: 'ar' });

  const read = (text: string | null): string => (text ?? '').replaceAll(MARKS, '');

  const row = (text: string): Locator =>
    scene.person.page.locator('.part.sidebar .monaco-list-row', { hasText: text }).first();

  /** Returns the extent of a part of a row. */
  async function extentOf(part: Locator): Promise<Extent> {
    const box = await part.boundingBox();
    assert.ok(box !== null);
    return { left: box.x, right: box.x + box.width };
  }

  /** Returns the extent of words in a row, visible or not. */
  async function wordsIn(part: Locator, words: string): Promise<Extent> {
    return part.evaluate((element: unknown, sought: string) => {
      const { document } = globalThis as unknown as Page;
      const words = document.createTreeWalker(element, 4 /* text nodes */);
      const text = words.nextNode();
      const from = text.data.indexOf(sought);
      const range = document.createRange();
      range.setStart(text, from);
      range.setEnd(text, from + sought.length);
      const { left, right } = range.getBoundingClientRect();
      return { left, right };
    }, words);
  }

  /**
   * Asserts that the first words of a row are visible: VS Code clips overflowing text on the right.
   */
  async function beginsInSight(part: Locator, words: string): Promise<void> {
    const place = await wordsIn(part, words);
    const side = await extentOf(scene.person.page.locator('.part.sidebar').first());
    assert.ok(place.right < side.right - 10, `${words} ends at ${place.right}, ${side.right}`);
  }

  /** Signs in with Arabic commands unless already signed in. */
  async function signedIn(): Promise<void> {
    const { person } = scene;
    if (await person.identity().locator('.codicon-account').isVisible()) return;
    await person.runCommand('i99dash: تسجيل الدخول');
    await person.pick('~/.ssh/id_ed25519');
    await person.seesIdentity(DEFAULT_ACCOUNT.email ?? '');
  }

  /** Shows the views with a submitted app. */
  async function showsViews(): Promise<void> {
    const { person, backend } = scene;
    await signedIn();
    if (backend.state.apps.find('tyre-pressure') === undefined) {
      const name = { en: 'Tyre Pressure', ar: 'ضغط الإطارات' };
      addApp(backend.state, { appId: 'tyre-pressure', version: '1.0.0', name });
    }
    await person.runCommand('عرض مفاتيح SSH');
    await row('هذا المفتاح').waitFor();
    await person.runCommand('i99dash: تحديث التطبيقات');
    await row('ضغط الإطارات').waitFor();
  }

  it('shows commands in the palette and keys in the picker', async () => {
    const { person } = scene;
    await person.page.keyboard.press('F1');
    await person.page.locator('.quick-input-widget input').fill('>i99dash: نشر');
    await person.quickPickRow('i99dash: نشر تطبيق مصغّر').waitFor();
    await person.photograph('1-palette');
    await person.page.keyboard.press('Escape');
    await person.runCommand('i99dash: تسجيل الدخول');
    await person.quickPickRow('لصق رمز وصول…').waitFor();
    await person.photograph('2-sign-in');
    await person.pick('~/.ssh/id_ed25519');
    await person.seesIdentity(DEFAULT_ACCOUNT.email ?? '');
  });

  it('shows the hover of the identity and leaves names and URLs unchanged', async () => {
    const { person, backend } = scene;
    await signedIn();
    const hover = read(await person.readHover('3-hover'));
    for (const part of [`الخادم: ${backend.url}`, 'تسجيل الخروج', 'مفتاح SSH ~/.ssh/id_ed25519']) {
      assert.ok(hover.includes(part), `${part} in ${hover}`);
    }
  });

  it('shows the question before a publish with the correct plural', async () => {
    const { person } = scene;
    await signedIn();
    await person.openFile('manifest.json');
    await person.editorButton('نشر تطبيق مصغّر').click();
    const dialog = await person.seesDialog('هل تريد نشر');
    const text = read(await dialog.textContent());
    for (const part of ['هل تريد نشر tyre-pressure 1.0.0؟', '6 ملفات', 'كيلوبايت']) {
      assert.ok(text.includes(part), `${part} in ${text}`);
    }
    await person.photograph('4-confirm');
    await dialog.locator('.monaco-button', { hasText: 'نشر' }).first().click();
    const toast = await person.seesNotification('تم إرسال');
    const told = read(await toast.textContent());
    assert.ok(told.includes('تم إرسال tyre-pressure 1.0.0 إلى المراجعة.'), told);
    await person.photograph('5-result');
    await person.dismiss(toast);
  });

  it('keeps names apart from the text beside them in the views', async () => {
    const { person } = scene;
    await showsViews();
    const key = row('هذا المفتاح');
    await key.waitFor();
    await person.photograph('6-views');
    const app = row('ضغط الإطارات');
    const name = await extentOf(app.locator('.label-name'));
    const state = await extentOf(app.locator('.label-description'));
    assert.ok(name.right <= state.left, 'the name is on the left of its version');
    await beginsInSight(key.locator('.label-description'), 'هذا المفتاح');
    const hover = person.page.locator('.workbench-hover', { hasText: 'SHA256:' }).first();
    await person.seesHover(key.locator('.label-name'), hover);
    await person.photograph('7-key');
    const told = read(await hover.innerText());
    assert.match(told, /الغرض: للدخول/u);
  });

  it('shows the details of an app from their beginning', async () => {
    const { person, backend } = scene;
    await showsViews();
    backend.state.review('tyre-pressure', 'rejected', REASON);
    const name = { en: 'Cabin Climate', ar: 'مناخ المقصورة' };
    addApp(backend.state, {
      ...{ appId: 'cabin-climate', version: '2.1.0', name },
      ...{ publishedDaysAgo: 40, review: 'approved' },
      beta: { version: '2.2.0-rc.1', daysLeft: 12, testers: 3 },
    });
    await person.runCommand('i99dash: تحديث التطبيقات');
    await row('مناخ المقصورة').waitFor();
    await person.dismiss(await person.seesNotification('تم رفض'));
    await row('مناخ المقصورة').click();
    await person.page.keyboard.press('ArrowRight'); // opens the row if the click only selected it
    const published = row('آخر نشر');
    await published.waitFor();
    const reason = row('يظهر في الأيقونة');
    await reason.waitFor();
    await person.photograph('8-apps');
    await beginsInSight(reason.locator('.label-name'), 'يظهر');
    const label = await extentOf(published.locator('.label-name'));
    const when = await extentOf(published.locator('.label-description'));
    assert.ok(label.right <= when.left, 'what it is stands on the left of when it was');
    const hover = person.page.locator('.workbench-hover', { hasText: 'cabin-climate' }).first();
    await person.seesHover(row('مناخ المقصورة').locator('.label-name'), hover);
    await person.photograph('9-app');
  });

  it('shows error rows from their beginning', async () => {
    const { person, backend } = scene;
    backend.faults.inject({ fault: { kind: 'html', status: 200 }, times: 'always' });
    await person.runCommand('i99dash: تحديث التطبيقات');
    await row('هذا المفتاح').hover();
    const buttons = person.page.locator('.part.sidebar .actions-container');
    await buttons.locator('[aria-label*="تحديث مفاتيح SSH"]').first().click();
    const failures = person.page.locator('.part.sidebar .monaco-list-row', {
      hasText: 'رد الخادم',
    });
    await failures.nth(1).waitFor();
    await person.photograph('10-failures');
    for (const failure of await failures.all()) {
      await beginsInSight(failure.locator('.label-name'), 'رد الخادم');
    }
    backend.faults.clear();
    await failures.first().click();
    await failures.nth(1).waitFor({ state: 'detached' });
    await failures.first().click();
    await failures.first().waitFor({ state: 'detached' });
  });

  it('shows the account menu and the problems of a mini-app', async () => {
    const { person } = scene;
    await signedIn();
    await person.identity().click();
    await person.quickPickRow('تسجيل الخروج').waitFor();
    await person.photograph('11-menu');
    await person.page.keyboard.press('Escape');
    const script = join(scene.workspace, 'src', 'new.js');
    await writeFile(script, 'drivers.findLast((driver) => driver.isHere);\n');
    await person.page.keyboard.press('Control+Shift+M');
    const problem = person.page.locator('.markers-panel .monaco-list-row', { hasText: 'findLast' });
    await problem.first().waitFor();
    await person.photograph('12-problems');
    await rm(script);
    await problem.first().waitFor({ state: 'detached' });
  });

  it('shows the welcome of the views', async () => {
    const { person } = scene;
    await signedIn();
    await person.runCommand('عرض مفاتيح SSH');
    await person.runCommand('i99dash: تسجيل الخروج');
    const welcome = person.page.locator('.welcome-view-content', { hasText: 'لرؤية مفاتيح' });
    await welcome.waitFor();
    await welcome.locator('a', { hasText: 'سجّل الدخول' }).waitFor();
    await person.photograph('13-welcome');
  });
});

/** The parts of a browser's page used here. */
interface Page {
  document: {
    createTreeWalker(root: unknown, show: number): { nextNode(): { data: string } };
    createRange(): {
      setStart(node: unknown, offset: number): void;
      setEnd(node: unknown, offset: number): void;
      getBoundingClientRect(): Extent;
    };
  };
}
