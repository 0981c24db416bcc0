import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { I99dashError, type ErrorCode, type ErrorDetails } from '../../../src/core/errors';
import type { CommandId } from '../../../src/vscode/commands/commandIds';
import { nextSteps } from '../../../src/vscode/ui/nextSteps';
import { activateExtension, failsWith, run, useMessages, workspacePath } from '../support';

function buttons(failed: CommandId, code: ErrorCode, details: ErrorDetails = {}): string[] {
  const error = new I99dashError(code, 'It failed.', details);
  const ignore = (): void => undefined;
  return nextSteps({ failed, error, retry: ignore, abandon: ignore }, undefined).map(
    ({ label }) => label,
  );
}

describe('the buttons of the message about a failed command', () => {
  const file = '/home/dev/key';

  for (const [failed, code, expected, details] of [
    ['i99dash.publish', 'KEY_REJECTED', ['Sign In Again']],
    ['i99dash.addKey', 'KEY_REJECTED', ['Sign In Again']],
    ['i99dash.addKey', 'BACKEND_REFUSED', ['Open Settings']],
    ['i99dash.addKey', 'KEY_EXISTS', ['List SSH Keys']],
    ['i99dash.addKey', 'KEY_IS_PRIVATE', ['Add the Public Key'], { file }],
    ['i99dash.copyPublicKey', 'KEY_IS_PRIVATE', ['Copy the Public Key'], { file }],
    ['i99dash.removeKey', 'KEY_NOT_FOUND', ['List SSH Keys']],
    ['i99dash.replaceKey', 'OFFLINE', ['List SSH Keys']],
    ['i99dash.generateKey', 'KEY_EXISTS', ['Choose Another Name'], { file }],
    ['i99dash.signIn', 'KEY_NOT_FOUND', ['Choose a Key', 'Open Walkthrough'], { file }],
    ['i99op.signIn', 'KEY_NOT_FOUND', ['Choose a Key'], { file }],
    ['i99dash.signIn', 'KEY_WRONG_PASSPHRASE', ['Choose a Key', 'Try Again'], { file }],
    ['i99dash.signIn', 'SSH_AUTH_DISABLED', ['Use a Device Code', 'Sign In Another Way']],
    ['i99op.signIn', 'SSH_AUTH_DISABLED', ['Sign In Another Way']],
    ['i99dash.whoAmI', 'OFFLINE', ['Try Again', 'Show Log']],
    ['i99dash.whoAmI', 'TLS', ['Open Settings', 'Try Again'], { setting: 'http.proxy' }],
    ['i99dash.validate', 'MANIFEST_INVALID', ['Open File', 'Try Again'], { file }],
  ] as [CommandId, ErrorCode, string[], ErrorDetails?][]) {
    it(`are ${expected.join(' and ')} for ${code} of ${failed}`, () => {
      assert.deepEqual(buttons(failed, code, details), expected);
    });
  }

  describe('with More', () => {
    const shown = useMessages(() => 'More');
    const isOpen = (): boolean =>
      vscode.window.tabGroups.all.some(
        ({ activeTab }) => activeTab?.label.includes('troubleshooting.md') === true,
      );

    before(() => activateExtension());
    afterEach(() => run('workbench.action.closeAllEditors'));

    it('opens the troubleshooting, which is a part of the extension', async () => {
      const opened = new Promise<void>((resolve) => {
        vscode.window.tabGroups.onDidChangeTabs(() => {
          if (isOpen()) resolve();
        });
      });
      const folder = vscode.Uri.file(workspacePath('no-mini-app'));
      await failsWith('NOTHING_TO_PUBLISH', 'i99dash.validate', { folder });
      assert.equal(shown.length, 1);
      await opened;
    });
  });
});
