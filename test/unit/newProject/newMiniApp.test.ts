import assert from 'node:assert/strict';
import { readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isI99dashError } from '../../../src/core/errors';
import { isMiniApp } from '../../../src/core/projectFolders';
import { makeMiniApp } from '../../../src/core/newProject/newMiniApp';
import { suggestId, validateName } from '../../../src/core/newProject/projectName';
import { CATEGORIES } from '../../../src/core/publish/rules/manifestValues';
import { ProblemModel } from '../../../src/core/publish/diagnostics/problemModel';
import { writeFiles, type MANIFEST } from '../../support/project';
import { useTempFolder } from '../../support/temp-folder';
import { readTree } from '../../support/trees';
import { KINDS } from '../../../src/core/publish/kindDefinitions';

const PAGE = '<!doctype html><title>x</title>';
const APP = { name: 'Trip Log', category: 'vehicle' };

describe('making a folder a mini-app', () => {
  const temp = useTempFolder();

  /** Returns the rules of the problems that the Problems panel would show. */
  async function findProblems(): Promise<string[]> {
    const finder = new ProblemModel(temp.path, KINDS.miniApp);
    finder.setManifest(await finder.readText(finder.manifestFile));
    finder.setConfig(await finder.readText(finder.configFile!));
    await finder.checkFiles();
    return finder.problems.map(({ rule }) => rule);
  }

  const PROJECTS: Record<string, Record<string, string>> = {
    'a page': { 'index.html': PAGE },
    'a page in src': { 'src/index.html': PAGE },
    'a Vite project': {
      'index.html': PAGE,
      'src/main.ts': '',
      'package.json': '{ "scripts": { "build": "vite build" } }',
    },
    'a Vite project that was built': {
      'dist/index.html': PAGE,
      'package.json': '{ "scripts": { "build": "vite build" } }',
    },
  };
  for (const [title, files] of Object.entries(PROJECTS)) {
    it(`leaves no problems in ${title}`, async () => {
      await writeFiles(temp.path, files);
      const made = await makeMiniApp(temp.path, APP);
      assert.equal(made.hasPage, true);
      assert.deepEqual([made.kept, made.id], [[], 'trip-log']);
      assert.equal(await isMiniApp(temp.path), true);
      assert.deepEqual(await findProblems(), []);
    });
  }

  it('leaves the missing page as the only problem of an empty folder', async () => {
    const made = await makeMiniApp(temp.path, APP);
    assert.equal(made.hasPage, false);
    assert.deepEqual(await findProblems(), ['page.missing']);
  });

  it('accepts every category, and a name in a non-Latin script', async () => {
    for (const category of CATEGORIES) {
      const folder = join(temp.path, category);
      await writeFiles(folder, { 'index.html': PAGE });
      const { id } = await makeMiniApp(folder, { name: 'سجل الرحلات', category });
      assert.equal(id, category);
      const text = await readFile(join(folder, 'manifest.json'), 'utf8');
      assert.deepEqual((JSON.parse(text) as typeof MANIFEST).name, { ar: 'سجل الرحلات' });
    }
  });

  it('does not change existing files, and returns which ones it kept', async () => {
    const files = {
      'manifest.json': '{ "name": "a web app" }',
      'sdk.config.json': '{}',
      'src/icon.svg': '<svg/>',
    };
    await writeFiles(temp.path, files);
    const { written, kept } = await makeMiniApp(temp.path, APP);
    assert.deepEqual([written, kept], [[], ['manifest.json', 'sdk.config.json', 'src/icon.svg']]);
    const texts = Object.entries(await readTree(temp.path)).map(([name, bytes]) => [
      name,
      String(bytes),
    ]);
    assert.deepEqual(Object.fromEntries(texts), files);
  });

  it('does not write through a symbolic link', async () => {
    await symlink(join(temp.path, 'elsewhere.json'), join(temp.path, 'manifest.json'));
    assert.deepEqual((await makeMiniApp(temp.path, APP)).kept, ['manifest.json']);
    await assert.rejects(readFile(join(temp.path, 'elsewhere.json')));
  });

  it('makes a folder with a manifest a mini-app without asking, and keeps its ID and icon', async () => {
    await writeFiles(temp.path, { 'manifest.json': '{ "id": "mine", "icon": "./logo.png" }' });
    const { id, written } = await makeMiniApp(temp.path, undefined);
    assert.deepEqual([id, written], ['mine', ['sdk.config.json']]);
    assert.equal(await isMiniApp(temp.path), true);
  });

  it('rejects an invalid name or category', async () => {
    for (const name of ['', '  ', 'a\nb', 'x'.repeat(61)]) {
      assert.notEqual(validateName(name), undefined, name);
      await assert.rejects(makeMiniApp(temp.path, { ...APP, name }), (error) =>
        isI99dashError(error, 'VALIDATION_FAILED'),
      );
    }
    await assert.rejects(makeMiniApp(temp.path, { ...APP, category: 'games' }), (error) =>
      isI99dashError(error, 'VALIDATION_FAILED'),
    );
    assert.equal(validateName('Trip Log'), undefined);
    assert.deepEqual(await readTree(temp.path), {});
  });

  it('fails with VALIDATION_FAILED if a file cannot be written', async () => {
    await writeFiles(temp.path, { src: 'a file' });
    await assert.rejects(makeMiniApp(temp.path, APP), (error) =>
      isI99dashError(error, 'VALIDATION_FAILED'),
    );
  });
});

describe('the ID of a new mini-app', () => {
  for (const [name, folder, id] of [
    ['Trip Log', '/x', 'trip-log'],
    ['  Café Finder! ', '/x', 'cafe-finder'],
    ['سجل', '/projects/trips', 'trips'],
    ['سجل', '/projects/سجل', 'my-app'],
    ['X', '/projects/y', 'my-app'],
    ['a'.repeat(63) + ' b', '/x', 'a'.repeat(63)],
  ] as const) {
    it(`is ${id}, derived from “${name}” in ${folder}`, () => {
      assert.equal(suggestId(name, folder), id);
    });
  }
});
