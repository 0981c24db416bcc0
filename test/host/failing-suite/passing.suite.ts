import assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('a suite that passes', () => {
  it('sees the extension under development', () => {
    assert.ok(vscode.extensions.getExtension('i99dash-test.nothing'));
  });

  it('finds files', async () => {
    const found = await vscode.workspace.findFiles('**/found.txt');
    assert.deepEqual(
      found.map((uri) => vscode.workspace.asRelativePath(uri)),
      ['inner/found.txt'],
    );
  });
});
