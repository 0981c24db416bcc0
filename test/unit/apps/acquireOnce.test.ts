import assert from 'node:assert/strict';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { acquireOnce } from '../../../src/core/apps/acquireOnce';
import { useTempFolder } from '../../support/temp-folder';

describe('one-time claim', () => {
  const temp = useTempFolder();

  it('is granted to one of many concurrent callers', async () => {
    const folder = join(temp.path, 'claims');
    const given = await Promise.all(
      Array.from({ length: 20 }, () => acquireOnce(folder, 'https://a/|trip-log|../x', 1e9)),
    );
    assert.equal(given.filter(Boolean).length, 1);
    assert.equal(await acquireOnce(folder, 'another', 1e9), true);
    assert.equal((await readdir(folder)).length, 2);
  });

  it('is granted even when an old entry cannot be removed', async () => {
    const folder = join(temp.path, 'claims');
    await mkdir(join(folder, 'old', 'full'), { recursive: true });
    await utimes(join(folder, 'old'), 1, 1);
    assert.equal(await acquireOnce(folder, 'new', 60_000), true);
  });

  it('expires when it is old', async () => {
    const folder = join(temp.path, 'claims');
    await mkdir(folder);
    await writeFile(join(folder, 'old'), '');
    await utimes(join(folder, 'old'), 1, 1);
    await acquireOnce(folder, 'new', 60_000);
    assert.deepEqual((await readdir(folder)).includes('old'), false);
  });
});
