import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Problem } from '../../src/core/problem';
import { activateExtension, failsWith, run } from './support';

/** U+2067, U+2068 and U+2069, which order what is read and are not seen. */
const MARKS = /[\u2067-\u2069]/gu;

describe('in a VS Code that is shown in Arabic', () => {
  let extension: vscode.Extension<unknown>;

  before(async () => {
    assert.equal(vscode.env.language, 'ar');
    extension = await activateExtension();
  });

  it('the commands and settings are Arabic', () => {
    const { contributes } = extension.packageJSON as {
      contributes: { commands: { command: string; title: string | { value: string } }[] };
    };
    const titles = new Map(contributes.commands.map(({ command, title }) => [command, title]));
    const signIn = titles.get('i99dash.signIn');
    assert.equal(typeof signIn === 'object' ? signIn.value : signIn, 'تسجيل الدخول');
  });

  it('a message is Arabic, its code is not', async () => {
    const message = await failsWith('NOT_SIGNED_IN', 'i99op.showConfig');
    assert.equal(message.replaceAll(MARKS, ''), 'أوامر مشغّلي الدعم معطَّلة.');
  });

  it('a failure is Arabic, and a path in it is one piece', async () => {
    const keyPath = '/nowhere/id_ed25519';
    const message = await failsWith('KEY_NOT_FOUND', 'i99dash.signIn', { keyPath });
    assert.equal(message, `\u2067لا يوجد مفتاح في \u2068${keyPath}\u2069.\u2069`);
  });

  it('what the publish worker finds is Arabic, its rule is not', async () => {
    const [root] = vscode.workspace.workspaceFolders ?? [];
    const folder = vscode.Uri.joinPath(root?.uri ?? assert.fail('no folder'), 'tyre-pressure');
    const script = join(folder.fsPath, 'src', 'new.js');
    writeFileSync(script, 'a.findLast(b);\n');
    const problems = await run<Problem[]>('i99dash.validate', { folder });
    const found = problems.find(({ file }) => file === script);
    assert.equal(found?.rule, 'baseline.api');
    assert.match(found.message.replaceAll(MARKS, ''), /لا توجد \.findLast\(\) في WebView/u);
  });
});
