import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { linkSync } from 'node:fs';
import { mkdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { localize } from '../../../../src/core/text/l10n';
import type { BundleOptions } from '../../../../src/core/publish/packing/bundle';
import type { Inspection } from '../../../../src/core/publish/packing/contentInspector';
import { inspectContents } from '../../../../src/core/publish/packing/inspectContents';
import { removeAbandonedBundles } from '../../../../src/core/publish/bundle/bundleFolder';
import { collectFiles } from '../../../../src/core/publish/bundle/files';
import { measureCpu } from '../../../support/cpu-time';
import { bundleBytes } from '../../../support/bundle-bytes';
import { rejectsWith } from '../../../support/expect';
import { useBuiltWorker } from '../../../support/publish-worker';
import { useTempDirectory } from '../../../support/temp-directory';
import { useTempFolder } from '../../../support/temp-folder';
import { plant, readTree } from '../../../support/trees';
import { withBundle } from '../../../support/with-bundle';

const run = promisify(execFile);

describe('large bundle', () => {
  const built = useBuiltWorker();
  const temp = useTempFolder();
  const temporary = useTempDirectory();
  let root: string;

  // More files than are packed in process, and more bytes than a block.
  const tree = Array.from({ length: 220 }, (_, index): [string, Buffer] => [
    `${index % 7}/${index}.bin`,
    Buffer.alloc(index * 40, `${index} äöü\n`),
  ]);

  beforeEach(async () => {
    root = join(temp.path, 'app');
    await plant(root, tree);
    await mkdir(join(root, 'empty'));
  });

  const hashOf = async (options: BundleOptions) =>
    withBundle(await collectFiles(root, root), ({ sha256 }) => Promise.resolve(sha256), options);

  function assertNoWorker(started: number): void {
    assert.deepEqual(
      built.workers.map(({ signalCode }) => signalCode),
      Array.from({ length: started }, () => 'SIGKILL'),
    );
  }

  it('is byte-identical when it is packed in a separate process', async () => {
    const seen: number[] = [];
    const inPlace = await hashOf({});
    assert.equal(built.workers.length, 0);
    const onFile = (done: number) => seen.push(done);
    assert.equal(await hashOf({ worker: built.script, onFile }), inPlace);
    assertNoWorker(1);
    assert.equal(seen.at(-1), tree.length);
    assert.deepEqual(await temporary.entries(), []);
  });

  it('is byte-identical with one thread and with many', async () => {
    const env = (threads: string) => ({ env: { ...process.env, UV_THREADPOOL_SIZE: threads } });
    const hashes = await Promise.all(
      ['1', '4'].map(async (threads) => {
        const { stdout } = await run('node', [built.packFolder, root, built.script], env(threads));
        return stdout;
      }),
    );
    assert.match(hashes[0] ?? '', /^[0-9a-f]{64}$/);
    assert.equal(hashes[0], hashes[1]);
    assert.equal(hashes[0], await hashOf({}));
  });

  it('is checked while it is packed, in process and in a separate process', async () => {
    const padding = 'call("padding");\n'.repeat(20_000);
    const secret = `-----BEGIN PRIVATE KEY-----\n${'A'.repeat(64)}\n`;
    await plant(root, [
      ['0/a.js', `a.findLast(b);\n${padding}structuredClone(c)`],
      ['0/key.txt', `${padding}${secret}`],
      ['6/.env', 'A=1'],
      ['z.html', '<script>a.findLast(b)</script>'],
    ]);
    const collected = await collectFiles(root, root);
    const inspect = { cacheFile: join(temp.path, 'cache.json') };
    const look = (worker?: string) =>
      withBundle(collected, ({ sha256, inspection }) => Promise.resolve({ sha256, inspection }), {
        inspect,
        worker,
      });
    const inPlace = await look();
    assert.deepEqual(
      inPlace.inspection?.found.map(({ name, baseline, secrets }) => [
        name,
        ...[...baseline, ...secrets].map(({ rule, range }) => [rule, range?.start.line]),
      ]),
      [
        ['0/a.js', ['baseline.api', 0], ['baseline.api', 20_001]],
        ['0/key.txt', ['secret.private-key', 20_000]],
        ['6/.env', ['secret.env-file', undefined]],
        ['z.html', ['baseline.api', 0]],
      ],
    );
    assert.deepEqual(await look(built.script), inPlace);
    assert.equal(inPlace.sha256, await hashOf({}));
    assert.deepEqual(inPlace.inspection.found, (await inspectContents(collected.files)).found);
  });

  it('can be read by gzip, Python and tar', async () => {
    const archive = join(temp.path, 'bundle.tar.gz');
    await withBundle(await collectFiles(root, root), async (bundle) =>
      writeFile(archive, await bundleBytes(bundle)),
    );
    await run('gzip', ['--test', archive]);
    const tar = gunzipSync(await readFile(archive));
    const script = `import gzip,sys,hashlib;print(hashlib.sha256(gzip.open(sys.argv[1]).read()).hexdigest())`;
    const { stdout } = await run('python3', ['-c', script, archive]);
    assert.equal(stdout.trim(), createHash('sha256').update(tar).digest('hex'));
    const unpacked = join(temp.path, 'unpacked');
    await mkdir(unpacked);
    await run('tar', ['-xzf', archive, '-C', unpacked]);
    assert.deepEqual(await readTree(unpacked), await readTree(root));
  });

  it('reports the same errors as in process', async () => {
    const collected = await collectFiles(root, root);
    await rm(join(root, '3', '10.bin'));
    const use = () => Promise.reject(new Error('must not be used'));
    const error = await rejectsWith(
      'VALIDATION_FAILED',
      withBundle(collected, use, { worker: built.script }),
    );
    assert.equal(error.message, '3/10.bin cannot be read (ENOENT).');
    assert.equal(error.file, join(root, '3', '10.bin'));
    assertNoWorker(1);
    assert.deepEqual(await temporary.entries(), []);
  });

  it('is rejected when a folder became a link out of the project', async () => {
    const collected = await collectFiles(root, root);
    await rename(join(root, '3'), join(temp.path, 'outside'));
    await symlink(join(temp.path, 'outside'), join(root, '3'));
    const use = () => Promise.reject(new Error('must not be used'));
    const packing = withBundle(collected, use, { worker: built.script });
    const { message } = await rejectsWith('VALIDATION_FAILED', packing);
    assert.match(message, /^3\/\d+\.bin leads out of the project/u);
    assert.deepEqual(await temporary.entries(), []);
  });

  describe('in another language', () => {
    const ARABIC = {
      '{0} cannot be read ({1}).': 'تعذّرت قراءة {0} ({1}).',
      'The WebView of the oldest cars has no {0}()': 'لا توجد {0}()',
    };

    beforeEach(async () => {
      const file = join(temp.path, 'bundle.l10n.ar.json');
      await writeFile(file, JSON.stringify(ARABIC));
      localize({ language: 'ar', file });
    });

    afterEach(() => localize(undefined));

    it('reports errors of its process in that language', async () => {
      const collected = await collectFiles(root, root);
      await rm(join(root, '3', '10.bin'));
      const use = () => Promise.reject(new Error('must not be used'));
      const error = await rejectsWith(
        'VALIDATION_FAILED',
        withBundle(collected, use, { worker: built.script }),
      );
      assert.equal(error.message, 'تعذّرت قراءة 3/10.bin (ENOENT).');
    });

    it('reports warnings of its thread in the current language only', async () => {
      await plant(root, [['0/a.js', 'a.findLast(b)']]);
      const collected = await collectFiles(root, root);
      const look = async () => {
        const inspect = { cacheFile: join(temp.path, 'cache.json') };
        const options = { inspect, worker: built.script };
        const use = ({ inspection }: { inspection?: Inspection }) => Promise.resolve(inspection);
        const inspection = await withBundle(collected, use, options);
        await writeFile(inspect.cacheFile, inspection?.cache ?? '');
        return inspection?.found.flatMap(({ baseline }) => baseline.map(({ message }) => message));
      };
      assert.deepEqual(await look(), ['لا توجد .findLast()']);
      localize(undefined);
      assert.deepEqual(await look(), ['The WebView of the oldest cars has no .findLast()']);
    });
  });

  it('fails with a message when its worker fails', async () => {
    const broken = join(temp.path, 'broken.js');
    await writeFile(broken, 'throw new Error("no luck")');
    const error = await rejectsWith('VALIDATION_FAILED', hashOf({ worker: broken }));
    assert.match(error.message, /ended unexpectedly \(no luck\)/);
    await writeFile(broken, 'process.exit(3)');
    await rejectsWith('VALIDATION_FAILED', hashOf({ worker: broken }));
    await rejectsWith('VALIDATION_FAILED', hashOf({ worker: join(temp.path, 'gone.js') }));
    assert.deepEqual(await temporary.entries(), []);
  });

  it('is removed with its worker when it is cancelled at the start', async () => {
    const caller = new AbortController();
    const packing = hashOf({ worker: built.script, signal: caller.signal });
    caller.abort();
    await assert.rejects(packing, { name: 'CancelledError' });
    assertNoWorker(0);
    const started = new AbortController();
    built.onWorker = () => started.abort();
    const again = hashOf({ worker: built.script, signal: started.signal });
    await assert.rejects(again, { name: 'CancelledError' });
    assertNoWorker(1);
    assert.deepEqual(await temporary.entries(), []);
  });

  it('is removed with its worker when it is cancelled during packing', async () => {
    for (const name of ['5-large', '9-large']) {
      await writeFile(join(root, name), '');
      await truncate(join(root, name), 60_000_000);
    }
    const caller = new AbortController();
    const seen: number[] = [];
    const onFile = (done: number): void => {
      seen.push(done);
      caller.abort();
    };
    const packing = hashOf({ worker: built.script, signal: caller.signal, onFile });
    await assert.rejects(packing, { name: 'CancelledError' });
    assert.ok((seen[0] ?? Infinity) < tree.length + 2, 'there was more to pack');
    assertNoWorker(1);
    assert.deepEqual(await temporary.entries(), []);
  });

  it('is removed when the process exits while using it', async () => {
    const { stdout } = await run('node', [built.packFolder, root, built.script, 'exit']);
    assert.match(stdout, /^[0-9a-f]{64}$/);
    assert.deepEqual(await temporary.entries(), []);
  });

  it('is removed later when its process was killed, without touching others', async () => {
    const left = await new Promise<string[]>((resolve, reject) => {
      execFile('node', [built.packFolder, root, built.script, 'kill'], (error) => {
        assert.equal(error?.signal, 'SIGKILL');
        temporary.entries().then(resolve, reject);
      });
    });
    assert.match(left.join(' '), /^i99dash-\d+-\w{6}$/u);
    const [killed = ''] = left;
    const pid = killed.split('-')[1] ?? '';
    const others = [`i99dash-${pid}-linked`, `i99dash-${pid}-others`, `i99dash-${pid}`];
    const [linked = '', stranger = ''] = others.map((name) => join(temporary.path, name));
    await plant(temp.path, [['elsewhere/bundle.tar.gz', 'not ours']]);
    await symlink(join(temp.path, 'elsewhere'), linked);
    await plant(stranger, [['thesis.txt', 'not ours either']]);
    await plant(join(temporary.path, others[2] ?? ''), [['bundle.tar.gz', 'nor this']]);
    await withBundle(await collectFiles(root, root), async (bundle) => {
      await removeAbandonedBundles();
      const names = await temporary.entries();
      assert.deepEqual(names.filter((name) => name.startsWith(`i99dash-${pid}`)).sort(), [
        ...others.sort(),
      ]);
      const hash = createHash('sha256');
      for await (const chunk of bundle.open()) hash.update(chunk as Uint8Array);
      assert.equal(hash.digest('hex'), bundle.sha256, 'the one in use is whole');
    });
    assert.deepEqual(Object.keys(await readTree(join(temp.path, 'elsewhere'))), ['bundle.tar.gz']);
    assert.deepEqual(Object.keys(await readTree(stranger)), ['thesis.txt']);
  });

  it('supports 9,000 files', async () => {
    const many = join(temp.path, 'many');
    await mkdir(many);
    await writeFile(join(temp.path, 'one'), 'content');
    for (let file = 0; file < 9_000; file++) {
      linkSync(join(temp.path, 'one'), join(many, `a file ${file}`));
    }
    const { result: collected, blockedMs } = await measureCpu(() => collectFiles(many, many));
    assert.ok(blockedMs < 500, `the event loop stood still for ${blockedMs} ms`);
    const names = collected.files.map(({ name }) => name);
    assert.deepEqual(names, [...names].sort());
    const [inPlace, inWorker] = await Promise.all(
      [undefined, built.script].map((worker) =>
        withBundle(collected, ({ sha256, fileCount }) => Promise.resolve([sha256, fileCount]), {
          worker,
        }),
      ),
    );
    assert.equal(inPlace?.[1], 9_000);
    assert.deepEqual(inWorker, inPlace);
  });
});
