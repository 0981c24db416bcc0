import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { systemClock } from '../../src/core/ports';
import type { Problem } from '../../src/core/problem';
import type { TaskContext } from '../../src/vscode/publishContext';
import { TaskTerminal } from '../../src/vscode/taskTerminal';
import { DEFAULT_ACCOUNT } from '../backend/server';
import { MemoryLogger } from '../support/fakes';
import { assertUserDecides } from './hostileSettings';
import {
  failsWith,
  makeRegisteredKey,
  run,
  setSetting,
  useBackend,
  useMessages,
  workspacePath,
} from './support';

describe('a workspace that nobody trusts', () => {
  const backend = useBackend();
  const shown = useMessages();
  const folder = (): vscode.Uri => vscode.Uri.file(workspacePath('tyre-pressure'));
  const changes = () =>
    backend.current.requests.filter(({ path }) => path.includes('/mini-apps/')).length;

  it('is one', () => {
    assert.equal(vscode.workspace.isTrusted, false);
  });

  it('decides nothing of what is the user’s to decide', async () => {
    assertUserDecides();
    await setSetting('i99dash.ssh.keyPath', '~/.ssh/other');
    try {
      assertUserDecides();
    } finally {
      await setSetting('i99dash.ssh.keyPath', undefined);
    }
  });

  it('can be signed in from, with the usual key, to the backend of the user', async () => {
    const key = await makeRegisteredKey(backend.current, 'id_ed25519');
    assert.equal(key.path, join(homedir(), '.ssh/id_ed25519'));
    const identity = await run('i99dash.signIn', { method: 'ssh' });
    assert.equal(identity['devId'], DEFAULT_ACCOUNT.devId);
    assert.equal(identity['backendUrl'], backend.current.url);
    assert.equal(identity['fingerprint'], key.fingerprint);
    const me = await run('i99dash.whoAmI');
    assert.equal(me['devId'], DEFAULT_ACCOUNT.devId);
  });

  it('is told its problems, for which nothing of it runs', async () => {
    const problems = await run<Problem[]>('i99dash.validate', { folder: folder() });
    assert.ok(Array.isArray(problems));
    assert.ok(!existsSync(workspacePath('tyre-pressure', 'built')));
  });

  for (const [title, command, args] of [
    ['publish', 'i99dash.publish', { confirmed: true }],
    ['publish to beta', 'i99dash.publishToBeta', { confirmed: true }],
    ['dry run', 'i99dash.dryRun', { confirmed: true }],
    ['CI', 'i99dash.setUpCi', { confirmed: true }],
  ] as const) {
    it(`is refused: ${title}; a button leads to the trust`, async () => {
      const before = changes();
      await failsWith('UNTRUSTED_WORKSPACE', command, { folder: folder(), ...args });
      assert.deepEqual(
        shown.map(({ buttons }) => buttons),
        [['Manage Workspace Trust']],
      );
      assert.ok(!existsSync(workspacePath('tyre-pressure', 'built')), 'nothing was built');
      assert.equal(changes(), before);
    });
  }

  for (const task of ['publish', 'dryRun'] as const) {
    it(`is refused to a task: ${task}`, async () => {
      // VS Code itself runs no task here; what it would run refuses all the same.
      const written: string[] = [];
      const context = { clock: systemClock, logger: new MemoryLogger() };
      const terminal = new TaskTerminal(context as unknown as TaskContext, {
        ...{ type: 'i99dash', task, folder: folder().fsPath },
      });
      terminal.onDidWrite((text) => written.push(text));
      const ended = new Promise((resolve) => terminal.onDidClose(resolve));
      terminal.open();
      assert.equal(await ended, 1);
      assert.match(written.join(''), /UNTRUSTED_WORKSPACE: Publishing runs code/u);
      assert.deepEqual(
        shown.map(({ buttons }) => buttons),
        [['Manage Workspace Trust']],
      );
      assert.ok(!existsSync(workspacePath('tyre-pressure', 'built')), 'nothing was built');
    });
  }

  it('can be signed out in', async () => {
    assert.equal(await run('i99dash.signOut'), true);
  });
});
