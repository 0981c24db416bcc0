import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import * as vscode from 'vscode';
import type { Problem } from '../../../src/core/problem';
import { edit, ours, shownFor, shows, showsExactly, untilShown } from '../diagnostics';
import { activateExtension, failsWith, run, useMessages, workspacePath } from '../support';

const RULES_OF_OURS = /^(?:manifest|config|requires|version|asset|baseline|secret|files)\./u;

describe('problems', () => {
  let folder: string;
  let count = 0;
  let manifest: string;

  before(() => activateExtension());

  beforeEach(() => {
    folder = workspacePath(`in-work-${++count}`);
    manifest = join(folder, 'manifest.json');
    cpSync(workspacePath('tyre-pressure'), folder, { recursive: true });
  });

  afterEach(async () => {
    await run('workbench.action.closeAllEditors');
    rmSync(folder, { recursive: true, force: true });
  });

  const open = async (file: string): Promise<vscode.TextDocument> => {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
    await vscode.window.showTextDocument(document);
    return document;
  };

  const discard = async (): Promise<void> => {
    await run('workbench.action.revertAndCloseActiveEditor');
  };

  describe('while typing', () => {
    it('shows problems in manifest.json at their exact ranges and removes them when they are fixed', async () => {
      const document = await open(manifest);
      await edit(document, '"vehicle"', '"vehicles"');
      const line = document.getText().slice(0, document.getText().indexOf('"vehicles"'));
      const row = line.split('\n').length - 1;
      const column = line.length - line.lastIndexOf('\n') - 1;
      await showsExactly(manifest, [
        `manifest.category.value@${row}:${column}-${row}:${column + '"vehicles"'.length}`,
      ]);
      const [diagnostic] = ours(manifest);
      assert.ok(diagnostic);
      assert.equal(diagnostic.severity, vscode.DiagnosticSeverity.Error);
      assert.match(diagnostic.message, /"category" must be one of navigation/u);
      await edit(document, '"vehicles"', '"vehicle"');
      await showsExactly(manifest, []);
      await discard();
    });

    it('shows problems in sdk.config.json', async () => {
      const config = join(folder, 'sdk.config.json');
      const document = await open(config);
      await edit(document, '"./src"', '7');
      await showsExactly(config, ['config.appRoot.type@1:13-1:14']);
      await discard();
      await showsExactly(config, []);
    });

    it('reports requirements that contradict each other', async () => {
      const document = await open(manifest);
      await edit(document, '["di5.0", "di5.1"]', '["di5.0"], "modernWebview": true');
      await shows(manifest, 'requires.modern-webview-on-di5.0');
      await discard();
      await showsExactly(manifest, []);
    });

    it('keeps problems when a manifest with a syntax error is saved', async () => {
      rmSync(join(folder, 'sdk.config.json'));
      const document = await open(manifest);
      await edit(document, '"category":', '"category"');
      await shows(manifest, 'manifest.syntax');
      assert.ok(await document.save());
      await edit(document, '"version":', '"version"');
      await untilShown(manifest, (shown) => shown.length > 1);
      await edit(document, '"category"', '"category":');
      await edit(document, '"version"', '"version":');
      await showsExactly(manifest, []);
      await discard();
    });
  });

  it('ignores a manifest.json of other software', async () => {
    const others = ['browser-extension', 'web-app'].map((name) =>
      workspacePath(name, 'manifest.json'),
    );
    for (const file of others) {
      const document = await open(file);
      await edit(document, '{', '{ "id": 7, "id": 8,');
    }
    const document = await open(manifest);
    await edit(document, '{', '{ "id": 7,');
    await shows(manifest, 'manifest.duplicate-key');
    for (const file of others) {
      assert.deepEqual(shownFor(file), [], file);
    }
    for (const [uri, diagnostics] of vscode.languages.getDiagnostics()) {
      const named = diagnostics.filter(({ code }) => RULES_OF_OURS.test(code as string));
      const isOfOthers = others.some((file) => uri.fsPath.startsWith(dirname(file)));
      assert.ok(named.length === 0 || !isOfOthers, uri.fsPath);
    }
    await discard();
    await run('workbench.action.revertAndCloseActiveEditor');
    await run('workbench.action.revertAndCloseActiveEditor');
  });

  it('shows problems of files on disk in the files at fault', async () => {
    // Uses an existing folder: VS Code may miss changes in a folder that was just created.
    const watched = workspacePath('parking-note');
    const kept = join(folder, 'kept');
    cpSync(watched, kept, { recursive: true });
    const [app, page, key] = ['app.js', 'index.html', 'id_ed25519'].map((name) =>
      join(watched, 'src', name),
    ) as [string, string, string];
    await open(app);
    writeFileSync(app, `${readFileSync(app, 'utf8')}\nstructuredClone({});\n`);
    const line = readFileSync(app, 'utf8').split('\n').indexOf('structuredClone({});');
    await showsExactly(app, [`baseline.api@${line}:0-${line}:15`]);
    writeFileSync(page, "<script>const APP_VERSION = '0.9.0';</script>");
    await showsExactly(page, ['version.app-version@0:29-0:34']);
    rmSync(join(watched, 'src', 'icon.png'));
    await shows(join(watched, 'manifest.json'), 'asset.missing');
    writeFileSync(key, 'no key at all');
    await showsExactly(key, ['secret.key-file@0:0-0:0']);
    rmSync(key);
    await showsExactly(key, []);
    cpSync(kept, watched, { recursive: true });
    for (const file of [app, page, join(watched, 'manifest.json')]) {
      await showsExactly(file, []);
    }
  });

  it('moves problems of pictures with their position in the manifest and removes them with the path', async () => {
    rmSync(join(folder, 'src', 'icon.png'));
    // Exists, so that a check of the files after the change below finds nothing either.
    writeFileSync(join(folder, 'src', 'icon.svg'), '<svg/>');
    const document = await open(manifest);
    const [before] = await shows(manifest, 'asset.missing');
    await edit(document, '{', '{\n');
    const moved = before?.replace(/\d+(?=:)/gu, (line) => String(Number(line) + 1)) ?? '';
    await showsExactly(manifest, [moved]);
    await edit(document, './icon.png', './icon.svg');
    await showsExactly(manifest, []);
    await discard();
  });

  it('removes problems when an unsaved document is closed without saving', async () => {
    const document = await open(manifest);
    await edit(document, '"vehicle"', '"vehicles"');
    await shows(manifest, 'manifest.category.value');
    await discard();
    await showsExactly(manifest, []);
  });

  it('removes problems when a document stays open after its file was deleted', async () => {
    const config = join(folder, 'sdk.config.json');
    const document = await open(config);
    await edit(document, '"./src"', '7');
    await shows(config, 'config.appRoot.type');
    rmSync(config);
    await discard();
    await showsExactly(config, []);
    assert.deepEqual([document.isClosed, document.isDirty], [false, false]);
    assert.match(document.getText(), /"appRoot": 7/u);
    const problems = await run<Problem[]>('i99dash.validate', { folder: vscode.Uri.file(folder) });
    assert.deepEqual(problems, []);
  });

  it('removes problems with the mini-app', async () => {
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"vehicle"', '"vehicles"'));
    await open(manifest);
    await shows(manifest, 'manifest.category.value');
    rmSync(folder, { recursive: true });
    await showsExactly(manifest, []);
  });

  describe('returned by i99dash.validate', () => {
    const shown = useMessages();

    /** Formats problems like {@link shownFor}. */
    const asShown = (problems: Problem[]): string[] =>
      problems.map(({ severity, rule, message, file, range }) =>
        [severity, rule, message, file, JSON.stringify(range ?? null)].join(' '),
      );

    const filesInPanel = (): string[] =>
      vscode.languages
        .getDiagnostics()
        .map(([{ fsPath }]) => fsPath)
        .filter((file) => file.startsWith(folder + sep));

    const inPanel = (): string[] =>
      filesInPanel().flatMap((fsPath) =>
        ours(fsPath).map(({ severity, code, message, range: { start, end } }) => {
          const place = (at: vscode.Position) => ({ line: at.line, character: at.character });
          const range = JSON.stringify({ start: place(start), end: place(end) });
          const name = ['error', 'warning', 'info'][severity];
          return [name, code as string, message, fsPath, range].join(' ');
        }),
      );

    it('includes unsaved changes and matches the open panel', async () => {
      const document = await open(manifest);
      await edit(document, '"vehicle"', '"vehicles"');
      rmSync(join(folder, 'src', 'cover.png'));
      writeFileSync(join(folder, 'src', 'app.js'), 'export {};\n[1].findLast(Boolean);');
      const problems = await run<Problem[]>('i99dash.validate', {
        folder: vscode.Uri.file(folder),
      });
      assert.deepEqual(problems.map(({ rule }) => rule).sort(), [
        'asset.missing',
        'baseline.api',
        'baseline.module',
        'manifest.category.value',
      ]);
      assert.deepEqual(asShown(problems).sort(), inPanel().sort());
      const [call] = problems.filter(({ rule }) => rule === 'baseline.api');
      assert.equal(call?.message, 'The WebView of the oldest cars has no .findLast().');
      assert.equal(shown.length, 0);
      await discard();
    });

    it('returns an empty list when there are none, and a message says so', async () => {
      assert.deepEqual(await run('i99dash.validate', { folder: vscode.Uri.file(folder) }), []);
      assert.equal(shown.length, 1);
      // The samples beside it have some.
      const words = 'The Problems panel shows those of other projects.';
      const message = shown[0]?.message ?? '';
      const isAlone = message === `No problems in ${basename(folder)}.`;
      assert.ok(isAlone || message === `No problems in ${basename(folder)}. ${words}`, message);
    });

    it('leaves out what only a build creates', async () => {
      const built = vscode.Uri.file(workspacePath('charge-timer'));
      rmSync(join(built.fsPath, 'dist'), { recursive: true, force: true });
      assert.deepEqual(await run('i99dash.validate', { folder: built }), []);
    });

    it('defaults to the mini-app of the active editor', async () => {
      writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"vehicle"', '"vehicles"'));
      await open(join(folder, 'src', 'app.js'));
      const problems = await run<Problem[]>('i99dash.validate');
      assert.deepEqual(
        problems.map(({ rule, file }) => [rule, file]),
        [['manifest.category.value', manifest]],
      );
    });

    it('fails for a folder without a mini-app', async () => {
      const other = vscode.Uri.file(workspacePath('browser-extension'));
      await failsWith('NOTHING_TO_PUBLISH', 'i99dash.validate', { folder: other });
      assert.equal(shown.length, 1);
    });
  });
});
