import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import Module from 'node:module';
import { basename, join, sep } from 'node:path';
import * as vscode from 'vscode';
import { activateExtension, EXTENSION_ID } from './support';

interface Metafile {
  outputs: Record<string, { inputs: Record<string, unknown> }>;
}

/** Returns the sources of the files in `dist` that Node has loaded in this extension host. */
function loadedSources(extensionPath: string): string[] {
  const meta = JSON.parse(
    readFileSync(join(extensionPath, '.build', 'meta.json'), 'utf8'),
  ) as Metafile;
  const cache = (Module as unknown as { _cache: Record<string, unknown> })._cache;
  const dist = join(extensionPath, 'dist') + sep;
  return Object.keys(cache)
    .filter((file) => file.startsWith(dist))
    .flatMap((file) => Object.keys(meta.outputs[`dist/${basename(file)}`]?.inputs ?? {}));
}

describe('activation', () => {
  let extension: vscode.Extension<unknown>;

  before(async () => {
    extension = await activateExtension();
  });

  it('loads no code for private keys, undici, publishing or operators', () => {
    const sources = loadedSources(extension.extensionPath);
    assert.ok(sources.includes('src/extension.ts'), 'the entry point is loaded');
    for (const source of sources) {
      assert.match(source, /^src\/|^node_modules\/@vscode\/l10n\//u);
      assert.doesNotMatch(source, /^src\/core\/publish\//u);
      // The only operator code is the switch and the table of commands.
      const allowed = /^src\/vscode\/operator\/operator(?:Feature|Commands)\.ts$/u;
      assert.ok(!source.includes('/operator/') || allowed.test(source), source);
    }
  });

  it('loads the code of a command when the command runs', async () => {
    const missing = vscode.commands.executeCommand('i99dash.signIn', { keyPath: '/nowhere/id' });
    await assert.rejects(Promise.resolve(missing), { code: 'KEY_NOT_FOUND' });
    const sources = loadedSources(extension.extensionPath);
    assert.ok(sources.some((source) => source === 'src/core/ssh/privateKey.ts'));
    assert.ok(!sources.some((source) => source.startsWith('node_modules/undici/')));
  });

  it('registers every command that the manifest declares', async () => {
    const registered = await vscode.commands.getCommands(true);
    const { contributes } = extension.packageJSON as {
      contributes: { commands: { command: string }[] };
    };
    assert.equal(extension.id, EXTENSION_ID);
    for (const { command } of contributes.commands) {
      assert.ok(registered.includes(command), command);
    }
  });
});
