import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { CancelledError } from '../../../src/core/errors';
import { findProjects } from '../../../src/core/projectFolders';
import { MINI_APP } from '../../../src/core/projectKind';
import { pictureRoots, listPictures } from '../../../src/core/publish/editing/pictures';
import { collectFiles } from '../../../src/core/publish/bundle/files';
import { ProblemModel } from '../../../src/core/publish/diagnostics/problemModel';
import { measureCpu } from '../../support/cpu-time';
import { png } from '../../support/png';
import { MANIFEST, writeFiles } from '../../support/project';
import { useTempFolder } from '../../support/temp-folder';
import { KINDS } from '../../../src/core/publish/kindDefinitions';
import { ICON } from '../../../src/core/publish/project/pictureFields';

/**
 * The number of files in the project. Set `I99DASH_TEST_FILES` to change it, for example to 20000
 * or 200000.
 */
const FILES = Number(process.env['I99DASH_TEST_FILES'] ?? 4_000);
const PER_FOLDER = 1_000;
/** A generous limit for the CPU time of one file, in milliseconds. */
const PER_FILE_MS = 1;

describe(`project of ${FILES} files with circular links`, function () {
  this.timeout(30_000 + 3 * FILES * PER_FILE_MS);
  const temp = useTempFolder('all');
  const source = (): string => join(temp.path, 'src');

  before(async () => {
    const icon = { 'src/icon.png': png(256, 256), 'src/index.html': '<p>1</p>' };
    const manifest = JSON.stringify({ ...MANIFEST, icon: './icon.png' });
    await writeFiles(temp.path, { 'manifest.json': manifest, ...icon });
    for (let index = 0; index < FILES; index += PER_FOLDER) {
      const folder = join(source(), `data-${index}`);
      mkdirSync(folder);
      for (let file = index; file < Math.min(index + PER_FOLDER, FILES); file++) {
        writeFileSync(join(folder, `${file}.json`), '');
      }
      symlinkSync('..', join(folder, 'up'));
      symlinkSync('nowhere', join(folder, 'nowhere'));
    }
  });

  it('collects every file once and leaves out the links', async () => {
    const { result, cpuMs } = await measureCpu(() => collectFiles(source(), temp.path));
    assert.equal(result.files.length, FILES + 2);
    assert.equal(result.leftOut.length, 2 * Math.ceil(FILES / PER_FOLDER));
    report('collect', cpuMs);
    assert.ok(cpuMs < FILES * PER_FILE_MS, `${cpuMs} ms`);
  });

  it('reports its problems without blocking for long', async () => {
    const finder = new ProblemModel(temp.path, KINDS.miniApp);
    finder.setManifest(await finder.readText(finder.manifestFile));
    finder.setConfig(await finder.readText(finder.configFile!));
    const { cpuMs, blockedMs } = await measureCpu(() => finder.checkFiles());
    assert.deepEqual(finder.problems, []);
    report('problems', cpuMs, blockedMs);
    assert.ok(cpuMs < 2 * FILES * PER_FILE_MS, `${cpuMs} ms`);
    assert.ok(blockedMs < 2_000, `blocked for ${blockedMs} ms`);
    const again = await measureCpu(() => finder.checkFiles());
    report('problems again', again.cpuMs, again.blockedMs);
  });

  it('stops the search when its result is no longer needed', async () => {
    const finder = new ProblemModel(temp.path, KINDS.miniApp);
    finder.setManifest(await finder.readText(finder.manifestFile));
    finder.setConfig(await finder.readText(finder.configFile!));
    const controller = new AbortController();
    const looking = finder.checkFiles(controller.signal);
    setImmediate(() => controller.abort());
    const { cpuMs } = await measureCpu(() => assert.rejects(looking, CancelledError));
    report('cancel', cpuMs);
    assert.ok(cpuMs < 2_000, `${cpuMs} ms`);
  });

  it('is recognized as one mini-app in a workspace without a full walk', async () => {
    const { result, cpuMs } = await measureCpu(() => findProjects([temp.path]));
    assert.deepEqual(result, [{ folder: temp.path, kind: MINI_APP }]);
    report('search', cpuMs);
    assert.ok(cpuMs < 1_000, `${cpuMs} ms`);
  });

  it('searches in part when it is not a mini-app', async () => {
    const other = join(temp.path, 'other');
    await mkdir(other);
    await symlink(source(), join(other, 'linked'));
    const { result, cpuMs } = await measureCpu(() => findProjects([source(), other]));
    assert.deepEqual(result, []);
    report('search in data', cpuMs);
    assert.ok(cpuMs < 10_000, `${cpuMs} ms`);
  });

  it('suggests its images', async () => {
    const { result, cpuMs } = await measureCpu(() =>
      listPictures(pictureRoots(temp.path, undefined), ICON),
    );
    assert.deepEqual(
      result.map(({ path }) => path),
      ['./icon.png'],
    );
    report('pictures', cpuMs);
    assert.ok(cpuMs < FILES * PER_FILE_MS, `${cpuMs} ms`);
  });
});

describe('project whose sources are the whole disk', () => {
  const temp = useTempFolder();

  it('is reported as leaving the project after a limited search', async () => {
    const unfit: boolean[] = [];
    for (const config of [{ appRoot: '/' }, { appRoot: '/', buildCommand: 'true' }]) {
      await writeFiles(temp.path, {
        'manifest.json': JSON.stringify(MANIFEST),
        'sdk.config.json': JSON.stringify(config),
      });
      const finder = new ProblemModel(temp.path, KINDS.miniApp);
      finder.setManifest(await finder.readText(finder.manifestFile));
      finder.setConfig(await finder.readText(finder.configFile!));
      await finder.checkFiles();
      // Other findings depend on this disk, for example a page that contains a version.
      unfit.push(finder.problems.some(({ rule }) => rule === 'files.unfit'));
    }
    // With a build, only the output counts, and the sources may be anywhere.
    assert.deepEqual(unfit, [true, false]);
  });
});

/** Prints the measurements when another number of files was requested. */
function report(what: string, cpuMs: number, blockedMs?: number): void {
  if (process.env['I99DASH_TEST_FILES'] !== undefined) {
    const memory = `${Math.round(process.memoryUsage().rss / 1e6)} MB`;
    const blocked = blockedMs === undefined ? '' : `, longest block ${Math.round(blockedMs)} ms`;
    process.stdout.write(`      ${what}: ${Math.round(cpuMs)} ms${blocked}, ${memory}\n`);
  }
}
