import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { activateExtension, run, workspacePath } from './support';

const RULES_OF_OURS = /^(?:manifest|config|requires|version|asset|baseline|secret|files)\./u;

/** What the Problems panel shows of ours for a file: `rule@line:character-line:character`. */
function shownFor(file: string): string[] {
  return ours(file).map(({ code, range: { start, end } }) => {
    return `${String(code)}@${start.line}:${start.character}-${end.line}:${end.character}`;
  });
}

function ours(file: string): vscode.Diagnostic[] {
  return vscode.languages
    .getDiagnostics(vscode.Uri.file(file))
    .filter(({ source }) => source === 'i99dash');
}

/** Resolves when the panel shows what it should; a test that waits in vain tells what is shown instead. */
async function untilShown(file: string, expected: (shown: string[]) => boolean): Promise<string[]> {
  let subscription: vscode.Disposable | undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<string[]>((resolve, reject) => {
      const look = (): void => {
        const shown = shownFor(file);
        if (expected(shown)) resolve(shown);
      };
      subscription = vscode.languages.onDidChangeDiagnostics(look);
      timer = setTimeout(
        () => reject(new Error(`shown for ${file}: ${JSON.stringify(shownFor(file))}`)),
        15_000,
      );
      look();
    });
  } finally {
    subscription?.dispose();
    clearTimeout(timer);
  }
}

const shows = (file: string, rule: string): Promise<string[]> =>
  untilShown(file, (shown) => shown.some((each) => each.startsWith(`${rule}@`)));

const showsExactly = (file: string, expected: string[]): Promise<string[]> =>
  untilShown(file, (shown) => JSON.stringify(shown) === JSON.stringify(expected));

async function edit(document: vscode.TextDocument, from: string, to: string): Promise<void> {
  const offset = document.getText().indexOf(from);
  assert.ok(offset >= 0, `${from} is in the text`);
  const change = new vscode.WorkspaceEdit();
  const range = new vscode.Range(
    document.positionAt(offset),
    document.positionAt(offset + from.length),
  );
  change.replace(document.uri, range, to);
  assert.ok(await vscode.workspace.applyEdit(change));
}

describe('problems', () => {
  let folder: string;
  let manifest: string;

  before(() => activateExtension());

  beforeEach(() => {
    folder = workspacePath('in-work');
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
    it('are shown in manifest.json at their exact places, and go when they are mended', async () => {
      const document = await open(manifest);
      await edit(document, '"category": "vehicle"', '"category": "vehicles"');
      const line = document.getText().slice(0, document.getText().indexOf('"vehicles"'));
      const row = line.split('\n').length - 1;
      const column = line.length - line.lastIndexOf('\n') - 1;
      await showsExactly(manifest, [
        `manifest.category.value@${row}:${column}-${row}:${column + '"vehicles"'.length}`,
      ]);
      const [diagnostic] = ours(manifest);
      assert.equal(diagnostic?.severity, vscode.DiagnosticSeverity.Error);
      assert.match(diagnostic?.message ?? '', /"category" must be one of navigation/u);
      await edit(document, '"vehicles"', '"vehicle"');
      await showsExactly(manifest, []);
      await discard();
    });

    it('are shown in sdk.config.json', async () => {
      const config = join(folder, 'sdk.config.json');
      const document = await open(config);
      await edit(document, '"./src"', '7');
      await showsExactly(config, ['config.appRoot.type@1:13-1:14']);
      await discard();
      await showsExactly(config, []);
    });

    it('tell of requirements that contradict each other', async () => {
      const document = await open(manifest);
      await edit(document, '{', '{ "requires": { "dilink": ["di5.0"], "modernWebview": true },');
      await shows(manifest, 'requires.modern-webview-on-di5.0');
      await discard();
      await showsExactly(manifest, []);
    });

    it('stay when a manifest is saved that is no JSON for the moment', async () => {
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

  it('are none in a manifest.json of somebody else', async () => {
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
      const named = diagnostics.filter(({ code }) => RULES_OF_OURS.test(String(code)));
      assert.ok(named.length === 0 || uri.fsPath.startsWith(folder), uri.fsPath);
    }
    await discard();
    await run('workbench.action.revertAndCloseActiveEditor');
    await run('workbench.action.revertAndCloseActiveEditor');
  });

  it('go with the mini-app', async () => {
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"vehicle"', '"vehicles"'));
    await open(manifest);
    await shows(manifest, 'manifest.category.value');
    rmSync(folder, { recursive: true });
    await showsExactly(manifest, []);
  });
});
