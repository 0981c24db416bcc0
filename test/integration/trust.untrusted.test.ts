import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { systemClock } from '../../src/core/platform/interfaces';
import type { Problem } from '../../src/core/problem';
import type { TaskContext } from '../../src/vscode/publish/publishContext';
import { TaskTerminal } from '../../src/vscode/tasks/taskTerminal';
import { DEFAULT_ACCOUNT } from '../backend/server';
import { addApp } from '../support/apps';
import { MemoryLogger } from '../support/fakes';
import type { TestKey } from '../support/ssh-key';
import { assertUserDecides } from './hostileSettings';
import {
  failsWith,
  makeKey,
  makeRegisteredKey,
  run,
  runAsked,
  setSetting,
  useBackend,
  useMessages,
  useNoConfirmation,
  workspacePath,
} from './support';

describe('an untrusted workspace', () => {
  const backend = useBackend();
  const shown = useMessages();
  const folder = (): vscode.Uri => vscode.Uri.file(workspacePath('tyre-pressure'));
  const changes = () =>
    backend.current.requests.filter(({ path }) => path.includes('/mini-apps/')).length;

  let key: TestKey;

  before(async () => {
    key = await makeRegisteredKey(backend.current, 'id_ed25519');
    // Approves the key for the backend.
    await run('i99dash.signIn', { method: 'ssh' });
  });

  it('is not trusted', () => {
    assert.equal(vscode.workspace.isTrusted, false);
  });

  it('cannot override what only the user decides', async () => {
    assertUserDecides();
    await setSetting('i99dash.ssh.keyPath', '~/.ssh/other');
    try {
      assertUserDecides();
    } finally {
      await setSetting('i99dash.ssh.keyPath', undefined);
    }
  });

  it('allows sign-in with the usual key to the user’s backend', async () => {
    assert.equal(key.path, join(homedir(), '.ssh/id_ed25519'));
    const identity = await run('i99dash.signIn', { method: 'ssh' });
    assert.equal(identity['devId'], DEFAULT_ACCOUNT.devId);
    assert.equal(identity['backendUrl'], backend.current.url);
    assert.equal(identity['fingerprint'], key.fingerprint);
    const me = await run('i99dash.whoAmI');
    assert.equal(me['devId'], DEFAULT_ACCOUNT.devId);
  });

  it('shows problems without running any code of the workspace', async () => {
    const problems = await run<Problem[]>('i99dash.validate', { folder: folder() });
    assert.ok(Array.isArray(problems));
    assert.ok(!existsSync(workspacePath('tyre-pressure', 'built')));
  });

  for (const [title, command, args] of [
    ['publish', 'i99dash.publish', { confirmed: true }],
    ['publish to beta', 'i99dash.publishToBeta', { confirmed: true }],
    ['dry run', 'i99dash.dryRun', { confirmed: true }],
    ['CI', 'i99dash.setUpCi', { confirmed: true }],
    ['save bundle', 'i99dash.saveBundle', { confirmed: true }],
    ['preview', 'i99dash.preview', { confirmed: true }],
  ] as const) {
    it(`rejects ${title} with a button to manage workspace trust`, async () => {
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
    it(`rejects the task ${task}`, async () => {
      // VS Code itself runs no task here; the task's own code must refuse too.
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

  describe('keeps the questions that only the user answers', () => {
    useNoConfirmation();
    const asked = useMessages(() => undefined, false);
    const [appId, baseUrl] = ['asked-about', 'https://operators.example'];
    const keyId = (): string | undefined =>
      backend.current.state.accounts.keysOf(DEFAULT_ACCOUNT.devId)[0]?.id;
    let other: TestKey;

    before(async () => {
      other = await makeKey('untrusted-other');
      addApp(backend.current.state, {
        ...{ appId, version: '1.1.0', review: 'approved' },
        ...{ publishedDaysAgo: 3, beta: { version: '1.0.0', daysLeft: 9 } },
      });
      await setSetting('i99op.enabled', true);
      await run('i99dash.signIn', { method: 'ssh' });
    });
    after(() => setSetting('i99op.enabled', undefined));

    for (const [command, args] of [
      ['i99dash.addKey', () => ({ publicKeyPath: other.publicKeyPath, name: 'other' })],
      ['i99dash.removeKey', () => ({ id: keyId() })],
      ['i99dash.replaceKey', () => ({ keyPath: other.path })],
      ['i99dash.signIn', () => ({ keyPath: other.path })],
      ['i99op.signIn', () => ({ baseUrl, keyPath: other.path })],
      ['i99dash.promoteToBeta', () => ({ appId, version: '1.1.0', releaseNotes: 'New' })],
      ['i99dash.promoteToProduction', () => ({ appId })],
      ['i99dash.endBeta', () => ({ appId })],
    ] as const) {
      it(`asks before ${command} and changes nothing when the user declines`, async () => {
        const sent = () => backend.current.requests.filter(({ method }) => method !== 'GET').length;
        const before = sent();
        assert.equal(await runAsked(command, { ...args(), confirmed: true }), undefined);
        assert.equal(asked.length, 1, JSON.stringify(asked));
        assert.notEqual(asked[0]?.detail, undefined, 'the question is modal');
        assert.equal(sent(), before);
      });
    }
  });

  it('allows sign-out', async () => {
    assert.equal(await run('i99dash.signOut'), true);
  });
});
