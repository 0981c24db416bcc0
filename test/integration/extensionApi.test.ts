import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ApiIdentity, I99dashApi } from '../../src/api';
import { DEFAULT_ACCOUNT } from '../backend/server';
import { activateExtension, makeRegisteredKey, run, useBackend, workspacePath } from './support';

describe('extension API', () => {
  const backend = useBackend();
  const heard: (ApiIdentity | undefined)[] = [];
  let api: I99dashApi;
  let keyPath: string;

  before(async () => {
    api = (await activateExtension()).exports as I99dashApi;
    ({ path: keyPath } = await makeRegisteredKey(backend.current, 'others'));
  });

  it('has the documented version and members and nothing else', () => {
    const members = ['getIdentity', 'onDidChangeIdentity', 'validate', 'version'];
    assert.equal(api.version, 1);
    assert.deepEqual(Object.keys(api).sort(), members);
    assert.ok(Object.isFrozen(api));
  });

  it('exposes the developer id and its changes, and no name, e-mail or token', async () => {
    const subscription = api.onDidChangeIdentity((identity) => heard.push(identity));
    try {
      assert.equal(api.getIdentity(), undefined);
      await run('i99dash.signIn', { keyPath });
      const { devId } = DEFAULT_ACCOUNT;
      const identity = { devId };
      assert.deepEqual(api.getIdentity(), identity);
      await run('i99dash.whoAmI');
      await run('i99dash.signOut');
      assert.equal(api.getIdentity(), undefined);
      assert.deepEqual(heard, [identity, undefined]);
    } finally {
      subscription.dispose();
    }
  });

  it('validates a mini-app and rejects with a code', async () => {
    assert.deepEqual(await api.validate(vscode.Uri.file(workspacePath('tyre-pressure'))), []);
    const noMiniApp = vscode.Uri.file(workspacePath('web-app'));
    await assert.rejects(api.validate(noMiniApp), { code: 'NOTHING_TO_PUBLISH' });
  });
});
