import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { cp, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { CancelledError, isI99dashError } from '../../../../src/core/errors';
import type { Problem } from '../../../../src/core/problem';
import { JsonText } from '../../../../src/core/publish/json/jsonText';
import { ProblemModel } from '../../../../src/core/publish/diagnostics/problemModel';
import { loadProject } from '../../../../src/core/publish/project/project';
import { publish, type PublishDeps } from '../../../../src/core/publish/publish';
import { marked } from '../../../support/marked-text';
import { MANIFEST, writeFiles } from '../../../support/project';
import { useTempFolder } from '../../../support/temp-folder';
import { KINDS } from '../../../../src/core/publish/kindDefinitions';

const FIXTURES = join(__dirname, '../../../fixtures');
const MINI_APPS = join(FIXTURES, 'mini-apps');

const rulesOf = (problems: readonly Problem[]): string[] => problems.map(({ rule }) => rule);

describe('problems of a mini-app', () => {
  const temp = useTempFolder();
  let finder: ProblemModel;
  beforeEach(() => {
    finder = new ProblemModel(temp.path, KINDS.miniApp);
  });

  /** Reads the texts from disk and runs all checks. */
  async function look(signal?: AbortSignal): Promise<Problem[]> {
    finder.setManifest(await finder.readText(finder.manifestFile));
    finder.setConfig(await finder.readText(finder.configFile!));
    await finder.checkFiles(signal);
    return finder.problems;
  }

  const plant = (manifest: object = {}, files: Record<string, string> = {}): Promise<void> =>
    writeFiles(temp.path, {
      'manifest.json': JSON.stringify({ ...MANIFEST, ...manifest }),
      'src/icon.svg': '<svg/>',
      'src/index.html': '',
      ...files,
    });

  for (const name of readdirSync(MINI_APPS)) {
    it(`are at most notes in ${name}`, async () => {
      await cp(join(MINI_APPS, name), temp.path, { recursive: true });
      const problems = await look();
      assert.deepEqual(
        problems.filter(({ severity }) => severity !== 'info'),
        [],
      );
    });
  }

  it('match those that publishing finds', async () => {
    await plant({
      icon: './icon.png',
      coverImage: './cover.png',
      screenshots: ['./none.png'],
      requires: { dilink: ['di5.0'], modernWebview: false, vehicleCapabilities: ['ac.get'] },
    });
    await cp(join(FIXTURES, 'broken-mini-apps/every-problem/src'), join(temp.path, 'src'), {
      recursive: true,
    });
    const all = await look();
    const published = await publish(
      await loadProject(temp.path),
      { track: 'production', dryRun: true },
      {
        logger: { info: () => undefined },
        clock: { now: () => 0 },
        onProgress: () => undefined,
      } as unknown as PublishDeps,
    ).then(
      () => assert.fail('it is fit to be published'),
      (error: unknown) =>
        isI99dashError(error, 'VALIDATION_FAILED') ? (error.problems ?? []) : [],
    );
    assert.ok(published.length > 0);
    // Publishing stops at the first kind of problem; the panel shows all kinds.
    for (const problem of published.filter(({ rule }) => rule !== 'version.not-compared')) {
      assert.ok(
        all.some((each) => JSON.stringify(each) === JSON.stringify(problem)),
        JSON.stringify(problem),
      );
    }
    const kinds = new Set(rulesOf(all).map((rule) => rule.split('.')[0]));
    assert.deepEqual([...kinds].sort(), ['asset', 'baseline', 'secret', 'version']);
  });

  it('are reported together for the manifest and the files', async () => {
    await plant(
      { category: 'games', version: '2.0.0', coverImage: './cover.svg' },
      {
        'src/index.html': "<script>const APP_VERSION = '1.0.0';</script>",
        'src/app.js': 'export {};',
        'src/.env': '',
      },
    );
    assert.deepEqual(rulesOf(await look()).sort(), [
      'asset.missing',
      'baseline.module',
      'manifest.category.value',
      'secret.env-file',
      'version.app-version',
    ]);
  });

  it('include only file problems that do not depend on a build', async () => {
    await plant(
      { coverImage: './cover.png', screenshots: ['./one.png'] },
      {
        'sdk.config.json': '{ "buildCommand": "make" }',
        'src/one.png': 'no picture',
        'src/main.js': 'export {};',
        'dist/main.js': 'export {};',
      },
    );
    assert.deepEqual(rulesOf(await look()), ['asset.format']);
  });

  it('exclude files that the build of a publish script may still create', async () => {
    const page = '<script src="bundle.js"></script><script src="APP.js"></script>';
    await plant(
      { icon: './made.png', coverImage: './Cover.svg' },
      { 'src/index.html': page, 'src/app.js': 'export {};', 'src/cover.svg': '<svg/>' },
    );
    const missing = ['asset.missing', 'asset.missing', 'page.reference', 'page.reference'];
    assert.deepEqual(rulesOf(await look()), [...missing, 'baseline.module']);
    const scripts = { publish: 'pnpm bundle && i99dash publish' };
    await writeFile(join(temp.path, 'package.json'), JSON.stringify({ scripts }));
    const found = (await look()).map(({ severity, rule }) => `${severity} ${rule}`);
    assert.deepEqual(found, [
      ...['warning asset.name', 'warning page.reference', 'error baseline.module'],
    ]);
  });

  it('keep the warning about the output folder until the configuration changes', async () => {
    await plant({}, { 'sdk.config.json': '{ "buildCommand": "make" }' });
    await look();
    const told = { rule: 'output.stale', message: 'x', file: finder.configFile! };
    await finder.setBuilt([{ severity: 'warning', ...told }]);
    assert.deepEqual(rulesOf(await look()), ['output.stale']);
    finder.setConfig('{ "buildCommand": "make", "distDir": "./out" }');
    assert.deepEqual(finder.problems, []);
  });

  it('keep the warning about the output folder when the configuration is read later', async () => {
    await plant({}, { 'sdk.config.json': '{}' });
    await look();
    await plant({}, { 'sdk.config.json': '{ "buildCommand": "make" }' });
    const told = { rule: 'output.stale', message: 'x', file: finder.configFile! };
    await finder.setBuilt([{ severity: 'warning', ...told }]);
    assert.deepEqual(rulesOf(await look()), ['output.stale']);
  });

  it('are notes for scripts of an app that requires newer cars', async () => {
    await plant({ requires: { modernWebview: true } }, { 'src/app.js': 'structuredClone({});' });
    assert.deepEqual(
      (await look()).map(({ rule, severity }) => [rule, severity]),
      [['baseline.api', 'info']],
    );
    await plant({}, {});
    assert.deepEqual(
      (await look()).map(({ rule, severity }) => [rule, severity]),
      [['baseline.api', 'error']],
    );
  });

  it('follow the text of the manifest without reading the disk', async () => {
    await plant({ icon: './none.svg' });
    await look();
    const { text, ranges } = marked(
      '{\n\n"icon": «"./none.svg"», "category": «"games"», "id": "trip-log", "name": {"en": "x"},' +
        '"version": "1.0.0", "url": "https://miniapps.i99dash.app/"}',
    );
    finder.setManifest(text);
    assert.deepEqual(
      finder.problems.map(({ rule, range }) => [rule, range]),
      [
        ['manifest.category.value', ranges[1]],
        ['asset.missing', ranges[0]],
      ],
    );
    finder.setManifest(text.replace('none.svg', 'other.svg'));
    assert.deepEqual(rulesOf(finder.problems), ['manifest.category.value']);
    finder.setManifest(text.replace('"icon"', '"ico"'));
    assert.deepEqual(rulesOf(finder.problems), [
      'manifest.icon.required',
      'manifest.unknown-field',
      'manifest.category.value',
    ]);
  });

  it('keep the rejections of the backend until the value changes', async () => {
    await plant();
    await look();
    const file = finder.manifestFile;
    const saved = readFileSync(file, 'utf8');
    const range = new JsonText(saved).rangeOf(['category']);
    const problem = { severity: 'error', rule: 'backend.refused', message: 'no', file } as const;
    const missing = new JsonText(saved).rangeOf(['requiredEntitlement']);
    await finder.setRefused([{ ...problem, range: missing }]);
    const refused = () => finder.problems.filter(({ rule }) => rule === 'backend.refused');
    assert.deepEqual(refused(), [{ ...problem, range: missing }]);
    await finder.setRefused([{ ...problem, range }]);
    assert.deepEqual(refused(), [{ ...problem, range }]);
    finder.setManifest(`\n${saved}`);
    const [moved] = refused();
    assert.equal(moved?.range?.start.line, range.start.line + 1);
    finder.setManifest(saved.replace(/"category":"\w+"/u, '"category":"other"'));
    assert.deepEqual(refused(), []);
    finder.setManifest(saved);
    assert.equal(refused().length, 1);
    await finder.setRefused([]);
    assert.deepEqual(refused(), []);
  });

  it('include requirements that no car meets, whatever else is wrong', () => {
    finder.setManifest('{ "requires": { "dilink": ["di5.0"], "modernWebview": true } }');
    assert.ok(rulesOf(finder.problems).includes('requires.modern-webview-on-di5.0'));
  });

  it('include the configuration that locates the files', async () => {
    await plant({}, { 'sdk.config.json': '{ "appRoot": 1 }', 'src/app.js': 'export {};' });
    assert.deepEqual(rulesOf(await look()), ['config.appRoot.type']);
    finder.setConfig('{ "appRoot": "./src" }');
    await finder.checkFiles();
    assert.deepEqual(rulesOf(finder.problems), ['baseline.module']);
  });

  it('include a file that leads out of the project', async () => {
    await plant();
    await symlink(FIXTURES, join(temp.path, 'src', 'outside'));
    const [problem, ...others] = await look();
    assert.equal(problem?.rule, 'files.unfit');
    assert.equal(problem.file, join(temp.path, 'src', 'outside'));
    assert.deepEqual(others, []);
  });

  it('cover only the manifest without files, and nothing without both', async () => {
    await plant();
    await rm(join(temp.path, 'src'), { recursive: true });
    assert.deepEqual(rulesOf(await look()), ['asset.missing']);
    await rm(temp.path, { recursive: true });
    assert.deepEqual(await look(), []);
  });

  it('contain just the syntax error of a manifest that is not JSON', async () => {
    await plant({}, { 'manifest.json': '{ "id": }', 'src/app.js': 'export {};' });
    assert.deepEqual(rulesOf(await look()), ['manifest.syntax']);
  });

  it('cover files that were changed, added, renamed and removed since the last run', async () => {
    await plant({}, { 'src/one.js': 'export {};', 'src/two.js': '1;', 'src/.env': '' });
    const names = async (): Promise<string[]> =>
      (await look()).map(({ rule, file }) => `${rule} ${relative(join(temp.path, 'src'), file)}`);
    assert.deepEqual(await names(), ['secret.env-file .env', 'baseline.module one.js']);
    await writeFile(join(temp.path, 'src', 'two.js'), 'import "x";');
    await rename(join(temp.path, 'src', 'one.js'), join(temp.path, 'src', 'zero.js'));
    await rm(join(temp.path, 'src', '.env'));
    assert.deepEqual(await names(), ['baseline.module two.js', 'baseline.module zero.js']);
    await mkdir(join(temp.path, 'src', 'sub'));
    await rename(join(temp.path, 'src', 'zero.js'), join(temp.path, 'src', 'sub', 'zero.js'));
    assert.deepEqual(await names(), ['baseline.module sub/zero.js', 'baseline.module two.js']);
  });

  it('are unchanged when a run is cancelled', async () => {
    await plant({}, { 'src/one.js': 'export {};' });
    const before = await look();
    await writeFile(join(temp.path, 'src', 'one.js'), '1;');
    await assert.rejects(look(AbortSignal.abort()), CancelledError);
    assert.deepEqual(finder.problems, before);
    assert.deepEqual(await look(), []);
  });

  it('are requested again by changes that may affect them', async () => {
    const concerned = (...names: string[]): boolean => finder.affects(join(temp.path, ...names));
    await plant({}, { 'sdk.config.json': '{ "appRoot": ".", "distDir": "out" }' });
    await look();
    assert.ok(concerned('manifest.json'));
    assert.ok(concerned('sdk.config.json'));
    assert.ok(concerned('package.json'));
    assert.ok(concerned('pages', 'index.html'));
    assert.ok(concerned('out', 'index.html'), 'nothing makes it');
    assert.ok(!concerned('node_modules', 'left-pad', 'index.js'));
    assert.ok(!concerned('.git', 'index'));
    finder.setConfig('{ "appRoot": ".", "distDir": "out", "buildCommand": "make" }');
    assert.ok(!concerned('out', 'index.html'));
    finder.setConfig('{}');
    assert.ok(concerned('src'));
    assert.ok(concerned('src', 'app.js'));
    assert.ok(!concerned('README.md'));
    assert.ok(finder.affects(temp.path), 'a folder that goes as a whole');
  });
});
