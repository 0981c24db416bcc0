import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Problem } from '../../../src/core/problem';
import { edit, shownFor, shows, showsExactly } from '../diagnostics';
import { activateExtension, run } from '../support';

describe('problems in a multi-root workspace', () => {
  let folders: string[];

  before(async () => {
    await activateExtension();
    folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
    assert.equal(folders.length, 3);
  });

  /**
   * Opens a file as the user does: a document that an extension opens stays open for minutes after
   * its editor is closed.
   */
  const open = async (file: string): Promise<vscode.TextDocument> => {
    await run('vscode.open', vscode.Uri.file(file));
    const document = vscode.window.activeTextEditor?.document;
    assert.equal(document?.uri.fsPath, file);
    return document;
  };

  it('shows problems in each folder that is a mini-app, and in no other', async () => {
    const manifests = folders.map((folder) => join(folder, 'manifest.json'));
    const [first, second, other] = manifests as [string, string, string];
    for (const file of [other, first, second]) {
      await edit(await open(file), '{', '{ "id": 7,');
    }
    for (const file of [first, second]) {
      await shows(file, 'manifest.duplicate-key');
    }
    assert.deepEqual(shownFor(other), []);
    for (const folder of folders.slice(0, 2)) {
      const args = { folder: vscode.Uri.file(folder) };
      const problems = await run<Problem[]>('i99dash.validate', args);
      assert.deepEqual(
        problems.map(({ rule, file }) => [rule, file]),
        [['manifest.duplicate-key', join(folder, 'manifest.json')]],
      );
    }
    for (const file of manifests) {
      await open(file);
      await run('workbench.action.revertAndCloseActiveEditor');
      await showsExactly(file, []);
    }
  });

  it('removes the problems of a removed folder', async () => {
    const script = await open(join(folders[1] ?? '', 'app', 'app.js'));
    await edit(script, "'use strict';", 'import "./history.js";');
    assert.ok(await script.save());
    await shows(script.uri.fsPath, 'baseline.module');
    await run('workbench.action.closeAllEditors');
    assert.ok(vscode.workspace.updateWorkspaceFolders(1, 1));
    await showsExactly(script.uri.fsPath, []);
  });
});
