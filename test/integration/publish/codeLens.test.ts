import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import * as vscode from 'vscode';
import { activateExtension, copyMiniApp, run, workspacePath } from '../support';

describe('the CodeLens of a manifest', () => {
  before(() => activateExtension());

  async function lensesOf(...path: string[]): Promise<vscode.CodeLens[]> {
    const uri = vscode.Uri.file(workspacePath(...path));
    await vscode.workspace.openTextDocument(uri);
    return run<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 10);
  }

  it('offers to publish, to do a dry run and to validate', async () => {
    const lenses = await lensesOf('cabin-climate', 'manifest.json');
    assert.deepEqual(
      lenses.map(({ command }) => [command?.title, command?.command]),
      [
        ['Publish', 'i99dash.publish'],
        ['Dry Run', 'i99dash.dryRun'],
        ['Validate', 'i99dash.validate'],
      ],
    );
    for (const { command } of lenses) assert.match(command?.tooltip ?? '', /cabin-climate \d/u);
    assert.deepEqual(
      lenses.map(({ range }) => range.start.line),
      [0, 0, 0],
    );
  });

  it('ignores manifests of other software and other files', async () => {
    assert.deepEqual(await lensesOf('browser-extension', 'manifest.json'), []);
    assert.deepEqual(await lensesOf('web-app', 'manifest.json'), []);
    assert.deepEqual(await lensesOf('cabin-climate', 'sdk.config.json'), []);
  });

  it('runs its commands for the manifest it is shown in', async () => {
    const folder = copyMiniApp('cabin-climate', 'seen-through-a-lens');
    try {
      const [, dryRun] = await lensesOf('seen-through-a-lens', 'manifest.json');
      const { command, arguments: args = [] } = dryRun?.command ?? assert.fail('no lens');
      const result = await run<{ appId: string; dryRun: boolean }>(command, ...(args as unknown[]));
      assert.equal(result.appId, 'seen-through-a-lens');
      assert.equal(result.dryRun, true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
