import assert from 'node:assert/strict';
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isUnwritten } from '../../src/core/miniAppFolder';
import { findProjects, isMiniApp, isStillProject } from '../../src/core/projectFolders';
import { MINI_APP } from '../../src/core/projectKind';
import { useTempFolder } from '../support/temp-folder';

const FIXTURES = join(__dirname, '../fixtures');
const OURS = JSON.stringify({ icon: './icon.png' });

describe('mini-app folder', () => {
  const temp = useTempFolder();

  async function write(name: string, content: string): Promise<void> {
    const path = join(temp.path, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }

  const isOurs = async (manifest: string) => {
    await write('manifest.json', manifest);
    return isMiniApp(temp.path);
  };

  it('is recognized by its files', async () => {
    for (const name of ['mini-apps/tyre-pressure', 'mini-apps/charge-timer']) {
      assert.equal(await isMiniApp(join(FIXTURES, name)), true, name);
    }
    for (const name of ['browser-extension', 'web-app', 'mini-apps', 'gone']) {
      assert.equal(await isMiniApp(join(FIXTURES, name)), false, name);
    }
  });

  it('is recognized by a manifest with our host or a relative icon', async () => {
    for (const manifest of [
      '{"url":"https://miniapps.i99dash.app/trip-log/"}',
      '{"url":"https://MINIAPPS.i99dash.app"}',
      '{"icon":"./icon.png"}',
      '\uFEFF{"icon":"./icon.png"}',
      '{"icon":"./","id":7}',
    ]) {
      assert.equal(await isOurs(manifest), true, manifest);
    }
    for (const manifest of [
      '{}',
      '{"url":"https://miniapps.i99dash.app.example.com/"}',
      '{"url":"https://example.com/?https://miniapps.i99dash.app/"}',
      '{"url":"miniapps.i99dash.app"}',
      '{"icon":"icon.png"}',
      '{"icon":"../icon.png"}',
      '{"icon":{"48":"./icon.png"}}',
      '[{"icon":"./icon.png"}]',
      'null',
      '',
      '{"icon":"./icon.png"',
    ]) {
      assert.equal(await isOurs(manifest), false, manifest);
    }
  });

  it('is recognized by sdk.config.json even while its manifest is incomplete', async () => {
    await write('sdk.config.json', '');
    assert.equal(await isMiniApp(temp.path), false, 'without a manifest');
    assert.equal(await isOurs('{"id":'), true);
    assert.equal(await isOurs('{"manifest_version":3}'), true);
  });

  it('is not recognized by a folder of that name', async () => {
    await mkdir(join(temp.path, 'sdk.config.json'));
    assert.equal(await isOurs('{}'), false);
    await mkdir(join(temp.path, 'a', 'manifest.json'), { recursive: true });
    assert.equal(await isMiniApp(join(temp.path, 'a')), false);
  });

  it('stays recognized while its manifest is invalid JSON, and no longer', async () => {
    for (const [manifest, expected] of [
      [OURS, true],
      [OURS.slice(0, -1), true],
      ['\uFEFF', true],
      ['{}', false],
    ] as const) {
      await write('manifest.json', manifest);
      assert.equal(await isStillProject({ folder: temp.path, kind: MINI_APP }), expected, manifest);
    }
    assert.equal(await isStillProject({ folder: join(temp.path, 'gone'), kind: MINI_APP }), false);
  });

  it('has folders that contain only generated files', () => {
    const folder = join('/', 'node_modules', 'trip-log');
    for (const name of ['node_modules', 'src/node_modules/a.js', '.git/index', '.git']) {
      assert.equal(isUnwritten(join(folder, name), folder), true, name);
    }
    for (const name of ['', 'src', 'src/node_modules.js', '.gitignore', 'a.git/b']) {
      assert.equal(isUnwritten(join(folder, name), folder), false, name);
    }
  });
});

describe('mini-apps of a workspace', () => {
  const temp = useTempFolder();

  async function plant(...folders: string[]): Promise<void> {
    for (const folder of folders) {
      await mkdir(join(temp.path, folder), { recursive: true });
      await writeFile(join(temp.path, folder, 'manifest.json'), OURS);
    }
  }

  const find = async (...roots: string[]) =>
    (await findProjects(roots.map((root) => join(temp.path, root))))
      .filter(({ kind }) => kind === MINI_APP)
      .map(({ folder }) => folder.slice(temp.path.length + 1));

  it('are found at the top and below, the nearest first', async () => {
    await plant('apps/deep/er', 'near', 'apps/one');
    assert.deepEqual(await find('.'), ['near', 'apps/one', 'apps/deep/er']);
  });

  it('are found in every workspace folder in order', async () => {
    await plant('b/app', 'a', 'c/app');
    assert.deepEqual(await find('c', 'a', 'b', 'gone'), ['a', 'c/app', 'b/app']);
  });

  it('are found once when workspace folders are nested', async () => {
    await plant('monorepo/apps/one', 'monorepo/two');
    const nested = ['monorepo', 'monorepo/apps', 'monorepo/two', 'monorepo'];
    assert.deepEqual(await find(...nested), ['monorepo/two', 'monorepo/apps/one']);
  });

  it('are not searched for within a mini-app', async () => {
    await plant('app', 'app/examples/inner');
    assert.deepEqual(await find('.'), ['app']);
    assert.deepEqual(await find('app'), ['app']);
  });

  it('are not searched for in generated, installed or hidden folders, or too deep', async () => {
    await plant(
      'node_modules/app',
      'dist/app',
      'build/app',
      'out/app',
      'vendor/app',
      '.cache/app',
      'distribution/app',
      'one/two/three',
      'one/two/two/four',
    );
    assert.deepEqual((await find('.')).sort(), ['distribution/app', 'one/two/three']);
  });

  it('are not found through links', async () => {
    await plant('app');
    await symlink(join(temp.path, 'app'), join(temp.path, 'link'));
    await symlink(temp.path, join(temp.path, 'round'));
    assert.deepEqual(await find('.'), ['app']);
  });

  it('are found among the manifests of other tools', async () => {
    await cp(FIXTURES, join(temp.path, 'fixtures'), { recursive: true });
    assert.deepEqual((await find('.')).sort(), [
      'fixtures/broken-mini-apps/every-problem',
      'fixtures/examples/base',
      'fixtures/mini-apps/cabin-climate',
      'fixtures/mini-apps/charge-timer',
      'fixtures/mini-apps/parking-note',
      'fixtures/mini-apps/trip-log',
      'fixtures/mini-apps/tyre-pressure',
    ]);
  });

  it('are found in part when there are too many folders', async () => {
    const names = Array.from({ length: 2_010 }, (_, index) => `app-${index}`);
    await Promise.all(names.map((name) => plant(name)));
    assert.equal((await find('.')).length, 1_999, 'of 2,000 visited, the root aside');
  });
});
