import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findKind, findProject, findProjects, findStillKind } from '../../src/core/projectFolders';
import { MINI_APP, PROJECT_KINDS, THEME } from '../../src/core/projectKind';
import { KINDS } from '../../src/core/publish/kindDefinitions';
import { useTempFolder } from '../support/temp-folder';

describe('a kind of project', () => {
  const temp = useTempFolder();
  const plant = async (folder: string, files: Record<string, unknown>): Promise<string> => {
    const path = join(temp.path, folder);
    await mkdir(path, { recursive: true });
    for (const [name, value] of Object.entries(files)) {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      await writeFile(join(path, name), text);
    }
    return path;
  };

  it('is defined once, with all that publishing and the editor need', () => {
    for (const kind of PROJECT_KINDS) {
      assert.equal(KINDS[kind.id].kind, kind);
    }
    assert.deepEqual(
      Object.keys(KINDS),
      PROJECT_KINDS.map(({ id }) => id),
    );
  });

  it('is a theme when theme.json has a spec', async () => {
    assert.equal(await findKind(await plant('a', { 'theme.json': { spec: {} } })), THEME);
    assert.equal(await findKind(await plant('b', { 'theme.json': { spec: null } })), THEME);
    for (const [index, value] of [{}, { Spec: {} }, ['spec'], '"spec"', '{'].entries()) {
      assert.equal(await findKind(await plant(`c${index}`, { 'theme.json': value })), undefined);
    }
    assert.equal(await findKind(await plant('d', { 'THEME.txt': { spec: {} } })), undefined);
  });

  it('is a mini-app when a folder could be both', async () => {
    const files = { 'theme.json': { spec: {} }, 'manifest.json': { icon: './i.png' } };
    assert.equal(await findKind(await plant('both', files)), MINI_APP);
  });

  it('stays while its manifest is invalid JSON', async () => {
    const folder = await plant('broken', { 'theme.json': '{ "spec": {' });
    assert.equal(await findStillKind(folder), THEME);
    assert.equal(await findStillKind(join(temp.path, 'none')), undefined);
  });

  it('is found with the folder of each project', async () => {
    const app = await plant('ws/app', { 'manifest.json': { icon: './i.png' } });
    const theme = await plant('ws/themes/night', { 'theme.json': { spec: {} } });
    assert.deepEqual(await findProjects([join(temp.path, 'ws')]), [
      { folder: app, kind: MINI_APP },
      { folder: theme, kind: THEME },
    ]);
    const picture = join(theme, 'pictures/home.png');
    assert.deepEqual(await findProject(picture), { folder: theme, kind: THEME });
    assert.equal(await findProject(join(temp.path, 'ws')), undefined);
  });
});
