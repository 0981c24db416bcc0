import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { createGunzip } from 'node:zlib';
import fc from 'fast-check';
import { extract } from 'tar-stream';
import { collectFiles } from '../../../../src/core/publish/bundle/files';
import { bundleBytes } from '../../../support/bundle-bytes';
import { useTempFolder } from '../../../support/temp-folder';
import { readTree } from '../../../support/trees';
import { untar } from '../../../support/untar';
import { withBundle } from '../../../support/with-bundle';

const run = promisify(execFile);

/** Names that are never ignored or rejected and that the file system accepts. */
const usualName = fc
  .oneof(
    fc.string({ minLength: 1, maxLength: 40, unit: 'binary' }),
    fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }),
    fc.string({ minLength: 90, maxLength: 250, unit: fc.constantFrom('a', 'b', '-', ' ') }),
  )
  .filter(
    (name) =>
      !/[/\\\n\v\f\r\u0085\u2028\u2029\0]|^[.#$_~]|~$|\.(log|swp)$|^(node_modules|cvs|thumbs\.db|desktop\.ini|ehthumbs\.db)$/iu.test(
        name,
      ) && Buffer.byteLength(name) <= 255,
  );

const someTree = fc
  .array(
    fc.record({
      segments: fc.array(usualName, { minLength: 1, maxLength: 4 }),
      content: fc.option(fc.uint8Array({ maxLength: 2_000 })),
    }),
    { maxLength: 12 },
  )
  .filter((entries) => hasDistinctNames(entries.map(({ segments }) => segments)));

/** Whether no two names differ only in case or Unicode form. Such a bundle is rejected. */
function hasDistinctNames(paths: readonly (readonly string[])[]): boolean {
  const names = new Map<string, string>();
  return paths.every((segments) =>
    segments.every((_, index) => {
      const name = segments.slice(0, index + 1).join('/');
      const folded = name.normalize('NFD').toLowerCase().replaceAll('ς', 'σ');
      const known = names.get(folded) ?? name;
      names.set(folded, known);
      return known === name;
    }),
  );
}

describe('bundle of arbitrary files', () => {
  const temp = useTempFolder();

  it('unpacks to the packed files with GNU tar and tar-stream', async () => {
    await fc.assert(
      fc.asyncProperty(someTree, async (entries) => {
        const folder = await mkdtemp(join(temp.path, 'tree-'));
        const root = join(folder, 'app');
        await mkdir(root);
        for (const { segments, content } of entries) await place(join(root, ...segments), content);
        const packed = await withBundle(await collectFiles(root, root), bundleBytes);
        const expected = await readTree(root);
        assert.deepEqual(await unpackWithTarStream(packed), expected);
        const unpacked = join(folder, 'unpacked');
        await mkdir(unpacked);
        await writeFile(join(folder, 'bundle.tar.gz'), packed);
        await run('tar', ['-xzf', join(folder, 'bundle.tar.gz'), '-C', unpacked]);
        assert.deepEqual(await readTree(unpacked), expected);
      }),
      { numRuns: 40 },
    );
  });

  it('supports a file of more than 100 MB', async () => {
    const size = 110_000_001;
    await writeFile(join(temp.path, 'map.bin'), 'begin');
    await truncate(join(temp.path, 'map.bin'), size);
    await writeFile(join(temp.path, 'z.txt'), 'after');
    const collected = await collectFiles(temp.path, temp.path);
    await withBundle(collected, async (bundle) => {
      const sizes: [string, number][] = [];
      const unpacking = extract();
      unpacking.on('entry', ({ name }, stream, next) => {
        let bytes = 0;
        stream.on('data', (chunk) => (bytes += (chunk as Buffer).length));
        stream.on('end', () => {
          sizes.push([name, bytes]);
          next();
        });
      });
      const finished = once(unpacking, 'finish');
      bundle.open().pipe(createGunzip()).pipe(unpacking);
      await finished;
      assert.deepEqual(sizes, [
        ['./', 0],
        ['./map.bin', size],
        ['./z.txt', 5],
      ]);
    });
  });
});

/** Writes a file, or a folder for `null`, unless the path is taken. */
async function place(path: string, content: Uint8Array | null): Promise<void> {
  try {
    await mkdir(content === null ? path : dirname(path), { recursive: true });
    if (content !== null) await writeFile(path, content, { flag: 'wx' });
  } catch (error) {
    assert.match(String(error), /EEXIST|ENOTDIR|EISDIR|ENAMETOOLONG/);
  }
}

/** The tree of the entries. Folders with content are implied by it. */
async function unpackWithTarStream(packed: Buffer): Promise<Record<string, Buffer | null>> {
  const entries = (await untar(packed)).filter(({ name }) => name !== './');
  const names = entries.map(({ name }) => name);
  return Object.fromEntries(
    entries
      .filter(
        ({ name, content }) => content !== null || names.filter(startsWith(name)).length === 1,
      )
      .map(({ name, content }) => [name.slice('./'.length), content]),
  );
}

function startsWith(start: string): (name: string) => boolean {
  return (name) => name.startsWith(start);
}
