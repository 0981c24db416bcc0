import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MINI_APP } from '../../../../src/core/projectKind';
import { loadProject, readProject } from '../../../../src/core/publish/project/project';
import { rejectsWith } from '../../../support/expect';
import { useTempFolder } from '../../../support/temp-folder';

const MANIFEST = {
  id: 'trip-log',
  name: { en: 'Trip log' },
  icon: './icon.png',
  url: 'https://miniapps.i99dash.app/trip-log/',
  version: '1.0.0',
  category: 'vehicle',
};

describe('project', () => {
  const temp = useTempFolder();
  const write = (name: string, content: unknown) =>
    writeFile(
      join(temp.path, name),
      typeof content === 'string' ? content : JSON.stringify(content),
    );

  it('resolves its paths from sdk.config.json or the defaults', async () => {
    await write('manifest.json', MANIFEST);
    const usual = {
      kind: MINI_APP,
      folder: temp.path,
      manifest: { ...MANIFEST, safeWhileDriving: false, privileged: false },
      appRoot: join(temp.path, 'src'),
      distDir: join(temp.path, 'dist'),
    };
    assert.deepEqual(await loadProject(temp.path), usual);
    for (const config of [
      '{}',
      '\uFEFF{}',
      { appRoot: null, distDir: null, buildCommand: null },
      { buildCommand: '  \n' },
      { dev: { port: 5173 }, unknown: [1] },
    ]) {
      await write('sdk.config.json', config);
      assert.deepEqual(await loadProject(temp.path), usual, JSON.stringify(config));
    }
    const outside = join(dirname(temp.path), 'elsewhere');
    await write('sdk.config.json', {
      appRoot: 'app/web/',
      distDir: outside,
      buildCommand: ' npm run build ',
    });
    assert.deepEqual(await loadProject(temp.path), {
      ...usual,
      appRoot: join(temp.path, 'app', 'web'),
      distDir: outside,
      buildCommand: 'npm run build',
    });
  });

  it('cannot be published without a manifest', async () => {
    await rejectsWith('NOTHING_TO_PUBLISH', loadProject(temp.path));
    await rejectsWith('NOTHING_TO_PUBLISH', loadProject(join(temp.path, 'gone')));
    await write('file', '');
    await rejectsWith('NOTHING_TO_PUBLISH', loadProject(join(temp.path, 'file')));
  });

  it('names the first problem of its manifest and counts the others', async () => {
    const file = join(temp.path, 'manifest.json');
    await write('manifest.json', { ...MANIFEST, id: undefined });
    const one = await rejectsWith('MANIFEST_INVALID', loadProject(temp.path));
    const name = basename(temp.path);
    const told = `1 problem in ${name}: manifest.json: "id" is required`;
    assert.deepEqual([one.message, one.file], [told, file]);
    await write('manifest.json', { ...MANIFEST, version: '', tags: [''], url: 7 });
    const three = await rejectsWith('MANIFEST_INVALID', loadProject(temp.path));
    assert.match(three.message, /^3 problems in \S+: manifest\.json: "[^(]+$/u);
    await write('manifest.json', 'not JSON');
    await rejectsWith('MANIFEST_INVALID', loadProject(temp.path));
  });

  it('rejects a folder in place of the manifest', async () => {
    await mkdir(join(temp.path, 'manifest.json'));
    const error = await rejectsWith('MANIFEST_INVALID', loadProject(temp.path));
    assert.equal(error.file, join(temp.path, 'manifest.json'));
  });

  it('names sdk.config.json when that file is invalid', async () => {
    await write('manifest.json', MANIFEST);
    for (const config of [
      '',
      '{',
      '[]',
      'null',
      '"./src"',
      { appRoot: 7 },
      { appRoot: ['./src'] },
      { distDir: {} },
      { distDir: false },
      { buildCommand: ['npm', 'run', 'build'] },
    ]) {
      await write('sdk.config.json', config);
      const error = await rejectsWith('MANIFEST_INVALID', loadProject(temp.path));
      assert.equal(error.file, join(temp.path, 'sdk.config.json'), JSON.stringify(config));
      assert.match(error.message, /sdk\.config\.json/);
    }
  });

  it('reports every problem of both files at once', async () => {
    await write('manifest.json', { ...MANIFEST, id: 'X', author: 'x' });
    await write('sdk.config.json', { appRoot: 7, dev: 1 });
    const { project, problems } = await readProject(temp.path);
    assert.equal(project, undefined);
    assert.deepEqual(
      problems.map(({ severity, rule, file }) => [severity, rule, basename(file)]),
      [
        ['error', 'manifest.id.format', 'manifest.json'],
        ['info', 'manifest.unknown-field', 'manifest.json'],
        ['error', 'config.appRoot.type', 'sdk.config.json'],
        ['error', 'config.dev.type', 'sdk.config.json'],
      ],
    );
  });

  it('loads when its problems are not errors', async () => {
    await write('manifest.json', { ...MANIFEST, version: '2026.1', author: 'x' });
    await write('sdk.config.json', { buildcommand: 'x' });
    const { project, problems } = await readProject(temp.path);
    assert.equal(project?.manifest.version, '2026.1');
    assert.deepEqual(
      problems.map(({ rule }) => rule),
      ['manifest.version.semver', 'manifest.unknown-field', 'config.unknown-field'],
    );
    await loadProject(temp.path);
  });

  it('reports unreadable files', async () => {
    await mkdir(join(temp.path, 'manifest.json'));
    await mkdir(join(temp.path, 'sdk.config.json'));
    const { problems } = await readProject(temp.path);
    assert.deepEqual(
      problems.map(({ rule, message }) => [rule, message]),
      [
        ['manifest.unreadable', 'manifest.json cannot be read (EISDIR)'],
        ['config.unreadable', 'sdk.config.json cannot be read (EISDIR)'],
      ],
    );
    await rejectsWith('NOTHING_TO_PUBLISH', readProject(join(temp.path, 'gone')));
  });
});
