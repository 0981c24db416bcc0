import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFile,
  chmod,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join, sep } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import type { Bundle } from '../../../../src/core/publish/packing/bundle';
import { collectFiles } from '../../../../src/core/publish/bundle/files';
import { pack as packTo } from '../../../../src/core/publish/bundle/pack';
import { bundleBytes } from '../../../support/bundle-bytes';
import { rejectsWith } from '../../../support/expect';
import { useTempDirectory } from '../../../support/temp-directory';
import { useTempFolder } from '../../../support/temp-folder';
import { plant, readTree, type Tree } from '../../../support/trees';
import { untar } from '../../../support/untar';
import { withBundle } from '../../../support/with-bundle';

const run = promisify(execFile);

const TREE: Tree = {
  'index.html': '<!doctype html>',
  'empty.txt': '',
  'assets/deep/er/app.js': 'x'.repeat(70_000),
  'assets/binary.bin': Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7) % 256)),
  'سجل/🚗 ä.txt': 'names of all the world',
  [`${'long-folder-name/'.repeat(5)}${'n'.repeat(100)}.js`]: 'more than 100 characters',
  [`${'f'.repeat(200)}.js`]: 'a name that no ustar header holds',
  [`${'folder/'.repeat(45)}end.js`]: 'a path of more than 255 characters',
  'exactly-512': 'b'.repeat(512),
};

describe('bundle', () => {
  const temp = useTempFolder();
  const temporary = useTempDirectory();
  let root: string;

  beforeEach(async () => {
    root = join(temp.path, 'app');
    await plant(root, Object.entries(TREE));
    await mkdir(join(root, 'empty', 'folder'), { recursive: true });
  });

  const pack = async <T>(
    use: (bundle: Bundle) => Promise<T>,
    folder = root,
    options: Parameters<typeof withBundle>[2] = {},
  ) => withBundle(await collectFiles(folder, folder), use, options);
  const bytesOf = (folder?: string) => pack(bundleBytes, folder);

  it('unpacks with tar to the packed files', async () => {
    const archive = join(temp.path, 'bundle.tar.gz');
    await writeFile(archive, await bytesOf());
    const unpacked = join(temp.path, 'unpacked');
    await mkdir(unpacked);
    await run('tar', ['-xzf', archive, '-C', unpacked]);
    assert.deepEqual(await readTree(unpacked), await readTree(root));
    assert.equal(Object.keys(await readTree(unpacked)).length, Object.keys(TREE).length + 1);
  });

  it('starts with the root folder and lists every folder before its content', async () => {
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    const names = entries.map((entry) => {
      const path = join(entry.parentPath, entry.name).slice(root.length + 1);
      return `./${path.split(sep).join('/')}${entry.isDirectory() ? '/' : ''}`;
    });
    names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    assert.ok(names.includes('./assets/deep/') && names.includes('./empty/folder/'));
    const packed = await untar(await bytesOf());
    assert.deepEqual(
      packed.map(({ name }) => name),
      ['./', ...names],
    );
  });

  it('contains no trace of the user and the time', async () => {
    const archive = join(temp.path, 'bundle.tar.gz');
    await writeFile(archive, await bytesOf());
    const { stdout } = await run(
      'tar',
      ['-tvzf', archive, '--numeric-owner', '--utc', '--full-time'],
      {
        env: { ...process.env, LC_ALL: 'C' },
      },
    );
    const lines = stdout.trim().split('\n');
    const folders = lines.filter((line) => line.startsWith('d'));
    assert.equal(lines.length, Object.keys(TREE).length + folders.length);
    for (const line of lines) {
      assert.match(line, /^(-rw-r--r--|drwxr-xr-x) 0\/0 +\d+ 1970-01-01 00:00:00 /);
    }
    assert.ok(!gunzipSync(await readFile(archive)).includes(temp.path));
  });

  it('reports its size, hash and file count, and can be read repeatedly', async () => {
    await pack(async (bundle) => {
      for (const bytes of [await bundleBytes(bundle), await bundleBytes(bundle)]) {
        assert.equal(bundle.size, bytes.length);
        assert.equal(bundle.sha256, createHash('sha256').update(bytes).digest('hex'));
      }
      assert.equal(bundle.fileCount, Object.keys(TREE).length);
    });
  });

  it('is byte-identical for the same files', async () => {
    const first = await bytesOf();
    const other = join(temp.path, 'somewhere', 'else');
    const umask = process.umask(0o077);
    try {
      await plant(other, Object.entries(TREE).reverse());
      await mkdir(join(other, 'empty', 'folder'), { recursive: true });
    } finally {
      process.umask(umask);
    }
    await utimes(join(other, 'index.html'), new Date(1e12), new Date(1.1e12));
    await chmod(join(other, 'index.html'), 0o755);
    assert.ok((await bytesOf(other)).equals(first));
    await appendFile(join(other, 'index.html'), ' ');
    assert.ok(!(await bytesOf(other)).equals(first), 'and other bytes for others');
  });

  it('reports progress by files', async () => {
    const seen: number[] = [];
    await pack(() => Promise.resolve(), root, { onFile: (done) => seen.push(done) });
    assert.deepEqual(seen, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('is in a private temporary folder while it is used and is removed afterwards', async () => {
    const during = await pack(async () => {
      const [folder = '', ...more] = await temporary.entries();
      assert.deepEqual(more, []);
      const path = join(temporary.path, folder);
      const modes = [await stat(path), await stat(join(path, 'bundle.tar.gz'))];
      return modes.map(({ mode }) => (mode & 0o777).toString(8));
    });
    assert.deepEqual(during, ['700', '600']);
    assert.deepEqual(await temporary.entries(), []);
  });

  it('returns the result of its use and is removed when the use fails', async () => {
    assert.equal(await pack(() => Promise.resolve(42)), 42);
    await assert.rejects(
      pack(() => Promise.reject(new Error('no'))),
      /^Error: no$/,
    );
    assert.deepEqual(await temporary.entries(), []);
  });

  it('ignores a failed removal', async () => {
    const elsewhere = `${temporary.path}-elsewhere`;
    const obstruct = async () => {
      await rename(temporary.path, elsewhere);
      await writeFile(temporary.path, 'a file where the folder was');
      return 'sent';
    };
    assert.equal(await pack(obstruct), 'sent');
    await rm(temporary.path);
    await rename(elsewhere, temporary.path);
  });

  it('is removed when it is cancelled before or during packing', async () => {
    const cancelled = { name: 'CancelledError' };
    const use = () => Promise.reject(new Error('must not be used'));
    await assert.rejects(pack(use, root, { signal: AbortSignal.abort() }), cancelled);
    const caller = new AbortController();
    const onFile = (done: number) => {
      if (done === 3) caller.abort();
    };
    await assert.rejects(pack(use, root, { signal: caller.signal, onFile }), cancelled);
    assert.deepEqual(await temporary.entries(), []);
  });

  const changes: [how: string, change: (path: string) => Promise<void>][] = [
    ['shrinks', (path) => truncate(path, 10)],
    ['is emptied', (path) => truncate(path, 0)],
    ['grows', (path) => appendFile(path, 'more')],
    ['grows a lot', (path) => appendFile(path, 'x'.repeat(1_000_000))],
    ['vanishes', (path) => rm(path)],
    [
      'becomes a folder',
      (path) =>
        rm(path)
          .then(() => mkdir(path))
          .then(() => undefined),
    ],
    [
      'is replaced by one of the same size',
      async (path) => {
        await writeFile(`${path}.new`, 'y'.repeat(70_000));
        await utimes(`${path}.new`, 1, 1);
        await rename(`${path}.new`, path);
      },
    ],
    [
      'becomes a pipe',
      async (path) => {
        await rm(path);
        await run('mkfifo', [path]);
      },
    ],
  ];
  for (const [how, change] of changes) {
    it(`is not created when a file ${how} in the meantime`, async () => {
      const path = join(root, 'assets', 'deep', 'er', 'app.js');
      const files = await collectFiles(root, root);
      await change(path);
      const use = () => Promise.reject(new Error('must not be used'));
      const error = await rejectsWith('VALIDATION_FAILED', withBundle(files, use));
      assert.equal(error.file, path);
      assert.match(error.message, /assets\/deep\/er\/app\.js/);
      assert.deepEqual(await temporary.entries(), []);
    });
  }

  describe('after part of the project was replaced by an outside link', () => {
    const secrets = (): string => join(temp.path, 'secrets');
    /** The outside files have the names, sizes and times of the project files. */
    const steal = async (path: string): Promise<void> => {
      await mkdir(join(secrets(), 'deep', 'er'), { recursive: true });
      const { atime, mtime } = await stat(path);
      await writeFile(join(secrets(), 'deep', 'er', 'app.js'), 's'.repeat(70_000));
      await utimes(path, atime, mtime);
      await utimes(join(secrets(), 'deep', 'er', 'app.js'), atime, mtime);
    };
    for (const [what, name, target, told] of [
      ['a file', 'assets/deep/er/app.js', 'deep/er/app.js', /changed while being packed/u],
      ['its folder', 'assets/deep/er', 'deep/er', /leads out of the project/u],
      ['a folder above', 'assets', '', /leads out of the project/u],
    ] as const) {
      it(`is rejected when the link replaces ${what}`, async () => {
        const path = join(root, 'assets', 'deep', 'er', 'app.js');
        await steal(path);
        await rm(join(root, 'assets', 'binary.bin'));
        const collected = await collectFiles(root, root);
        await rename(join(root, name), join(temp.path, 'aside'));
        await symlink(join(secrets(), target), join(root, name));
        const use = () => Promise.reject(new Error('must not be used'));
        const error = await rejectsWith('VALIDATION_FAILED', withBundle(collected, use));
        assert.equal(error.file, path);
        assert.match(error.message, told);
        assert.deepEqual(await temporary.entries(), []);
      });
    }

    it('is rejected when a folder is a link only while it is read', async () => {
      const path = join(root, 'assets', 'deep', 'er', 'app.js');
      await steal(path);
      await rm(join(root, 'assets', 'binary.bin'));
      const { boundary, files } = await collectFiles(root, root);
      const [folder, aside] = [join(root, 'assets'), join(temp.path, 'aside')];
      async function* batches() {
        await rename(folder, aside);
        await symlink(secrets(), folder);
        yield files;
        await rm(folder);
        await rename(aside, folder);
      }
      const error = await rejectsWith(
        'VALIDATION_FAILED',
        packTo(join(temp.path, 'bundle'), batches(), { boundary }),
      );
      assert.equal(error.file, path);
      assert.match(error.message, /leads out of the project|changed while being packed/u);
    });

    it('is rejected when a link changed its target', async () => {
      const path = join(root, 'assets', 'deep', 'er', 'app.js');
      const link = join(root, 'link.js');
      await steal(path);
      await symlink(path, link);
      const collected = await collectFiles(root, root);
      await rm(link);
      await symlink(join(secrets(), 'deep', 'er', 'app.js'), link);
      const use = () => Promise.reject(new Error('must not be used'));
      const error = await rejectsWith('VALIDATION_FAILED', withBundle(collected, use));
      assert.match(error.message, /^link\.js leads out of the project/u);
    });
  });

  it('names a file that cannot be packed in one line', async () => {
    for (const [name, change] of [
      ['gone\u001B\u202Etxt.js', (path: string) => rm(path)],
      ['grown\u001B\u202Etxt.js', (path: string) => appendFile(path, 'more')],
    ] as const) {
      await writeFile(join(root, name), 'a()');
      const files = await collectFiles(root, root);
      await change(join(root, name));
      const packing = withBundle(files, () => Promise.reject(new Error('must not be used')));
      const { message } = await rejectsWith('VALIDATION_FAILED', packing);
      assert.match(message, /^\w+ txt\.js /u);
      await rm(join(root, name), { force: true });
    }
  });

  it('reports when the disk cannot store it', async () => {
    await rm(temporary.path, { recursive: true });
    const error = await rejectsWith('UPLOAD_FAILED', bytesOf());
    assert.match(error.message, /temporary folder.*ENOENT/);
    await mkdir(temporary.path);
  });
});
