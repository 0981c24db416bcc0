import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

const ROOT = join(__dirname, '../..');

interface Metafile {
  inputs: Record<string, { imports: { path: string; kind: string; external?: boolean }[] }>;
  outputs: Record<
    string,
    {
      entryPoint?: string;
      inputs: Record<string, unknown>;
      imports: { path: string; kind: string; external?: boolean }[];
    }
  >;
}

interface Manifest {
  contributes: {
    commands: { command: string; title: string; category?: string }[];
    menus: Record<string, { command: string }[]>;
    configuration: {
      properties: Record<string, { scope?: string; markdownDescription?: string }>;
    }[];
  };
  capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
}

const manifest = readJson('package.json') as Manifest;

/** The bundles that `npm run build` wrote with esbuild. */
const metafile = readJson('.build/meta.json') as Metafile;

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
}

function sources(folder: string): { path: string; text: string }[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      const path = relative(ROOT, file).split(sep).join('/');
      return { path, text: readFileSync(file, 'utf8') };
    });
}

function importsOf(text: string): string[] {
  return [...text.matchAll(/(?:from|import|require)\s*\(?\s*'([^']+)'/gu)].map(
    ([, path]) => path ?? '',
  );
}

/** The folders of src/core from the lowest to the highest, as ARCHITECTURE.md lists them. */
const CORE_FOLDERS = [
  ...readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8').matchAll(/^\| (`[\w/`, ]+`) +\|/gmu),
]
  .flatMap(([, cell = '']) => [...cell.matchAll(/`([\w/]+)\/`/gu)].map(([, name = '']) => name))
  .filter((name) => !name.startsWith('src/'));

/** Returns the listed folder that a source belongs to; undefined for files of other folders. */
function coreFolder(path: string): string | undefined {
  return CORE_FOLDERS.filter((folder) => path.startsWith(`src/core/${folder}/`)).reduce<
    string | undefined
  >((longest, folder) => (folder.length > (longest?.length ?? 0) ? folder : longest), undefined);
}

describe('layers', () => {
  it('let folders of core import values only from folders that ARCHITECTURE.md lists above', () => {
    assert.ok(CORE_FOLDERS.length > 20, CORE_FOLDERS.join(' '));
    for (const [source, { imports }] of Object.entries(metafile.inputs)) {
      if (!/^src\/core\/.*\//u.test(source)) continue;
      const from = coreFolder(source) ?? assert.fail(`no listed folder holds ${source}`);
      for (const { path } of imports) {
        const to = coreFolder(path) ?? from;
        const isAllowed = CORE_FOLDERS.indexOf(to) <= CORE_FOLDERS.indexOf(from);
        assert.ok(isAllowed, `${source} imports ${path}`);
      }
    }
  });

  it('keep vscode and higher layers out of core, including types', () => {
    const core = sources('src/core');
    assert.ok(core.length > 20);
    for (const { path, text } of core) {
      for (const target of importsOf(text)) {
        const fine = target !== 'vscode' && !/(^|\/)(vscode|extension|test)(\/|$)/u.test(target);
        assert.ok(fine, `${path} imports ${target}`);
      }
    }
  });

  it('keep test out of src', () => {
    for (const { path, text } of sources('src')) {
      for (const target of importsOf(text)) {
        assert.ok(!/(^|\/)test(\/|$)/u.test(target), `${path} imports ${target}`);
      }
    }
  });

  it('bundle only src and packages, nothing of test', () => {
    const inputs = Object.keys(metafile.inputs);
    assert.ok(inputs.includes('src/extension.ts'));
    for (const input of inputs) {
      assert.match(input, /^(src\/|node_modules\/|<define:|\(disabled\):)/u);
    }
  });

  it('load vscode only in the shell', () => {
    for (const [input, { imports }] of Object.entries(metafile.inputs)) {
      if (imports.some(({ path }) => path === 'vscode')) {
        assert.match(input, /^src\/(vscode\/|extension\.ts)/u);
      }
    }
  });

  it('load neither private keys nor undici nor publish code on activation', () => {
    const outputs = metafile.outputs;
    const entry = Object.keys(outputs).find(
      (path) => outputs[path]?.entryPoint === 'src/extension.ts',
    );
    const loaded = new Set<string>();
    const visit = (path: string): void => {
      if (loaded.has(path)) {
        return;
      }
      loaded.add(path);
      for (const { path: target, kind, external } of outputs[path]?.imports ?? []) {
        if (kind === 'import-statement' && external !== true) {
          visit(target);
        }
      }
    };
    visit(entry ?? assert.fail('no entry point'));
    const inputs = [...loaded].flatMap((path) => Object.keys(outputs[path]?.inputs ?? {}));
    assert.ok(inputs.length > 10);
    for (const input of inputs) {
      assert.match(input, /^(src|node_modules\/@vscode\/l10n)\//u, `activation loads ${input}`);
      assert.doesNotMatch(input, /^src\/core\/publish\//u);
    }
    const lazy = Object.keys(metafile.inputs).filter((input) => !inputs.includes(input));
    for (const part of [
      'src/core/ssh/privateKey.ts',
      'node_modules/sshpk/',
      'node_modules/undici/',
      'src/core/publish/',
    ]) {
      assert.ok(
        lazy.some((input) => input.startsWith(part)),
        `${part} is bundled`,
      );
    }
  });
});

describe('manifest', () => {
  const contributed = manifest.contributes.commands.map(({ command }) => command);

  it('declares exactly the commands that the code registers', () => {
    const text = readFileSync(join(ROOT, 'src/vscode/commands/commandIds.ts'), 'utf8');
    const [, list = ''] = /COMMAND_IDS = \[(.*?)\]/su.exec(text) ?? [];
    const registered = [...list.matchAll(/'([^']+)'/gu)].map(([, id]) => id ?? '');
    assert.ok(registered.length > 0);
    assert.deepEqual([...contributed].sort(), [...registered].sort());
  });

  it('refers in menus only to declared commands', () => {
    for (const { command } of Object.values(manifest.contributes.menus).flat()) {
      assert.ok(contributed.includes(command), command);
    }
  });

  it('lets no workspace redirect a credential', () => {
    const properties = Object.assign(
      {},
      ...manifest.contributes.configuration.map((part) => part.properties),
    ) as Record<string, { scope?: string }>;
    for (const [key, { scope }] of Object.entries(properties)) {
      // The track belongs to the project and moves no credential. A key and an agent belong to one
      // machine.
      const ofMachine = key.startsWith('i99dash.ssh.') ? 'machine' : 'application';
      const expected = key === 'i99dash.publish.defaultTrack' ? 'resource' : ofMachine;
      assert.equal(scope, expected, key);
    }
    const ofMachine = Object.keys(properties).filter((key) => key.startsWith('i99dash.ssh.'));
    assert.equal(ofMachine.length, 3);
    for (const key of ['i99dash.backendUrl', 'i99dash.webConsoleUrl', ...ofMachine]) {
      assert.ok(key in properties, key);
      assert.ok(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations.includes(key));
    }
  });

  it('has a text for every placeholder and no unused text', () => {
    const texts = Object.keys(readJson('package.nls.json') as Record<string, string>);
    const used = [...JSON.stringify(manifest).matchAll(/%([\w.]+)%/gu)].map(([, key]) => key ?? '');
    assert.deepEqual([...new Set(used)].sort(), [...texts].sort());
  });
});
