import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { atCursor } from '../../support/cursor';
import { activateExtension, run, workspacePath } from '../support';

const REQUIRED = ['id', 'name', 'icon', 'url', 'version', 'category'];

/** Replaces the text of an open document and returns the cursor, without saving it. */
async function write(
  document: vscode.TextDocument,
  marked: string,
): Promise<[vscode.Uri, vscode.Position]> {
  const { text, offset } = atCursor(marked);
  const edit = new vscode.WorkspaceEdit();
  const end = document.lineAt(document.lineCount - 1).range.end;
  edit.replace(document.uri, new vscode.Range(new vscode.Position(0, 0), end), text);
  assert.ok(await vscode.workspace.applyEdit(edit));
  return [document.uri, document.positionAt(offset)];
}

const labelOf = ({ label }: vscode.CompletionItem): string =>
  typeof label === 'string' ? label : label.label;

/** Returns the text of Markdown or plain text. */
const textOf = (content: string | { value: string } = ''): string =>
  (typeof content === 'string' ? content : content.value).replace(/&#(\d+);/gu, (_, code) =>
    String.fromCodePoint(Number(code)),
  );

describe('language features in the files of mini-apps', () => {
  let folder: string;
  let count = 0;

  before(() => activateExtension());

  beforeEach(() => {
    // Documents stay open for a while after their editors, so each test uses new files.
    folder = workspacePath(`assisted-${++count}`);
    cpSync(workspacePath('tyre-pressure'), folder, { recursive: true });
  });

  afterEach(async () => {
    await run('workbench.action.revertAndCloseActiveEditor');
    rmSync(folder, { recursive: true, force: true });
  });

  const open = async (file: string): Promise<vscode.TextDocument> => {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
    await vscode.window.showTextDocument(document);
    return document;
  };

  const complete = async (marked: string, file = 'manifest.json') => {
    const document = await open(join(folder, file));
    const [uri, position] = await write(document, marked);
    const { items } = await run<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      uri,
      position,
    );
    return { document, items };
  };

  const labels = async (marked: string, file?: string): Promise<string[]> =>
    (await complete(marked, file)).items.map(labelOf);

  const hover = async (uri: vscode.Uri, position: vscode.Position): Promise<string> => {
    const hovers = await run<vscode.Hover[]>('vscode.executeHoverProvider', uri, position);
    return hovers.flatMap(({ contents }) => contents.map((content) => textOf(content))).join('\n');
  };

  it('completes missing fields with a description', async () => {
    const { items } = await complete('{\n  "id": "x",\n  "|"\n}\n');
    const names = items.map(labelOf);
    assert.deepEqual(names.slice(0, 5), REQUIRED.slice(1));
    assert.ok(names.includes('coverImage'));
    const category = items.find((item) => labelOf(item) === 'category');
    assert.match(textOf(category?.documentation), /Where the store lists the app/u);
    assert.deepEqual((await labels('{\n  "requires": { "dilink": [], "|" }\n}')).slice(0, 4), [
      'schema',
      'vehicleCapabilities',
      'modernWebview',
      'minBridge',
    ]);
  });

  it('inserts a field with its comma when the completion is accepted', async () => {
    const { document, items } = await complete('{\n  "id": "x"\n  "|"\n  "tags": []\n}\n');
    const category = items.find((item) => labelOf(item) === 'category');
    assert.ok(category?.insertText instanceof vscode.SnippetString);
    const edit = new vscode.WorkspaceEdit();
    edit.set(document.uri, [
      ...(category.additionalTextEdits ?? []),
      vscode.SnippetTextEdit.replace(category.range as vscode.Range, category.insertText),
    ]);
    assert.ok(await vscode.workspace.applyEdit(edit));
    assert.equal(document.getText(), '{\n  "id": "x",\n  "category": "",\n  "tags": []\n}\n');
  });

  it('completes categories, capabilities and the fields of sdk.config.json', async () => {
    assert.deepEqual((await labels('{ "category": "|" }')).slice(0, 2), ['navigation', 'media']);
    const capabilities = await labels('{ "requires": { "vehicleCapabilities": ["ac.get", "|"] } }');
    assert.ok(capabilities.includes('ac.set'));
    assert.deepEqual((await labels('{ "|" }', 'sdk.config.json')).slice(0, 4), [
      'appRoot',
      'distDir',
      'buildCommand',
      'dev',
    ]);
  });

  it('completes existing pictures with size and dimensions', async () => {
    const { items } = await complete('{ "icon": "|" }');
    const [icon, cover] = items;
    assert.ok(icon && cover);
    assert.deepEqual([labelOf(icon), labelOf(cover)], ['./icon.png', './cover.png']);
    assert.match(
      (icon.label as vscode.CompletionItemLabel).description ?? '',
      /^\d+ (?:B|KiB) · 256×256$/u,
    );
    assert.match(textOf(cover.documentation), /exactly 256×256/u);
  });

  it('reads the folder of the pictures from an unsaved sdk.config.json', async () => {
    await write(await open(join(folder, 'sdk.config.json')), '{ "appRoot": "./elsewhere" }|');
    const names = await labels('{ "icon": "./|" }');
    assert.deepEqual(
      names.filter((name) => name.startsWith('./')),
      [],
    );
    await run('workbench.action.revertAndCloseActiveEditor');
  });

  it('explains fields and their values on hover', async () => {
    const document = await open(join(folder, 'manifest.json'));
    const [uri, position] = await write(document, '{ "safeWhile|Driving": true }');
    const text = await hover(uri, position);
    for (const part of [
      /\*\*safeWhileDriving\*\* · true or false/u,
      /while the car moves/u,
      /Default: `false`/u,
    ]) {
      assert.match(text, part);
    }
    assert.match(
      await hover(...(await write(document, '{ "category": "oth|er" }'))),
      /\*\*category\*\* · text · required[^]*One of `navigation`/u,
    );
    assert.match(await hover(...(await write(document, '{ "icon": "./ic|on.png" }'))), /256×256/u);
    assert.match(
      await hover(...(await write(document, '{ "icon": "./no|ne.png" }'))),
      /There is no such picture/u,
    );
    assert.equal(await hover(...(await write(document, '{ "author": "|x" }'))), '');
  });

  it('links existing pictures', async () => {
    const document = await open(join(folder, 'manifest.json'));
    const [uri] = await write(document, '{ "icon": "./icon.png", "coverImage": "./none.png" }|');
    const links = await run<vscode.DocumentLink[]>('vscode.executeLinkProvider', uri);
    assert.deepEqual(
      links.map(({ range, target }) => [document.getText(range), target?.fsPath]),
      [['./icon.png', join(folder, 'src', 'icon.png')]],
    );
  });

  it('works in a manifest with a syntax error and without an sdk.config.json', async () => {
    rmSync(join(folder, 'sdk.config.json'));
    assert.ok((await labels('{ "icon": "./icon.png", "|" ')).includes('category'));
  });

  for (const other of ['browser-extension', 'web-app']) {
    it(`ignores the manifest.json of a ${other}`, async () => {
      const document = await open(workspacePath(other, 'manifest.json'));
      const text = document.getText();
      const first = document.positionAt(text.indexOf('"') + 1);
      const { uri } = document;
      const { items } = await run<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        uri,
        first,
      );
      assert.deepEqual(
        items.map(labelOf).filter((label) => REQUIRED.includes(label)),
        [],
      );
      for (const name of ['"name"', '"description"', '"version"', '"id"']) {
        const offset = text.indexOf(name);
        const position = document.positionAt(offset + 1);
        if (offset >= 0) assert.equal(await hover(uri, position), '');
      }
      const links = await run<vscode.DocumentLink[]>('vscode.executeLinkProvider', uri);
      assert.ok(links.every(({ target }) => target?.scheme !== 'file'));
      const all = new vscode.Range(new vscode.Position(0, 0), document.positionAt(text.length));
      for (const kind of [vscode.CodeActionKind.QuickFix, vscode.CodeActionKind.RefactorRewrite]) {
        const { value } = kind;
        assert.deepEqual(await run('vscode.executeCodeActionProvider', uri, all, value), []);
      }
    });
  }
});
