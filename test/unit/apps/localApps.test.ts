import assert from 'node:assert/strict';
import { join } from 'node:path';
import { readLocalApps } from '../../../src/core/apps/localApps';
import { writeFiles } from '../../support/project';
import { useTempFolder } from '../../support/temp-folder';

describe('the apps of the workspace', () => {
  const temp = useTempFolder();

  it('are told from manifests that need not be valid; those without an id are left out', async () => {
    await writeFiles(temp.path, {
      'a/manifest.json': '\uFEFF{ "id": "a1", "version": "1.0.0" }',
      'b/manifest.json': '{ "id": "b1", "version": 7 }',
      'c/manifest.json': '{ "id": 7 }',
      'd/manifest.json': '{ "id": ',
      'e/manifest.json': '[]',
    });
    const folders = ['a', 'b', 'c', 'd', 'e', 'none'].map((name) => join(temp.path, name));
    assert.deepEqual(
      (await readLocalApps(folders)).map(({ folder, id, version }) => [folder, id, version]),
      [
        [join(temp.path, 'a'), 'a1', '1.0.0'],
        [join(temp.path, 'b'), 'b1', null],
      ],
    );
  });
});
