import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { collectFiles, sortByName } from '../../../../src/core/publish/bundle/files';
import { measureCpu } from '../../../support/cpu-time';
import { rejectsWith } from '../../../support/expect';
import { useTempFolder } from '../../../support/temp-folder';

const run = promisify(execFile);

describe('files of a bundle', () => {
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
  const names = async () => (await collect()).files.map(({ name }) => name);

  it('are in byte order, whatever the locale and the folders', async () => {
    await write(
      'b.js',
      'a/z.js',
      'a.js',
      'a-b.js',
      'C.js',
      'ä.js',
      'z.js',
      '🚗.js',
      '\uffee.js',
      'a/b/c',
    );
    assert.deepEqual(await names(), [
      'C.js',
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

  it('have name, path, size and time', async () => {
    await write('sub/app.js');
    const path = join(root, 'sub', 'app.js');
    const { mtimeMs: writtenMs, dev, ino } = await stat(path);
    assert.deepEqual((await collect()).files, [
      { name: 'sub/app.js', path, size: 'sub/app.js'.length, writtenMs, dev, ino },
    ]);
  });

  it('exclude files of version control, editors and systems', async () => {
    await write(
      'kept.js',
      '.well-known/app.json',
      '.hidden',
      'git/x',
      'cvs/x',
      'log.js',
      'a.logs',
      'my.vscode',
      '~a$',
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
      '__MACOSX/x',
      '.#app.js',
      '#app.js#',
      'DESKTOP.INI',
      'sub/.GIT/HEAD',
      'lib/node_modules/x.js',
      'lib/sub/Node_Modules/x.js',
      '.vscode/settings.json',
      '.idea/workspace.xml',
      'lib/.jj/repo',
      'CVS/Entries',
      '.eslintcache',
      'a.swp',
      '~$plan.docx',
      '.~lock.plan.odt#',
      'npm-debug.log',
      'lib/Debug.LOG',
    );
    const { files, folders, leftOut } = await collect();
    assert.deepEqual(leftOut, [
      '#app.js#',
      '.#app.js',
      '.DS_Store',
      '._app.js',
      '.app.js.swp',
      '.eslintcache',
      '.git/',
      '.hg/',
      '.idea/',
      '.svn/',
      '.vscode/',
      '.~lock.plan.odt#',
      'CVS/',
      'DESKTOP.INI',
      'Thumbs.db',
      '__MACOSX/',
      'a.swp',
      'app.js~',
      'desktop.ini',
      'lib/.DS_Store',
      'lib/.git/',
      'lib/.jj/',
      'lib/Debug.LOG',
      'lib/node_modules/',
      'lib/sub/Node_Modules/',
      'node_modules/',
      'npm-debug.log',
      'sub/.GIT/',
      '~$plan.docx',
    ]);
    assert.deepEqual(folders, ['lib/sub', 'sub'], 'as they hold nothing else');
    const kept = files.map(({ name }) => name);
    assert.deepEqual(kept, [
      '.hidden',
      '.well-known/app.json',
      'a.logs',
      'cvs/x',
      'git/x',
      'kept.js',
      'log.js',
      'my.vscode',
      '~a$',
    ]);
  });

  it('include the targets of links within the project', async () => {
    await write('app.js');
    const shared = join(project, 'shared');
    await mkdir(shared);
    await writeFile(join(shared, 'lib.js'), 'library');
    await symlink(shared, join(root, 'shared'));
    await symlink('../shared/lib.js', join(root, 'lib.js'));
    assert.deepEqual(
      (await collect()).files.map(({ name, size }) => [name, size]),
      [
        ['app.js', 6],
        ['lib.js', 7],
        ['shared/lib.js', 7],
      ],
    );
  });

  it('exclude ignored files that are linked under another name', async () => {
    await write('app.js');
    await mkdir(join(project, '.git', 'hooks'), { recursive: true });
    await writeFile(join(project, '.git', 'config'), '[remote "origin"]');
    await symlink('../.git/config', join(root, 'config.txt'));
    await symlink('../.git', join(root, 'assets'));
    await symlink('../.git/hooks', join(root, 'hooks'));
    await mkdir(join(project, 'node_modules', 'lib'), { recursive: true });
    await writeFile(join(project, 'node_modules', 'lib', 'lib.js'), 'library');
    await symlink('../node_modules/lib', join(root, 'lib'));
    const { files, leftOut } = await collect();
    assert.deepEqual(
      files.map(({ name }) => name),
      ['app.js', 'lib/lib.js'],
    );
    assert.deepEqual(leftOut, ['assets', 'config.txt', 'hooks']);
  });

  it('may have a root that is a link within the project', async () => {
    await write('app.js');
    await symlink(root, join(project, 'link'));
    const { files } = await collectFiles(join(project, 'link'), project);
    assert.deepEqual(
      files.map(({ name }) => name),
      ['app.js'],
    );
  });

  it('may be in a project that is reached through a link', async () => {
    await write('app.js');
    await symlink(project, join(temp.path, 'alias'));
    const alias = join(temp.path, 'alias');
    assert.equal((await collectFiles(join(alias, 'src'), alias)).files.length, 1);
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
      assert.match(error.message, /escape/);
      await rm(link);
    }
    await symlink(outside, join(project, 'dist'));
    await rejectsWith('VALIDATION_FAILED', collectFiles(join(project, 'dist'), project));
    await rejectsWith('VALIDATION_FAILED', collectFiles(outside, project));
    await rejectsWith('VALIDATION_FAILED', collectFiles(temp.path, project));
  });

  it('leave out folders that are empty or contain only ignored files', async () => {
    await write('app.js', 'full/x.js', 'droppings/.DS_Store');
    await mkdir(join(root, 'empty', 'deep', 'er'), { recursive: true });
    const { files, folders } = await collect();
    assert.deepEqual(folders, ['droppings', 'empty/deep/er']);
    assert.equal(files.length, 2);
  });

  it('exclude pipes, sockets and devices', async () => {
    await write('app.js');
    await run('mkfifo', [join(root, 'pipe')]);
    await symlink('pipe', join(root, 'to-pipe'));
    const server = createServer().listen(join(root, 'socket'));
    await once(server, 'listening');
    try {
      const { files, leftOut } = await collect();
      assert.deepEqual(
        files.map(({ name }) => name),
        ['app.js'],
      );
      assert.deepEqual(leftOut, ['pipe', 'socket', 'to-pipe']);
    } finally {
      server.close();
    }
  });

  it('are rejected when their name escapes the folder or spans lines', async () => {
    for (const name of ['a\\b.js', '..\\a.js', 'a\nb', 'a\r', '\u2028', 'a\u0085b/c.js']) {
      await write(name);
      const error = await rejectsWith('VALIDATION_FAILED', collect());
      assert.match(error.message, /has a backslash or a line end in its name/u);
      assert.doesNotMatch(error.message, /[\n\r\u2028\u0085]/u);
      await rm(join(root, name.split('/')[0] ?? name), { recursive: true });
    }
    await write('Icon\r', 'kept.js');
    assert.deepEqual(await names(), ['kept.js'], 'as the Finder names the picture of a folder');
  });

  for (const [what, one, other, message] of [
    ['case', 'Icon.png', 'icon.png', /^Icon\.png and icon\.png differ only in case, /u],
    [
      'case',
      'lib/a/ÄΣ.js',
      'lib/a/äς.js',
      /^lib\/a\/ÄΣ\.js and lib\/a\/äς\.js differ only in case/u,
    ],
    ['the case of a folder', 'Lib/a.js', 'lib/b.js', /^Lib and lib differ only in case/u],
    ['the case of a file and a folder', 'LIB', 'lib/b.js', /^LIB and lib differ only in case/u],
    ['Unicode form', 'caf\u00e9.js', 'cafe\u0301.js', /differ only in their Unicode form/u],
    ['Unicode form and case', 'CAF\u00c9.js', 'cafe\u0301.js', /differ only in case/u],
  ] as const) {
    it(`are rejected when two names differ only in ${what}: ${one}, ${other}`, async function () {
      if (process.platform !== 'linux') this.skip(); // other file systems treat the names as equal
      await write(one, other);
      const error = await rejectsWith('VALIDATION_FAILED', collect());
      assert.match(error.message, message);
      assert.ok(error.file?.startsWith(root));
    });
  }

  it('may share a prefix or be in different folders', async () => {
    await write('a/icon.png', 'b/Icon.png', 'icon.svg', 'Strasse.js', 'stra\u00dfe.js');
    assert.equal((await collect()).files.length, 5);
  });

  it('are rejected when a folder or another file takes the place of the manifest', async () => {
    for (const [name, message] of [
      ['manifest.json/a.js', /^manifest\.json is a folder, but the bundle has the manifest under/u],
      ['manifest.json', undefined],
      ['Manifest.JSON', /^Manifest\.JSON and manifest\.json differ only in case/u],
      ['lib/manifest.json/a.js', undefined],
    ] as const) {
      await write(name);
      if (message === undefined) {
        await collect();
      } else {
        assert.match((await rejectsWith('VALIDATION_FAILED', collect())).message, message);
      }
      await rm(root, { recursive: true });
      await mkdir(root);
    }
    await mkdir(join(root, 'manifest.json'));
    await rejectsWith('VALIDATION_FAILED', collect());
  });

  it('may have any other valid name', async () => {
    const strange = ['-rf', ' ', 'e\u0301', '\u00ea', '*?"<>|', '\u202e.js', '\x01'];
    await write(...strange);
    assert.deepEqual(
      await names(),
      strange.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    );
  });

  it('are rejected when one is unreadable', async () => {
    // A bundle cannot contain a name that is not UTF-8.
    const path = Buffer.concat([Buffer.from(join(root, 'bad-')), Buffer.from([0xff])]);
    const notText = /bad-\uFFFD has a name that is no valid Unicode text/u;
    await writeFile(path, 'x');
    assert.match((await rejectsWith('VALIDATION_FAILED', collect())).message, notText);
    await rm(path);
    await mkdir(path);
    assert.match((await rejectsWith('VALIDATION_FAILED', collect())).message, notText);
  });

  it('are rejected when a folder cannot be listed', async () => {
    await write('app.js', 'locked/secret.js');
    const locked = join(root, 'locked');
    await chmod(temp.path, 0o755);
    await chmod(locked, 0o000);
    const user = process.geteuid?.() ?? 0;
    // Root may list every folder.
    if (user === 0) process.seteuid?.(65_534);
    try {
      const error = await rejectsWith('VALIDATION_FAILED', collect());
      assert.match(error.message, /locked cannot be read \(EACCES\)/);
      assert.equal(error.file, locked);
    } finally {
      if (user === 0) process.seteuid?.(user);
      await chmod(locked, 0o755);
    }
  });

  it('are finite with circular links', async () => {
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
    const { leftOut } = await collect();
    assert.ok(leftOut.includes('self/') && leftOut.includes('a/up/'));
  });

  it('are rejected within seconds when folders link to each other and multiply', async () => {
    const folders = Array.from({ length: 12 }, (_, index) => `d${index}`);
    for (const folder of folders) {
      await mkdir(join(root, folder));
      for (const other of folders) await symlink(`../${other}`, join(root, folder, `to-${other}`));
    }
    const { result: error, cpuMs } = await measureCpu(() =>
      rejectsWith('VALIDATION_FAILED', collect()),
    );
    assert.match(error.message, /^Links lead to the same folders more than 2000 times/u);
    assert.equal(error.message.includes(error.file ?? '?'), true);
    assert.ok(cpuMs < 8_000, `${cpuMs} ms`);
  });

  it('may be linked repeatedly within the limit', async () => {
    await write('shared/logo.svg');
    for (let index = 0; index < 300; index++) {
      await write(`page-${index}/index.html`);
      await symlink('../shared', join(root, `page-${index}`, 'shared'));
    }
    assert.equal((await names()).length, 601);
  });

  it('exclude dangling links', async () => {
    await write('app.js');
    await symlink(join(root, 'gone.js'), join(root, 'dangling.js'));
    await symlink('round.js', join(root, 'round.js'));
    const { files, leftOut } = await collect();
    assert.deepEqual(
      files.map(({ name }) => name),
      ['app.js'],
    );
    assert.deepEqual(leftOut, ['dangling.js', 'round.js']);
  });

  it('are rejected when the folder is missing', async () => {
    await write('file');
    for (const path of [join(root, 'gone'), join(root, 'file')]) {
      const error = await rejectsWith('NOTHING_TO_PUBLISH', collectFiles(path, project));
      assert.equal(error.file, path);
    }
    assert.deepEqual(await collect().then(({ files }) => files.length), 1);
  });

  it('are not collected when it is cancelled', async () => {
    await write('app.js');
    await assert.rejects(collectFiles(root, project, AbortSignal.abort()), {
      name: 'CancelledError',
    });
  });

  it('are sorted by bytes, not by UTF-16 units', () => {
    const file = (name: string) => ({ name, path: '', size: 0 });
    // U+FFEE follows U+1F697 in UTF-16 and precedes it in UTF-8.
    assert.deepEqual(sortByName([file('🚗'), file('\uffee'), file('a')]), [
      file('a'),
      file('\uffee'),
      file('🚗'),
    ]);
  });
});
