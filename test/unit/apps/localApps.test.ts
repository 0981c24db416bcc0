import assert from 'node:assert/strict';
import { basename, join } from 'node:path';
import { addLastSubmissions, readLocalApps } from '../../../src/core/apps/localApps';
import { MINI_APP, THEME } from '../../../src/core/projectKind';
import { PublishHistory } from '../../../src/core/publish/publishHistory';
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
    const projects = ['a', 'b', 'c', 'd', 'e', 'f', 'none'].map((name) => ({
      folder: join(temp.path, name),
      kind: MINI_APP,
    }));
    assert.deepEqual(
      (await readLocalApps(projects)).map(({ folder, id, version, isBroken }) => [
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

  it('have their last submission only if the backend does not list them', async () => {
    const files = { 'a/manifest.json': '{ "id": "same" }', 'b/theme.json': '{ "id": "same" }' };
    await writeFiles(temp.path, files);
    const history = new PublishHistory(join(temp.path, 'history.json'));
    const publisher = { devId: 'ann', account: 'Ann', backendUrl: 'https://a.test' };
    const submission = { version: '1.0.0', submittedAt: '2026-01-01T09:00:00.000Z' };
    const locals = await readLocalApps([
      { folder: join(temp.path, 'a'), kind: MINI_APP },
      { folder: join(temp.path, 'b'), kind: THEME },
    ]);
    const find = async (): Promise<unknown[]> =>
      (await addLastSubmissions(locals, history, publisher.backendUrl)).map(
        ({ kind, lastSubmission }) => [kind.id, lastSubmission],
      );
    await history.record({ kind: 'miniApp', appId: 'same' }, publisher, submission);
    assert.deepEqual(await find(), [
      ['miniApp', undefined],
      ['theme', undefined],
    ]);
    await history.record({ kind: 'theme', appId: 'same' }, publisher, submission);
    assert.deepEqual(await find(), [
      ['miniApp', undefined],
      ['theme', submission],
    ]);
  });
});
