import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { activateExtension, run, workspacePath } from '../support';

const SOURCE = 'i99dash';

/** Waits until the Problems panel has a problem of this rule in a file. */
async function problem(uri: vscode.Uri, rule: string): Promise<vscode.Diagnostic> {
  let subscription: vscode.Disposable | undefined;
  try {
    return await new Promise<vscode.Diagnostic>((resolve) => {
      const look = (): void => {
        const found = vscode.languages
          .getDiagnostics(uri)
          .find(({ source, code }) => source === SOURCE && code === rule);
        if (found !== undefined) resolve(found);
      };
      subscription = vscode.languages.onDidChangeDiagnostics(look);
      look();
    });
  } finally {
    subscription?.dispose();
  }
}

const PRESSED_AGAIN_MS = 4_000;

/** Performs an action and waits for the event it causes. */
async function bringsAbout<T>(event: vscode.Event<T>, act: () => Promise<unknown>): Promise<void> {
  let subscription: vscode.Disposable | undefined;
  const happened = new Promise<void>((resolve) => {
    subscription = event(() => resolve());
  });
  await act();
  await happened;
  subscription?.dispose();
}

describe('quick fixes', () => {
  /** Simulates problems that only a publish finds. */
  const found = vscode.languages.createDiagnosticCollection('found by publish');
  let folder: string;
  let count = 0;

  before(() => activateExtension());
  after(() => found.dispose());

  beforeEach(() => {
    // Documents stay open for a while after their editors, so each test uses new files.
    folder = workspacePath(`mended-${++count}`);
    cpSync(workspacePath('tyre-pressure'), folder, { recursive: true });
  });

  afterEach(async () => {
    found.clear();
    await run('workbench.action.files.saveAll');
    await run('workbench.action.closeAllEditors');
    rmSync(folder, { recursive: true, force: true });
  });

  const path = (...segments: string[]): string => join(folder, ...segments);

  /** Opens the manifest with a hand-written text: four spaces, CRLF. */
  const open = async (
    change: (text: string) => string = (text) => text,
    file = 'manifest.json',
  ): Promise<vscode.TextDocument> => {
    writeFileSync(path(file), change(readFileSync(path(file), 'utf8')));
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(path(file)));
    await vscode.window.showTextDocument(document);
    return document;
  };

  const actions = (uri: vscode.Uri, range: vscode.Range, kind = vscode.CodeActionKind.QuickFix) =>
    run<vscode.CodeAction[]>('vscode.executeCodeActionProvider', uri, range, kind.value);

  /** Reports a problem with a part of a text as a publish does. */
  const report = (document: vscode.TextDocument, rule: string, part: string): vscode.Range => {
    const start = document.getText().indexOf(part);
    assert.ok(start >= 0, part);
    const range = new vscode.Range(
      document.positionAt(start),
      document.positionAt(start + part.length),
    );
    const diagnostic = new vscode.Diagnostic(range, rule, vscode.DiagnosticSeverity.Warning);
    diagnostic.source = SOURCE;
    diagnostic.code = rule;
    found.set(document.uri, [diagnostic]);
    return range;
  };

  /**
   * Applies an action and reverts it with one undo.
   * @returns the text between
   */
  const applyAndUndo = async (
    document: vscode.TextDocument,
    action: vscode.CodeAction | undefined,
  ): Promise<string> => {
    assert.ok(action?.edit, 'there is such an action');
    const before = document.getText();
    assert.ok(await vscode.workspace.applyEdit(action.edit));
    const after = document.getText();
    assert.notEqual(after, before);
    await vscode.window.showTextDocument(document);
    await run('undo');
    assert.equal(document.getText(), before, 'one undo');
    return after;
  };

  const crlf = (text: string): string => text.replaceAll('  ', '    ').replaceAll('\n', '\r\n');

  it('inserts a missing required field at its position in the formatting of the file', async () => {
    const original = readFileSync(path('manifest.json'), 'utf8');
    const document = await open((text) => crlf(text.replace(/ {2}"version".*\n/u, '')));
    const { range } = await problem(document.uri, 'manifest.version.required');
    const [action] = await actions(document.uri, range);
    assert.equal(action?.title, 'Add "version": 1.0.0');
    assert.equal(action.isPreferred, true);
    assert.equal(await applyAndUndo(document, action), crlf(original));
  });

  it('removes the problem, and undo brings it back', async () => {
    const document = await open((text) => text.replace(/ {2}"category".*\n/u, ''));
    const { range } = await problem(document.uri, 'manifest.category.required');
    const offered = await actions(document.uri, range);
    const action = offered.find(({ title }) => title === 'Add "category": vehicle');
    assert.ok(action?.edit);
    await vscode.workspace.applyEdit(action.edit);
    assert.ok(document.getText().includes('"category": "vehicle",'));
    await run('undo');
    await problem(document.uri, 'manifest.category.required');
  });

  it('removes an unknown field and nothing else', async () => {
    const original = readFileSync(path('manifest.json'), 'utf8');
    const document = await open((text) =>
      text.replace('  "icon"', '  "author": {\n    "name": "x"\n  },\n  "icon"'),
    );
    const { range } = await problem(document.uri, 'manifest.unknown-field');
    const [action, ...others] = await actions(document.uri, range);
    assert.equal(action?.title, 'Remove "author"');
    assert.deepEqual(others, []);
    assert.equal(await applyAndUndo(document, action), original);
  });

  it('renames a misspelt field', async () => {
    const document = await open((text) => text.replace('"tags"', '"tag"'));
    const { range } = await problem(document.uri, 'manifest.unknown-field');
    const [rename, remove] = await actions(document.uri, range);
    assert.equal(rename?.title, 'Rename "tag" to "tags"');
    assert.equal(remove?.title, 'Remove "tag"');
    assert.ok((await applyAndUndo(document, rename)).includes('"tags": ["tyres"'));
  });

  it('renames a misspelt field of sdk.config.json', async () => {
    writeFileSync(path('sdk.config.json'), '{ "approot": "./src" }\n');
    const document = await open((text) => text, 'sdk.config.json');
    const { range, message } = await problem(document.uri, 'config.unknown-field');
    assert.match(message, /did you mean "appRoot"\?$/u);
    const [rename, ...others] = await actions(document.uri, range);
    assert.deepEqual([rename?.title, others], ['Rename "approot" to "appRoot"', []]);
    assert.equal(await applyAndUndo(document, rename), '{ "appRoot": "./src" }\n');
  });

  it('rewrites an origin in its required form', async () => {
    const document = await open((text) =>
      text.replace('"permissions"', '"network": ["http://API.example.com/v1"],\n  "permissions"'),
    );
    const { range } = await problem(document.uri, 'manifest.network.scheme');
    const [action] = await actions(document.uri, range);
    assert.equal(action?.title, 'Change to https://api.example.com');
    const text = await applyAndUndo(document, action);
    assert.ok(text.includes('"network": ["https://api.example.com"]'));
  });

  it('sets the next version when this one is published, and elsewhere on demand', async () => {
    const document = await open();
    const range = report(document, 'version.published', '"1.0.0"');
    const [patch, minor] = await actions(document.uri, range);
    assert.deepEqual(
      [patch?.title, patch?.isPreferred, minor?.title],
      ['Set the version to 1.0.1', true, 'Set the version to 1.1.0'],
    );
    assert.ok((await applyAndUndo(document, patch)).includes('"version": "1.0.1"'));
    assert.ok((await applyAndUndo(document, minor)).includes('"version": "1.1.0"'));
    found.clear();
    const rewrites = await actions(document.uri, range, vscode.CodeActionKind.RefactorRewrite);
    assert.deepEqual(
      rewrites.map(({ title }) => title),
      ['Set the version to 1.0.1', 'Set the version to 1.1.0'],
    );
  });

  /**
   * Lets VS Code apply the preferred fix at a position, like the keyboard shortcut; resolves after
   * the event.
   */
  const autoFix = async <T>(range: vscode.Range, done: vscode.Event<T>): Promise<void> => {
    const editor = vscode.window.activeTextEditor ?? assert.fail('an editor is open');
    editor.selection = new vscode.Selection(range.start, range.start);
    // VS Code drops the request when the problems of the file change meanwhile, so this repeats it
    // like a user.
    let pressing: NodeJS.Timeout | undefined;
    await bringsAbout(done, async () => {
      pressing = setInterval(() => void run('editor.action.autoFix'), PRESSED_AGAIN_MS);
      await run('editor.action.autoFix');
    }).finally(() => clearInterval(pressing));
  };

  it('creates a placeholder icon', async () => {
    const document = await open((text) => text.replace('./icon.png', './art/icon.svg'));
    rmSync(path('src', 'icon.png'));
    const range = report(document, 'asset.missing', '"./art/icon.svg"');
    const [action] = await actions(document.uri, range);
    assert.equal(action?.title, 'Create a placeholder icon, ./art/icon.svg');
    const before = document.getText();
    await autoFix(range, vscode.workspace.onDidCreateFiles);
    assert.match(readFileSync(path('src', 'art', 'icon.svg'), 'utf8'), /^<svg [^]*>T<\/text>/u);
    assert.equal(document.getText(), before);
  });

  it('creates a placeholder icon under an allowed name, and undo reverts both', async () => {
    const document = await open();
    rmSync(path('src', 'icon.png'));
    const range = report(document, 'asset.missing', '"./icon.png"');
    const [action] = await actions(document.uri, range);
    assert.equal(action?.title, 'Create a placeholder icon, ./icon.svg');
    const before = document.getText();
    await autoFix(range, vscode.workspace.onDidChangeTextDocument);
    assert.equal(document.getText(), before.replace('./icon.png', './icon.svg'));
    assert.ok(existsSync(path('src', 'icon.svg')));
    await bringsAbout(vscode.workspace.onDidDeleteFiles, () => run('undo'));
    assert.equal(document.getText(), before);
    assert.ok(!existsSync(path('src', 'icon.svg')));
  });

  it('aligns the version that a page declares', async () => {
    const document = await open(
      (text) => text.replace('</head>', `<script>const APP_VERSION = '0.9.0';</script></head>`),
      'src/index.html',
    );
    const range = report(document, 'version.app-version', '0.9.0');
    const [action] = await actions(document.uri, range);
    assert.equal(action?.title, 'Set APP_VERSION to 1.0.0');
    assert.ok((await applyAndUndo(document, action)).includes(`const APP_VERSION = '1.0.0';`));
  });

  it('requires a modern WebView in the manifest for a script that needs one', async () => {
    const script = await open((text) => `${text}\nstructuredClone({});\n`, 'src/app.js');
    const range = report(script, 'baseline.api', 'structuredClone');
    const [action] = await actions(script.uri, range);
    assert.equal(action?.title, 'Require a modern WebView, leaving out the oldest cars');
    const manifest = await open();
    const text = await applyAndUndo(manifest, action);
    const { requires } = JSON.parse(text) as { requires: unknown };
    assert.deepEqual(requires, { schema: 1, dilink: ['di5.0', 'di5.1'], modernWebview: true });
    assert.ok(text.includes('"dilink": ["di5.0", "di5.1"],\n    "modernWebview": true\n'));
  });

  it('rewrites origins on save when the setting asks for it', async () => {
    const configuration = vscode.workspace.getConfiguration('editor');
    const wanted = { 'source.fixAll.i99dash': 'explicit' };
    const origins =
      '"network": ["HTTPS://API.example.com:443/", "http://b.example.com"],\n  "tags":';
    const document = await open();
    const tags = document.positionAt(document.getText().indexOf('"tags":'));
    const insertion = new vscode.WorkspaceEdit();
    insertion.replace(document.uri, new vscode.Range(tags, tags.translate(0, 7)), origins);
    assert.ok(await vscode.workspace.applyEdit(insertion));
    const all = new vscode.Range(0, 0, document.lineCount, 0);
    assert.ok(
      (await actions(document.uri, all)).every(
        ({ kind }) => kind?.value !== 'source.fixAll.i99dash',
      ),
      'the light bulb offers single fixes',
    );
    const { Global } = vscode.ConfigurationTarget;
    await configuration.update('codeActionsOnSave', wanted, Global);
    try {
      assert.ok(await document.save());
    } finally {
      await configuration.update('codeActionsOnSave', undefined, Global);
    }
    assert.match(
      readFileSync(path('manifest.json'), 'utf8'),
      /"network": \["https:\/\/api\.example\.com", "http:\/\/b\.example\.com"\]/u,
    );
  });

  it('offers nothing for problems of other extensions', async () => {
    // A place without a problem of ours, which the check of the files would report by itself.
    const document = await open((text) => `${text}\nconsole.info('started');\n`, 'src/app.js');
    const range = report(document, 'baseline.api', 'console.info');
    const [diagnostic] = found.get(document.uri) ?? [];
    assert.ok(diagnostic);
    const ours = await actions(document.uri, range);
    assert.ok(ours.some(({ title }) => title.includes('WebView')));
    const other = Object.assign(new vscode.Diagnostic(range, 'x'), { code: diagnostic.code });
    found.set(document.uri, [other]);
    const titles = (await actions(document.uri, range)).map(({ title }) => title);
    assert.ok(!titles.some((title) => title.includes('WebView')));
  });
});
