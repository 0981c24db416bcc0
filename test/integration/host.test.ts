import assert from 'node:assert/strict';
import os from 'node:os';
import * as vscode from 'vscode';

describe('VS Code under test', () => {
  it('has the requested version', function () {
    const wanted = process.env['I99DASH_TEST_VSCODE_VERSION'];
    if (wanted === undefined) this.skip();
    assert.equal(vscode.version, wanted);
  });

  it('does not see the user’s home folder', () => {
    assert.notEqual(os.homedir(), os.userInfo().homedir);
  });

  it('has the extension under test', () => {
    assert.ok(vscode.extensions.getExtension('i99dash.i99dash'));
  });
});
