import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Problem } from '../../../src/core/problem';
import { writeNightDrive } from '../../support/theme';
import { edit, ours, shows, showsExactly } from '../diagnostics';
import { activateExtension, failsWith, run, workspacePath } from '../support';

describe('a theme in the editor', () => {
  let folder: string;
  let file: string;
  let count = 0;

  before(() => activateExtension());

  beforeEach(() => {
    folder = workspacePath(`theme-${++count}`);
    file = join(folder, 'theme.json');
    writeNightDrive(folder);
  });

  afterEach(async () => {
    await run('workbench.action.closeAllEditors');
    rmSync(folder, { recursive: true, force: true });
  });

  const open = async (): Promise<vscode.TextDocument> => {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
    await vscode.window.showTextDocument(document);
    return document;
  };

  const rangeOf = (document: vscode.TextDocument, text: string): vscode.Range => {
    const start = document.getText().indexOf(text);
    assert.ok(start >= 0, text);
    return new vscode.Range(document.positionAt(start), document.positionAt(start + text.length));
  };

  const placeOf = ({ start, end }: vscode.Range): string =>
    `${start.line}:${start.character}-${end.line}:${end.character}`;

  it('shows problems at their exact places while it is typed', async () => {
    const document = await open();
    await edit(document, '"#4DA3FF"', '"blue"');
    const place = placeOf(rangeOf(document, '"blue"'));
    await showsExactly(file, [`theme.spec.colors.accent.value@${place}`]);
    await edit(document, '"blue"', '"#1F2937"');
    const [told] = await shows(file, 'contrast.accent');
    assert.equal(told, `contrast.accent@${placeOf(rangeOf(document, '"#1F2937"'))}`);
    assert.equal(ours(file)[0]?.severity, vscode.DiagnosticSeverity.Warning);
    await edit(document, '"#1F2937"', '"#4DA3FF"');
    await showsExactly(file, []);
    await run('workbench.action.revertAndCloseActiveEditor');
  });

  it('is told when a picture is removed, and when it is back', async () => {
    // In the theme's own folder: VS Code may not watch a folder that was created inside a new one.
    const picture = join(folder, 'icon.svg');
    const content = readFileSync(picture);
    await open();
    await creationsAreReported(folder);
    rmSync(picture);
    await shows(file, 'asset.missing');
    writeFileSync(picture, content);
    await showsExactly(file, []);
  });

  it('is validated by the command, from the folder and from the file', async () => {
    const text = readFileSync(file, 'utf8').replace(
      '"dark",\n    "colors"',
      '"night",\n    "colors"',
    );
    writeFileSync(file, text);
    for (const given of [folder, file]) {
      const found = await run<Problem[]>('i99dash.validate', { folder: vscode.Uri.file(given) });
      assert.deepEqual(
        found.map(({ rule, file: at }) => [rule, at]),
        [['theme.spec.brightness.value', file]],
      );
    }
  });

  it('shows its colors, and writes a picked one with the alpha first', async () => {
    const document = await open();
    const colors = await run<vscode.ColorInformation[]>(
      'vscode.executeDocumentColorProvider',
      document.uri,
    );
    assert.equal(colors.length, 12);
    const low = colors.find(({ range }) => document.getText(range) === '#CC121821');
    assert.ok(low);
    const { red, green, blue, alpha } = low.color;
    assert.deepEqual(
      [red, green, blue, alpha].map((part) => Math.round(part * 255)),
      [0x12, 0x18, 0x21, 0xcc],
    );
    const present = async (color: vscode.Color, text: string): Promise<string[]> => {
      const place = { uri: document.uri, range: rangeOf(document, text) };
      const found = await run<vscode.ColorPresentation[]>(
        'vscode.executeColorPresentationProvider',
        color,
        place,
      );
      // VS Code's own support for JSON answers too, with lower-case letters.
      return found.map(({ label }) => label).filter((label) => label === label.toUpperCase());
    };
    assert.deepEqual(await present(new vscode.Color(1, 0, 0, 1), '#4DA3FF'), ['#FF0000']);
    assert.deepEqual(await present(new vscode.Color(1, 0, 0, 0.5), '#4DA3FF'), ['#80FF0000']);
    assert.deepEqual(await present(new vscode.Color(1, 0, 0, 1), '#CC121821'), ['#FFFF0000']);
  });

  it('has no colors in the theme.json of another tool', async () => {
    writeFileSync(
      file,
      '{ "colors": { "accent": "#FF0000" }, "gauge": { "ringColor": "#FF0000" } }',
    );
    const document = await open();
    const hovers = await run<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      rangeOf(document, 'accent').start,
    );
    const told = JSON.stringify(hovers.flatMap(({ contents }) => contents));
    assert.doesNotMatch(told, /What stands out/u);
    assert.deepEqual(ours(file), []);
  });

  it('offers to mend a color that does not stand out', async () => {
    const document = await open();
    await edit(document, '"#EEF3F8"', '"#2B3744"');
    await shows(file, 'contrast.text');
    const actions = await run<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      rangeOf(document, '"#2B3744"'),
    );
    const titles = actions.map(({ title }) => title);
    assert.ok(
      titles.some((title) => /^Change "spec\.colors\.onSurface" to #[0-9A-F]{6}$/u.test(title)),
      titles.join('\n'),
    );
    await run('workbench.action.revertAndCloseActiveEditor');
  });

  it('has a CodeLens, links and completions', async () => {
    const { uri } = await open();
    const lenses = await run<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 10);
    assert.deepEqual(
      lenses.map(({ command }) => command?.command),
      ['i99dash.previewTheme', 'i99dash.publish', 'i99dash.dryRun', 'i99dash.validate'],
    );
    const links = await run<vscode.DocumentLink[]>('vscode.executeLinkProvider', uri);
    const targets = links.map(({ target }) => target?.fsPath);
    assert.ok(targets.includes(join(folder, 'pictures/home-dark.svg')));
  });

  it('is previewed by the command in one panel for each theme', async () => {
    const panels = (): vscode.Tab[] =>
      vscode.window.tabGroups.all
        .flatMap(({ tabs }) => tabs)
        .filter(({ input }) => input instanceof vscode.TabInputWebview);
    assert.equal(await run('i99dash.previewTheme', { folder: vscode.Uri.file(file) }), true);
    assert.equal(await run('i99dash.previewTheme', { folder }), true);
    const expected = `Preview: theme-${count}`;
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (
          panels()
            .map(({ label }) => label)
            .join('\n') === expected
        )
          resolve();
      };
      vscode.window.tabGroups.onDidChangeTabs(look);
      look();
    });
  });

  it('is packed by a dry run, and has no beta', async () => {
    const folderUri = vscode.Uri.file(folder);
    const result = await run('i99dash.dryRun', { folder: folderUri });
    const { kind, appId, version, track, dryRun, fileCount } = result;
    assert.deepEqual(
      [kind, appId, version, track, dryRun, fileCount],
      ['theme', 'night-drive', '1.0.0', 'production', true, 4],
    );
    const beta = { folder: folderUri, track: 'beta', dryRun: true };
    await failsWith('VALIDATION_FAILED', 'i99dash.publish', beta);
  });
});

/**
 * Waits until VS Code has reported the new files of a folder. It reports nothing of a file that is
 * removed before that.
 */
async function creationsAreReported(folder: string): Promise<void> {
  const path = join(folder, 'last.txt');
  const pattern = new vscode.RelativePattern(vscode.Uri.file(folder), 'last.txt');
  const watcher = vscode.workspace.createFileSystemWatcher(pattern);
  try {
    const reported = new Promise((resolve) => watcher.onDidCreate(resolve));
    writeFileSync(path, '');
    await reported;
  } finally {
    watcher.dispose();
  }
}
