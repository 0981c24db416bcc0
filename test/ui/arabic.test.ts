import assert from 'node:assert/strict';
import { DEFAULT_ACCOUNT } from '../backend/server';
import { useScene } from './use-scene';

/** U+2067, U+2068 and U+2069, which order what is read and are not seen. */
const MARKS = /[\u2067-\u2069]/gu;

describe('a person reads Arabic', () => {
  const scene = useScene({ album: 'ui/arabic', displayLanguage: 'ar' });

  const read = (text: string | null): string => (text ?? '').replaceAll(MARKS, '');

  it('in the palette, and in the picker of keys', async () => {
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

  it('in the hover of the identity, with names and addresses left as they are', async () => {
    const { person, backend } = scene;
    const hover = read(await person.readHover('3-hover'));
    for (const part of [`الخادم: ${backend.url}`, 'تسجيل الخروج', 'مفتاح SSH ~/.ssh/id_ed25519']) {
      assert.ok(hover.includes(part), `${part} in ${hover}`);
    }
  });

  it('in the question before a publish, with the form that a number wants', async () => {
    const { person } = scene;
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
    assert.ok(told.includes('تم إرسال tyre-pressure 1.0.0. المراجعة: pending.'), told);
    await person.photograph('5-result');
  });

  it('in the views, and in their welcome', async () => {
    const { person } = scene;
    await person.runCommand('عرض مفاتيح SSH');
    await person.page.locator('.monaco-list-row', { hasText: 'هذا المفتاح' }).waitFor();
    await person.photograph('6-views');
    await person.runCommand('i99dash: تسجيل الخروج');
    const welcome = person.page.locator('.welcome-view-content', { hasText: 'الجولة الإرشادية' });
    await welcome.waitFor();
    const button = welcome.locator('.monaco-button', { hasText: 'إنشاء مفتاح SSH' });
    await button.waitFor();
    await person.photograph('7-welcome');
  });
});
