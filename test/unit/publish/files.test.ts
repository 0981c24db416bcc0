import assert from 'node:assert/strict';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { collectFiles, sortByName } from '../../../src/core/publish/files';
import { rejectsWith } from '../../support/expect';
import { useTempFolder } from '../../support/temp-folder';

describe("a bundle's files", () => {
  const temp = useTempFolder();
  let project: string;
  let root: string;

  beforeEach(async () => {
    project = join(temp.path, 'project');
    root = join(project, 'src');
    await mkdir(root, { recursive: true });
  });

  async function write(...names: string[]): Promise<void> {
    for (const name of names) {
      const path = join(root, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, name);
    }
  }

  const collect = () => collectFiles(root, project);
  const names = async () => (await collect()).map(({ name }) => name);

  it('are in bytewise order, whatever the locale and the folders say', async () => {
    await write(
      'b.js',
      'a/z.js',
      'a.js',
      'a-b.js',
      'B.js',
      'ä.js',
      'z.js',
      '🚗.js',
      '\uffee.js',
      'a/b/c',
    );
    assert.deepEqual(await names(), [
      'B.js',
      'a-b.js',
      'a.js',
      'a/b/c',
      'a/z.js',
      'b.js',
      'z.js',
      'ä.js',
      '\uffee.js',
      '🚗.js',
    ]);
  });

  it('have name, path and size', async () => {
    await write('sub/app.js');
    assert.deepEqual(await collect(), [
      { name: 'sub/app.js', path: join(root, 'sub', 'app.js'), size: 'sub/app.js'.length },
    ]);
  });

  it('are not what version control, editors and systems drop', async () => {
    await write(
      'kept.js',
      '.well-known/app.json',
      '.hidden',
      'git/x',
      'a.swp',
      'lib/node_modules/x.js',
    );
    await write(
      '.git/HEAD',
      '.svn/entries',
      '.hg/store',
      '.DS_Store',
      'Thumbs.db',
      'desktop.ini',
      '._app.js',
      'app.js~',
      '.app.js.swp',
      'node_modules/left-pad/index.js',
      'lib/.DS_Store',
      'lib/.git/config',
    );
    assert.deepEqual(await names(), [
      '.hidden',
      '.well-known/app.json',
      'a.swp',
      'git/x',
      'kept.js',
      'lib/node_modules/x.js',
    ]);
  });

  it('are what links within the project point at', async () => {
    await write('app.js');
    const shared = join(project, 'shared');
    await mkdir(shared);
    await writeFile(join(shared, 'lib.js'), 'library');
    await symlink(shared, join(root, 'shared'));
    await symlink('../shared/lib.js', join(root, 'lib.js'));
    assert.deepEqual(
      (await collect()).map(({ name, size }) => [name, size]),
      [
        ['app.js', 6],
        ['lib.js', 7],
        ['shared/lib.js', 7],
      ],
    );
  });

  it('come from a root that is a link within the project', async () => {
    await write('app.js');
    await symlink(root, join(project, 'link'));
    const files = await collectFiles(join(project, 'link'), project);
    assert.deepEqual(
      files.map(({ name }) => name),
      ['app.js'],
    );
  });

  it('may lie in a project that is reached by a link', async () => {
    await write('app.js');
    await symlink(project, join(temp.path, 'alias'));
    const alias = join(temp.path, 'alias');
    assert.equal((await collectFiles(join(alias, 'src'), alias)).length, 1);
  });

  it('never come from outside the project', async () => {
    await write('app.js');
    const outside = join(temp.path, 'project-secrets');
    await mkdir(outside);
    await writeFile(join(outside, 'id_ed25519'), 'secret');
    for (const target of [outside, join(outside, 'id_ed25519'), temp.path]) {
      const link = join(root, `to-${target.length}`);
      await symlink(target, link);
      const error = await rejectsWith('VALIDATION_FAILED', collect());
      assert.deepEqual([error.file, error.message.includes(link)], [link, true]);
      await rm(link);
    }
    await symlink(outside, join(project, 'dist'));
    await rejectsWith('VALIDATION_FAILED', collectFiles(join(project, 'dist'), project));
    await rejectsWith('VALIDATION_FAILED', collectFiles(outside, project));
    await rejectsWith('VALIDATION_FAILED', collectFiles(temp.path, project));
  });

  it('end, though links go round in circles', async () => {
    await write('a/one.js', 'b/two.js');
    await symlink(root, join(root, 'self'));
    await symlink('..', join(root, 'a', 'up'));
    await symlink('../b', join(root, 'a', 'b'));
    await symlink('../a', join(root, 'b', 'a'));
    const found = await names();
    assert.ok(found.includes('a/one.js') && found.includes('b/two.js'));
    assert.deepEqual(
      found.filter((name) => name.startsWith('self/') || name.startsWith('a/up/')),
      [],
    );
  });

  it('are not links that lead nowhere', async () => {
    await write('app.js');
    await symlink(join(root, 'gone.js'), join(root, 'dangling.js'));
    await symlink('round.js', join(root, 'round.js'));
    assert.deepEqual(await names(), ['app.js']);
  });

  it('are none without a folder', async () => {
    await write('file');
    for (const path of [join(root, 'gone'), join(root, 'file')]) {
      const error = await rejectsWith('NOTHING_TO_PUBLISH', collectFiles(path, project));
      assert.equal(error.file, path);
    }
    assert.deepEqual(await collect().then((files) => files.length), 1);
  });

  it('are not looked for when it is cancelled', async () => {
    await write('app.js');
    await assert.rejects(collectFiles(root, project, AbortSignal.abort()), {
      name: 'CancelledError',
    });
  });

  it('are sorted by bytes, not by UTF-16 units', () => {
    const file = (name: string) => ({ name, path: '', size: 0 });
    // U+FFEE comes after U+1F697 in UTF-16, before it in UTF-8.
    assert.deepEqual(sortByName([file('🚗'), file('\uffee'), file('a')]), [
      file('a'),
      file('\uffee'),
      file('🚗'),
    ]);
  });
});
