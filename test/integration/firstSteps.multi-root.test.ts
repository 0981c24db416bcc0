import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { makeRegisteredKey, run, useBackend, useContextKey, useMessages } from './support';

describe('first steps in a multi-root workspace', () => {
  const backend = useBackend();
  useMessages();
  const hasPublished = useContextKey('i99dash.hasPublished');

  it('ends with the first publish to any track, and not with a dry run', async () => {
    const key = await makeRegisteredKey(backend.current, 'first-publish');
    await run('i99dash.signIn', { keyPath: key.path });
    const [root] = vscode.workspace.workspaceFolders ?? [];
    await run('i99dash.dryRun', { folder: root?.uri, confirmed: true });
    assert.equal(hasPublished.current, undefined);
    await run('i99dash.publishToBeta', { folder: root?.uri, confirmed: true });
    await hasPublished.becomes(true);
  });
});
