import assert from 'node:assert/strict';
import { basename, join } from 'node:path';
import { readLocalApps } from '../../../src/core/apps/localApps';
import { writeFiles } from '../../support/project';
import { useTempFolder } from '../../support/temp-folder';

describe('apps of the workspace', () => {
  const temp = useTempFolder();

  it('are told from manifests that need not be valid, nor JSON', async () => {
    await writeFiles(temp.path, {
      'a/manifest.json': '\uFEFF{ "id": "a1", "version": "1.0.0" }',
      'b/manifest.json': '{ "id": "b1", "version": 7 }',
      'c/manifest.json': '{ "id": 7 }',
      'd/manifest.json': '{ "id": "d1", "version": "2.0.0", "name": { "en": ',
      'e/manifest.json': '[]',
      'f/manifest.json': '',
    });
    const folders = ['a', 'b', 'c', 'd', 'e', 'f', 'none'].map((name) => join(temp.path, name));
    assert.deepEqual(
      (await readLocalApps(folders)).map(({ folder, id, version, isBroken }) => [
        basename(folder),
        id,
        version,
        isBroken,
      ]),
      [
        ['a', 'a1', '1.0.0', false],
        ['b', 'b1', null, false],
        ['c', null, null, false],
        ['d', 'd1', '2.0.0', true],
        ['e', null, null, true],
        ['f', null, null, true],
      ],
    );
  });
});
