import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { activateExtension, failsWith, run, useMessages, workspacePath } from '../support';

const MAKE = 'i99dash.makeMiniApp';

describe('the command that makes a folder a mini-app', () => {
  const shown = useMessages(() => undefined);
  const folder = workspacePath('made');
  const uri = vscode.Uri.file(folder);

  before(() => activateExtension());
  beforeEach(() => mkdirSync(folder));
  afterEach(async () => {
    await run('workbench.action.closeAllEditors');
    rmSync(folder, { recursive: true });
  });

  it('asks nothing that its arguments answer, and returns id and folder', async () => {
    writeFileSync(join(folder, 'index.html'), '');
    const made = await run(MAKE, { folder: uri, name: 'Road Book', category: 'navigation' });
    assert.equal(made['id'], 'road-book');
    assert.equal((made['folder'] as vscode.Uri).fsPath, folder);
    assert.deepEqual(await run('i99dash.validate', { folder: uri }), []);
    assert.match(shown[0]?.message ?? '', /^made is a mini-app now\. Publishing sends \./u);
  });

  it('returns the same for a folder that is a mini-app already, and changes nothing', async () => {
    const args = { folder, name: 'Road Book', category: 'navigation' };
    await run(MAKE, args);
    const before = readFileSync(join(folder, 'manifest.json'), 'utf8');
    const again = await run(MAKE, { ...args, name: 'Another Name' });
    assert.equal(again['id'], 'road-book');
    assert.equal(readFileSync(join(folder, 'manifest.json'), 'utf8'), before);
  });

  it('refuses a name or a category that will not do before it writes anything', async () => {
    const good = { folder: uri, name: 'Road Book', category: 'navigation' };
    await failsWith('VALIDATION_FAILED', MAKE, { ...good, name: ' ' });
    await failsWith('VALIDATION_FAILED', MAKE, { ...good, category: 'games' });
    await failsWith('VALIDATION_FAILED', MAKE, { ...good, name: 7 });
    await failsWith('VALIDATION_FAILED', MAKE, { ...good, folder: `${folder}/none` });
    assert.equal(existsSync(join(folder, 'manifest.json')), false);
  });
});
