import assert from 'node:assert/strict';
import { rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CancelledError } from '../../../../src/core/errors';
import type { Problem } from '../../../../src/core/problem';
import { FileProblemCache } from '../../../../src/core/publish/diagnostics/fileProblemCache';
import type { BundleFile } from '../../../../src/core/publish/bundle/files';
import { useTempFolder } from '../../../support/temp-folder';

describe('file cache', () => {
  const temp = useTempFolder();
  let memo: FileProblemCache;
  let looked: string[][];

  beforeEach(async () => {
    memo = new FileProblemCache();
    looked = [];
    for (const name of ['a', 'b']) {
      await writeFile(join(temp.path, name), name);
    }
  });

  const files = (...names: string[]): BundleFile[] =>
    names.map((name) => ({ name, path: join(temp.path, name), size: 1 }));

  const look = (names: readonly BundleFile[]): Promise<Problem[]> => {
    looked.push(names.map(({ name }) => name));
    return Promise.resolve(
      names.map(({ name, path }) => ({ severity: 'info', rule: 'x', message: name, file: path })),
    );
  };

  const messages = async (scope: string, ...names: string[]): Promise<string[]> =>
    (await memo.problemsOf(files(...names), scope, look)).map(({ message }) => message);

  it('avoids a second lookup', async () => {
    assert.deepEqual(await messages('one', 'b', 'a'), ['b', 'a']);
    assert.deepEqual(await messages('one', 'a', 'b'), ['a', 'b']);
    assert.deepEqual(looked, [['b', 'a']]);
  });

  it('returns the same value after serialization', async () => {
    await messages('one', 'a', 'b');
    memo = FileProblemCache.from(memo.toBytes());
    assert.deepEqual(await messages('one', 'b', 'a'), ['b', 'a']);
    memo = FileProblemCache.from(undefined);
    await messages('one', 'a');
    assert.deepEqual(looked, [['a', 'b'], ['a']]);
  });

  it('looks again when size, time or context changed', async () => {
    await messages('one', 'a', 'b');
    await writeFile(join(temp.path, 'a'), 'longer');
    assert.deepEqual(await messages('one', 'a', 'b'), ['a', 'b']);
    const { mtimeMs } = await stat(join(temp.path, 'b'));
    await utimes(join(temp.path, 'b'), new Date(), new Date(mtimeMs + 1_000));
    await messages('one', 'a', 'b');
    await messages('two', 'a', 'b');
    assert.deepEqual(looked, [['a', 'b'], ['a'], ['b'], ['a', 'b']]);
  });

  it('drops files that no longer exist', async () => {
    await messages('one', 'a', 'b');
    assert.deepEqual(await messages('one', 'b'), ['b']);
    await rm(join(temp.path, 'b'));
    await messages('one', 'b');
    await messages('one', 'b');
    assert.deepEqual(looked, [['a', 'b'], ['b'], ['b']]);
  });

  it('keeps its entries when a lookup is cancelled', async () => {
    await messages('one', 'a');
    const cancelled = memo.problemsOf(files('a'), 'two', look, AbortSignal.abort());
    await assert.rejects(cancelled, CancelledError);
    await messages('one', 'a');
    assert.deepEqual(looked, [['a']]);
  });
});
