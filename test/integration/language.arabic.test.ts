import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Problem } from '../../src/core/problem';
import { activateExtension, failsWith, run } from './support';

/** U+2067, U+2068 and U+2069: invisible isolates that set the text direction. */
const MARKS = /[\u2067-\u2069]/gu;

describe('VS Code in Arabic', () => {
  let extension: vscode.Extension<unknown>;

  before(async () => {
    assert.equal(vscode.env.language, 'ar');
    extension = await activateExtension();
  });

  it('shows commands and settings in Arabic', () => {
    const { contributes } = extension.packageJSON as {
      contributes: { commands: { command: string; title: string | { value: string } }[] };
    };
    const titles = new Map(contributes.commands.map(({ command, title }) => [command, title]));
    const signIn = titles.get('i99dash.signIn');
    assert.equal(typeof signIn === 'object' ? signIn.value : signIn, 'تسجيل الدخول');
  });

  it('shows a message in Arabic and keeps its code', async () => {
    const message = await failsWith('NOT_SIGNED_IN', 'i99op.showConfig');
    assert.equal(message.replaceAll(MARKS, ''), 'أوامر مشغّلي الدعم معطَّلة.');
  });

  it('shows an error in Arabic and isolates a path in it', async () => {
    const keyPath = '/nowhere/id_ed25519';
    const message = await failsWith('KEY_NOT_FOUND', 'i99dash.signIn', { keyPath });
    assert.equal(message, `\u2067لا يوجد مفتاح في \u2068${keyPath}\u2069.\u2069`);
  });

  it('shows findings of the publish worker in Arabic and keeps their rule', async () => {
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
