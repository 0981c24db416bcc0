import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FileMachineStore, machineId } from '../../../src/core/platform/machineStore';
import { useTempFolder } from '../../support/temp-folder';

describe('machine store', () => {
  const temp = useTempFolder();
  const folder = (): string => join(temp.path, 'machine');
  const openStore = (): FileMachineStore => new FileMachineStore(folder());

  it('returns in one window what another window wrote, until it is removed', async () => {
    assert.equal(await openStore().get('key'), undefined);
    await openStore().set('key', { path: '/one' });
    await openStore().set('other key', 2);
    assert.deepEqual(await openStore().get('key'), { path: '/one' });
    await openStore().set('key', undefined);
    assert.equal(await openStore().get('key'), undefined);
    assert.equal(await openStore().get('other key'), 2);
  });

  it('lets one of several windows add a value and leaves no temporary file behind', async () => {
    const values = Array.from({ length: 8 }, (_, index) => index);
    const added = await Promise.all(values.map((value) => openStore().add('claim', value)));
    assert.equal(added.filter(Boolean).length, 1);
    assert.equal(await openStore().get('claim'), added.indexOf(true));
    await Promise.all(values.map((value) => openStore().set('claim', value)));
    assert.equal((await readdir(folder())).length, 1);
  });

  it('returns no value from a file that is damaged or belongs to another key', async () => {
    await openStore().set('key', 1);
    const [name = ''] = await readdir(folder());
    for (const text of ['', '{"key":"key"', '[]', JSON.stringify({ key: 'other', value: 1 })]) {
      await writeFile(join(folder(), name), text);
      assert.equal(await openStore().get('key'), undefined, text);
    }
    await openStore().set('key', 2);
    assert.equal(await openStore().get('key'), 2);
  });

  it('keeps a value in memory when the folder cannot be created', async () => {
    await writeFile(folder(), 'a file in its place');
    const store = openStore();
    await store.set('key', 1);
    assert.equal(await store.add('claim', 1), true);
    assert.equal(await store.add('claim', 2), false);
    assert.deepEqual([await store.get('key'), await store.get('claim')], [1, 1]);
    await store.set('claim', undefined);
    assert.equal(await store.add('claim', 3), true);
    assert.equal(await openStore().get('key'), undefined);
  });

  it('creates one machine ID for all windows that request it at the same time', async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, () => machineId(openStore())));
    assert.equal(new Set(ids).size, 1);
    assert.match(ids[0] ?? '', /^[\da-f-]{36}$/u);
    assert.equal(await machineId(openStore()), ids[0]);
  });

  it('replaces the machine ID when its file is damaged', async () => {
    await machineId(openStore());
    const [name = ''] = await readdir(folder());
    await writeFile(join(folder(), name), '');
    const id = await machineId(openStore());
    assert.equal(await machineId(openStore()), id);
  });
});
