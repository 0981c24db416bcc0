import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import {
  copyMiniApp,
  failsWith,
  makeRegisteredKey,
  run,
  runAsked,
  useBackend,
  useMessages,
  useStandIn,
} from '../support';

interface Saved {
  sha256: string;
  size: number;
  fileCount: number;
  bundle: vscode.Uri;
}

describe('bundles', () => {
  const backend = useBackend();
  /** The answers to messages by their first words. */
  let answers: Record<string, string>;
  const shown = useMessages(
    ({ message }) => Object.entries(answers).find(([start]) => message.startsWith(start))?.[1],
  );
  /** What the dialog for a file was opened with, and its answer. */
  let dialogs: vscode.SaveDialogOptions[];
  let picked: vscode.Uri | undefined;
  useStandIn(vscode.window, 'showSaveDialog', (options: vscode.SaveDialogOptions) => {
    dialogs.push(options);
    return Promise.resolve(picked);
  });
  let folder: string;
  let id: string;
  let outside: string;
  let count = 0;

  before(async () => {
    const key = await makeRegisteredKey(backend.current, 'bundles');
    await run('i99dash.signIn', { keyPath: key.path });
  });

  beforeEach(() => {
    answers = {};
    dialogs = [];
    picked = undefined;
    id = `bundled-${++count}`;
    folder = copyMiniApp('tyre-pressure', id);
    outside = mkdtempSync(join(tmpdir(), 'i99dash-bundles-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
    rmSync(outside, { recursive: true, force: true });
  });

  const changes = (): number =>
    backend.current.requests.filter(({ method }) => method !== 'GET').length;
  const hash = (path: string): string =>
    createHash('sha256').update(readFileSync(path)).digest('hex');

  describe('that are saved', () => {
    const output = (): string => join(outside, 'app.tar.gz');
    const save = (args: object = {}): Promise<Saved | undefined> =>
      runAsked<Saved | undefined>('i99dash.saveBundle', { folder, ...args });

    it('are written where the arguments say, and nothing is sent', async () => {
      const from = changes();
      const saved = await save({ output: vscode.Uri.file(output()) });
      assert.equal(saved?.bundle.fsPath, output());
      assert.equal(saved.sha256, hash(output()));
      assert.equal(saved.size, readFileSync(output()).length);
      assert.equal(saved.fileCount, 6);
      assert.equal(changes(), from);
      assert.match(shown[0]?.message ?? '', /^The bundle is saved as .*app\.tar\.gz \(6 files, /u);
      const dryRun = await run<Saved>('i99dash.dryRun', { folder });
      assert.equal(dryRun.sha256, saved.sha256);
    });

    it('are written where the person says, named after the app', async () => {
      assert.equal(await save(), undefined);
      assert.equal(dialogs[0]?.defaultUri?.fsPath, join(folder, '..', `${id}-1.0.0.tar.gz`));
      assert.equal(dialogs[0].filters, undefined, 'VS Code would add the extension again');
      picked = vscode.Uri.file(output());
      assert.equal((await save())?.sha256, hash(output()));
    });

    it('replace a file only after a question that names it', async () => {
      writeFileSync(output(), 'earlier');
      assert.equal(await save({ output: output() }), undefined);
      assert.equal(readFileSync(output(), 'utf8'), 'earlier');
      assert.equal(shown[0]?.message, 'Replace app.tar.gz?');
      answers = { Replace: 'Replace' };
      assert.equal((await save({ output: output() }))?.sha256, hash(output()));
      assert.deepEqual(readdirSync(outside), ['app.tar.gz']);
    });

    it('are not built when the question about the build is refused', async () => {
      const config = JSON.stringify({ buildCommand: 'touch built' });
      writeFileSync(join(folder, 'sdk.config.json'), config);
      assert.equal(await save({ output: output() }), undefined);
      assert.match(shown[0]?.message ?? '', /^Run the build of/u);
      assert.equal(existsSync(join(folder, 'built')), false);
      assert.equal(existsSync(output()), false);
    });

    it('need a file in a folder that exists', async () => {
      for (const place of [outside, join(outside, 'missing/app.tar.gz')]) {
        await failsWith('VALIDATION_FAILED', 'i99dash.saveBundle', { folder, output: place });
      }
    });
  });

  describe('that are built already', () => {
    const built = (): string => join(folder, 'src');
    const publish = (args: object): Promise<Saved | undefined> =>
      runAsked<Saved | undefined>('i99dash.publish', args);

    beforeEach(() => {
      const config = JSON.stringify({ buildCommand: 'touch built' });
      writeFileSync(join(folder, 'sdk.config.json'), config);
    });

    it('are published without a build, after the question of every publish', async () => {
      assert.equal(await publish({ bundle: vscode.Uri.file(built()) }), undefined);
      assert.equal(shown.length, 1);
      assert.equal(shown[0]?.message, `Publish ${id} 1.0.0?`);
      assert.match(shown[0].detail ?? '', /^Built folder: .*\/src$/mu);
      assert.match(shown[0].detail ?? '', /^Bundle: 6 files from \.\/src, /mu);
      answers = { Publish: 'Publish' };
      assert.equal((await publish({ bundle: built() }))?.fileCount, 6);
      assert.equal(backend.current.state.apps.find(id)?.submissions.length, 1);
      assert.equal(existsSync(join(folder, 'built')), false);
    });

    it('are asked about with their folder when it is outside the workspace', async () => {
      const manifest = readFileSync(join(folder, 'manifest.json'));
      rmSync(outside, { recursive: true });
      await vscode.workspace.fs.copy(vscode.Uri.file(built()), vscode.Uri.file(outside));
      await failsWith('NOTHING_TO_PUBLISH', 'i99dash.publish', { bundle: outside });
      shown.length = 0;
      writeFileSync(join(outside, 'manifest.json'), manifest);
      assert.equal(await publish({ bundle: outside }), undefined);
      assert.match(shown[0]?.detail ?? '', /⚠ Its folder is outside the workspace: .*bundles-/u);
    });

    it('are picked by hand in a dialog for folders', async () => {
      const { showOpenDialog } = vscode.window;
      const asked: vscode.OpenDialogOptions[] = [];
      Object.assign(vscode.window, {
        showOpenDialog: (options: vscode.OpenDialogOptions) => {
          asked.push(options);
          return Promise.resolve([vscode.Uri.file(built())]);
        },
      });
      try {
        assert.equal(await runAsked('i99dash.publishBuilt'), undefined);
      } finally {
        Object.assign(vscode.window, { showOpenDialog });
      }
      assert.equal(asked[0]?.canSelectFolders, true);
      assert.equal(shown[0]?.message, `Publish ${id} 1.0.0?`);
    });
  });
});
