import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import {
  failsWith,
  makeRegisteredKey,
  run,
  useBackend,
  useMessages,
  useStandIn,
  workspacePath,
} from '../support';

const CREATE = 'i99dash.createProject';

interface Created {
  kind: string;
  id: string;
  folder: vscode.Uri;
}

describe('the command that creates a project', () => {
  const backend = useBackend();
  const shown = useMessages(() => undefined);
  const opened: { path: string; options: unknown }[] = [];
  let outside: string;

  before(async () => {
    const key = await makeRegisteredKey(backend.current, 'creator');
    await run('i99dash.signIn', { keyPath: key.path });
  });
  beforeEach(() => {
    outside = mkdtempSync(join(tmpdir(), 'i99dash-new-'));
    opened.length = 0;
  });
  afterEach(async () => {
    await run('workbench.action.closeAllEditors');
    for (const folder of [outside, workspacePath('created')]) {
      rmSync(folder, { recursive: true, force: true });
    }
  });
  const { executeCommand } = vscode.commands;
  // Opening a folder would end the tests of this window.
  useStandIn(vscode.commands, 'executeCommand', (id: string, ...args: unknown[]) => {
    if (id !== 'vscode.openFolder') return executeCommand(id, ...args);
    const [uri, options] = args;
    opened.push({ path: (uri as vscode.Uri).fsPath, options });
    return Promise.resolve();
  });

  const answers = {
    miniApp: { kind: 'miniApp', name: 'Road Book', category: 'navigation' },
    theme: { kind: 'theme', name: 'Road Book', category: 'light' },
  };

  for (const [kind, args] of Object.entries(answers)) {
    it(`creates a ${kind} without a question, which is published as it is`, async () => {
      const folder = workspacePath('created', kind);
      const created = await run<Created>(CREATE, { ...args, folder: vscode.Uri.file(folder) });
      assert.deepEqual([created.kind, created.id], [kind, 'road-book']);
      assert.equal(created.folder.fsPath, folder);
      const manifest = kind === 'theme' ? 'theme.json' : 'manifest.json';
      const { document } = vscode.window.activeTextEditor ?? assert.fail('nothing is open');
      assert.equal(document.uri.fsPath, join(folder, manifest));
      assert.match(shown[0]?.message ?? '', /^Road Book was created in /u);

      const uri = { folder: created.folder };
      assert.deepEqual(await run('i99dash.validate', uri), []);
      const dryRun = await run('i99dash.dryRun', uri);
      assert.deepEqual(
        [dryRun['appId'], dryRun['kind'], dryRun['dryRun']],
        ['road-book', kind, true],
      );
      const result = await run('i99dash.publish', { ...uri, confirmed: true });
      assert.deepEqual([result['reviewStatus'], result['sha256']], ['pending', dryRun['sha256']]);
    });
  }

  it('takes a path, and makes a theme dark if no category is given', async () => {
    const folder = workspacePath('created', 'night');
    const { id } = await run<Created>(CREATE, { kind: 'theme', name: 'Night', folder });
    assert.equal(id, 'night');
    const theme = await vscode.workspace.openTextDocument(join(folder, 'theme.json'));
    assert.match(theme.getText(), /"category": "dark"[^]*"brightness": "dark"/u);
  });

  it('opens a project outside the workspace only if it is asked to', async () => {
    const [offered, silent, open] = ['offered', 'silent', 'open'].map((name) =>
      join(outside, name),
    );
    await run(CREATE, { ...answers.miniApp, folder: offered });
    await run(CREATE, { ...answers.miniApp, folder: silent, open: false });
    assert.deepEqual(
      shown.map(({ buttons }) => buttons),
      [['Dry Run', 'Open Folder'], ['Dry Run']],
    );
    assert.deepEqual(opened, []);
    await run(CREATE, { ...answers.miniApp, folder: open, open: true });
    assert.deepEqual(opened, [{ path: open, options: { forceNewWindow: true } }]);
    assert.equal(vscode.window.activeTextEditor, undefined);
  });

  it('refuses a folder that is not empty before it asks anything, and changes nothing', async () => {
    const file = workspacePath('created', 'notes.txt');
    mkdirSync(workspacePath('created'));
    writeFileSync(file, 'mine');
    for (const folder of [workspacePath('created'), file]) {
      const message = await failsWith('VALIDATION_FAILED', CREATE, { folder });
      assert.match(message, /is not an empty folder/u);
      assert.deepEqual(shown.at(-1)?.buttons, ['Select Another Folder…', 'Show Log']);
    }
    assert.deepEqual(readdirSync(workspacePath('created')), ['notes.txt']);
  });

  it('is offered when a theme is required and the workspace has no theme', async () => {
    await failsWith('NOTHING_TO_PUBLISH', 'i99dash.previewTheme');
    assert.deepEqual(shown.at(-1)?.buttons, ['New Project…', 'Show Log']);
  });

  it('refuses arguments that will not do before it writes anything', async () => {
    const good = { ...answers.miniApp, folder: workspacePath('created') };
    const message = await failsWith('VALIDATION_FAILED', CREATE, { ...good, kind: 'nativeApp' });
    assert.equal(message, '“kind” must be one of these: miniApp, theme.');
    for (const bad of [
      ...[{ kind: 'app' }, { name: ' ' }, { name: 'x'.repeat(300) }, { name: 7 }],
      ...[{ category: 'games' }, { category: 'dark' }, { kind: 'theme' }, { open: 'yes' }],
      { name: '🚗', folder: join(workspacePath('created'), 'سيارة') },
    ]) {
      await failsWith('VALIDATION_FAILED', CREATE, { ...good, ...bad });
    }
    assert.equal(existsSync(workspacePath('created')), false);
  });
});
