import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { explain } from './chromium';
import { installOnce } from './install-once';

describe('installing the test host', () => {
  let root: string;
  let filled: number;

  beforeEach(async () => {
    root = await mkdtemp(path.join(os.tmpdir(), 'i99dash-install-'));
    filled = 0;
  });

  afterEach(() => rm(root, { recursive: true, force: true }));

  const install = (recipe: number) =>
    installOnce({
      dir: path.join(root, 'thing'),
      recipe,
      fill: async (dir) => {
        filled++;
        await writeFile(path.join(dir, 'content'), String(recipe));
      },
    });

  it('is done once', async () => {
    await install(1);
    await install(1);
    assert.equal(filled, 1);
  });

  it('is done anew when the recipe has changed', async () => {
    await install(1);
    const dir = await install(2);
    assert.equal(await readFile(path.join(dir, 'content'), 'utf8'), '2');
  });

  it('is redone when it was interrupted, and nothing is left of that', async () => {
    await mkdir(path.join(root, 'thing'));
    // No process has this ID: it is above the system's maximum.
    await mkdir(path.join(root, 'thing.partial-99999999'));
    await install(1);
    assert.equal(filled, 1);
    assert.deepEqual(await readdir(root), ['thing']);
  });

  it('leaves nothing behind when it fails', async () => {
    const fill = () => Promise.reject(new Error('no'));
    await assert.rejects(installOnce({ dir: path.join(root, 'thing'), recipe: 1, fill }), /no/);
    assert.deepEqual(await readdir(root), []);
  });

  it('ends with one whole installation when another process is faster', async () => {
    const dir = path.join(root, 'thing');
    const slow = installOnce({
      dir,
      recipe: 1,
      fill: async (partial) => {
        await writeFile(path.join(partial, 'content'), 'slow');
        await mkdir(dir);
        await writeFile(path.join(dir, 'content'), 'unfinished, without a marker');
      },
    });
    await slow;
    assert.equal(await readFile(path.join(dir, 'content'), 'utf8'), 'slow');
    assert.ok(existsSync(path.join(dir, 'installed.json')));
  });

  it('says which package carries a library that Chromium misses', () => {
    const message = explain('/opt/chromium', {
      message: 'Command failed',
      code: 127,
      stderr:
        'chromium: error while loading shared libraries: libnss3.so: cannot open shared object file',
    });
    assert.match(message, /libnss3\.so is missing.*apt-get install libnss3/);
  });
});
