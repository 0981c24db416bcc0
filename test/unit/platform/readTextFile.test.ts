import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '../../../src/core/errors';
import { findWorktree } from '../../../src/core/ci/gitRemote';
import { isMiniApp, isStillProject } from '../../../src/core/projectFolders';
import { MINI_APP } from '../../../src/core/projectKind';
import { readLocalApps } from '../../../src/core/apps/localApps';
import { readTextFile } from '../../../src/core/platform/readTextFile';
import { readProject } from '../../../src/core/publish/project/project';
import { closeSockets, ODD_FILES } from '../../support/odd-files';
import { MANIFEST, writeFiles } from '../../support/project';
import { useTempFolder } from '../../support/temp-folder';

const codeOf = (promise: Promise<unknown>): Promise<string | undefined> =>
  promise.then(
    () => 'none',
    (error: unknown) => systemErrorCode(error),
  );

describe('text file of unknown origin', () => {
  const temp = useTempFolder();
  afterEach(closeSockets);
  const path = (): string => join(temp.path, 'text');

  it('is read up to a size limit and rejected beyond it', async () => {
    for (const [length, limit] of [
      [0, 10],
      [10, 10],
      [100_000, 100_000],
    ] as const) {
      await writeFile(path(), 'é'.repeat(length / 2));
      assert.equal(await readTextFile(path(), limit), 'é'.repeat(length / 2));
    }
    await writeFile(path(), 'x'.repeat(11));
    assert.equal(await codeOf(readTextFile(path(), 10)), 'EFBIG');
  });

  it('is read without its byte order mark', async () => {
    await writeFile(path(), '\uFEFF{}\uFEFF');
    assert.equal(await readTextFile(path()), '{}\uFEFF');
  });

  it('is read when the system does not know its size', async () => {
    if (process.platform !== 'linux') return;
    assert.match(await readTextFile('/proc/self/status'), /^Name:/u);
    assert.equal(await codeOf(readTextFile('/proc/self/status', 10)), 'EFBIG');
  });

  for (const [name, make] of Object.entries(ODD_FILES)) {
    it(`is rejected at once when it is ${name}`, async () => {
      await make(path());
      const code = await codeOf(readTextFile(path()));
      assert.match(code ?? '', /^(?:EISDIR|EINVAL|ENXIO|EFBIG|ELOOP|ENOENT|ENOTDIR)$/u);
    });
  }
});

describe('mini-app with special files', () => {
  const temp = useTempFolder();
  afterEach(closeSockets);

  for (const [name, make] of Object.entries(ODD_FILES)) {
    it(`is not recognized with ${name} as its manifest`, async () => {
      await writeFiles(temp.path, { 'sdk.config.json': '{}' });
      await make(join(temp.path, 'manifest.json'));
      assert.equal(await isMiniApp(temp.path), false);
      assert.equal(await isStillProject({ folder: temp.path, kind: MINI_APP }), false);
      assert.deepEqual(await readLocalApps([{ folder: temp.path, kind: MINI_APP }]), []);
    });

    it(`has no repository with ${name} as the git configuration`, async () => {
      await writeFiles(temp.path, { '.git/HEAD': '' });
      await make(join(temp.path, '.git/config'));
      assert.notEqual((await findWorktree(temp.path))?.root, temp.path);
    });
  }

  it('reports files that cannot be read', async () => {
    await writeFiles(temp.path, { 'manifest.json': JSON.stringify(MANIFEST) });
    const makeAll = ['a pipe', 'a gigabyte of nothing', 'a device without an end'];
    const told: string[] = [];
    for (const [index, name] of makeAll.entries()) {
      const folder = join(temp.path, String(index));
      await writeFiles(folder, { 'manifest.json': JSON.stringify(MANIFEST) });
      await ODD_FILES[name]?.(join(folder, 'sdk.config.json'));
      const { problems } = await readProject(folder);
      told.push(...problems.map(({ rule, message }) => `${rule}: ${message}`));
    }
    assert.deepEqual(told, [
      'config.unreadable: sdk.config.json cannot be read (it is no file)',
      'config.unreadable: sdk.config.json cannot be read (it has more than 64 KiB)',
      'config.unreadable: sdk.config.json cannot be read (it is no file)',
    ]);
  });
});
