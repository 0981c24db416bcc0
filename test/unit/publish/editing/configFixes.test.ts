import assert from 'node:assert/strict';
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { outputFolderFixes } from '../../../../src/core/publish/editing/configFixes';
import { writeFiles } from '../../../support/project';
import { useTempFolder } from '../../../support/temp-folder';

describe('fixes for a build that wrote to another folder', () => {
  const temp = useTempFolder();

  /** Returns each fix as its field, its value and the resulting text. */
  async function fixes(text: string): Promise<[string, string, string][]> {
    const found = await outputFolderFixes(text, temp.path);
    return found.map(({ field, value, edits: [edit] }) => {
      const { start, end, text: inserted } = edit ?? assert.fail('no edit');
      return [field, value, text.slice(0, start) + inserted + text.slice(end)];
    });
  }

  it('set distDir to the folders with a page, the most recent first', async () => {
    await writeFiles(temp.path, { 'out/index.html': '', 'build/a.htm': '', 'public/a.js': '' });
    await utimes(join(temp.path, 'out/index.html'), 1, 1);
    assert.deepEqual(await fixes('{ "buildCommand": "make", "distDir": "./dist" }'), [
      ['distDir', './build', '{ "buildCommand": "make", "distDir": "./build" }'],
      ['distDir', './out', '{ "buildCommand": "make", "distDir": "./out" }'],
    ]);
    const [first, ...others] = await outputFolderFixes('{ "buildCommand": "make" }', temp.path);
    assert.equal(first?.preferred, true);
    assert.deepEqual(
      others.map(({ preferred }) => preferred),
      [false],
    );
  });

  it('add a missing setting, and name appRoot when no build is configured', async () => {
    await writeFiles(temp.path, { 'out/index.html': '', 'src/index.html': '' });
    assert.deepEqual(await fixes('{ "appRoot": "./out", "buildCommand": "make" }'), [
      ['distDir', './out', '{ "appRoot": "./out", "distDir": "./out", "buildCommand": "make" }'],
    ]);
    assert.deepEqual(await fixes('{}'), [['appRoot', './out', '{\n  "appRoot": "./out"\n}']]);
  });

  it('are not offered for an invalid configuration', async () => {
    await writeFiles(temp.path, { 'out/index.html': '' });
    assert.deepEqual(await fixes('[]'), []);
    assert.deepEqual(await fixes('{ "distDir": 1 }'), []);
  });
});
