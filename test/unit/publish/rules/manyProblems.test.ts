import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem } from '../../../../src/core/problem';
import { validateConfig } from '../../../../src/core/publish/project/config';
import { MAX_JSON } from '../../../../src/core/publish/json/jsonLimits';
import { manifestSchema } from '../../../../src/core/publish/project/manifest';
import { ProblemModel } from '../../../../src/core/publish/diagnostics/problemModel';
import { limitProblems, ProblemList } from '../../../../src/core/publish/rules/problemList';
import { readProject } from '../../../../src/core/publish/project/project';
import { validateManifest } from '../../../../src/core/publish/project/validateManifest';
import { MANIFEST } from '../../../support/project';
import { useTempFolder } from '../../../support/temp-folder';
import { KINDS } from '../../../../src/core/publish/kindDefinitions';

const CAP = 200;

/** A manifest with an excessive number of fields. */
function manifestWith(unknown: number, more: object = {}): string {
  const others = Array.from({ length: unknown }, (_, index) => `,"x${index}":0`).join('');
  return `${JSON.stringify({ ...MANIFEST, ...more }).slice(0, -1)}${others}}`;
}

function assertCapped(problems: readonly Problem[], all: number): void {
  assert.equal(problems.length, CAP + 1);
  const { rule, message, file } = problems.at(-1) ?? assert.fail();
  assert.equal(rule, 'problems.more');
  assert.equal(
    message,
    `${(all - CAP).toLocaleString('en')} more problems of this file are not listed`,
  );
  assert.equal(file, problems[0]?.file);
}

const problem = (severity: Problem['severity'], message: string, file = '/a'): Problem => ({
  ...{ severity, rule: 'manifest.id.type', message, file },
});

describe('file with many problems', () => {
  const temp = useTempFolder();

  it('lists 200 of them and counts the others', () => {
    const { problems, manifest } = validateManifest(manifestWith(5_000), '/m/manifest.json');
    assertCapped(problems, 5_000);
    assert.equal(problems.at(-1)?.severity, 'info');
    assert.ok(manifest !== undefined, 'notes refuse nothing');
    const doubles = `{${'"a":1,'.repeat(9_999)}"a":1}`;
    assertCapped(validateConfig(doubles, '/m/sdk.config.json').problems, 9_999);
    assert.equal(validateConfig(doubles, '/m').problems.at(-1)?.severity, 'error');
  });

  it('lists errors before notes', () => {
    const text = manifestWith(5_000, { category: 'none' });
    const { problems, manifest } = validateManifest(text, '/m');
    assertCapped(problems, 5_001);
    assert.equal(problems.filter(({ severity }) => severity === 'error').length, 1);
    assert.equal(manifest, undefined);
  });

  it('is rejected when the only error is not listed', () => {
    const list = new ProblemList('/a');
    for (let count = 0; count < 300; count++) list.addProblem(problem('error', String(count)));
    list.addProblem(problem('warning', 'w'));
    const told = list.toArray();
    assert.equal(told.at(-1)?.severity, 'error');
    assert.deepEqual([told[0]?.message, told[199]?.message], ['0', '199']);
    assert.equal(told.at(-1)?.message, '101 more problems of this file are not listed');
  });

  it('counts the problems of several checks together', () => {
    const first = new ProblemList('/a');
    for (let count = 0; count < 250; count++) first.addProblem(problem('warning', 'w'));
    const all = [problem('info', 'b', '/b'), ...first.toArray(), problem('error', 'e')];
    const told = limitProblems(all);
    assert.equal(told[0]?.file, '/b');
    assertCapped(told.slice(1), 251);
    assert.ok(told.some(({ message }) => message === 'e'));
    assert.deepEqual(limitProblems(told), told);
    assert.deepEqual(limitProblems(all.slice(0, 5)), all.slice(0, 5));
  });

  it('may be a manifest with the longest allowed lists', () => {
    const lists = { tags: 0, network: 0, permissions: 0, screenshots: 0 };
    for (const field of Object.keys(lists)) {
      const start = JSON.stringify({ ...MANIFEST, [field]: [] }).slice(0, -2);
      const text = `${start}0${',0'.repeat((MAX_JSON - start.length - 3) / 2)}]}`;
      assert.ok(text.length <= MAX_JSON && text.length > MAX_JSON - 10);
      assert.equal(validateManifest(text, '/m').problems.length, CAP + 1, field);
    }
  });

  it('may be a page that declares its version repeatedly', async () => {
    await mkdir(join(temp.path, 'src'));
    await writeFile(join(temp.path, 'manifest.json'), JSON.stringify(MANIFEST));
    await writeFile(join(temp.path, 'src/icon.svg'), '<svg/>');
    const page = `<script>${"const APP_VERSION = '9.9.9';".repeat(1_000)}</script>`;
    await writeFile(join(temp.path, 'src/index.html'), page);
    const problems = await problemsOf(temp.path);
    assertCapped(
      problems.filter(({ file }) => file.endsWith('index.html')),
      1_000 + 1, // a script that declares a name twice is invalid
    );
  });
});

async function problemsOf(folder: string): Promise<Problem[]> {
  const finder = new ProblemModel(folder, KINDS.miniApp);
  finder.setManifest(await finder.readText(finder.manifestFile));
  finder.setConfig(await finder.readText(finder.configFile!));
  await finder.checkFiles();
  return finder.problems;
}

describe('text that is too long to parse', () => {
  const temp = useTempFolder();
  const TOO_LONG = 'manifest.json has more than 64 KiB';

  it('is an error, whether it is read from disk or typed', async () => {
    await writeFile(join(temp.path, 'manifest.json'), manifestWith(200_000));
    await writeFile(join(temp.path, 'sdk.config.json'), `{${'"a":1,'.repeat(600_000)}"a":1}`);
    const before = process.cpuUsage();
    const told = ['manifest.unreadable', 'config.unreadable'];
    assert.deepEqual(
      (await problemsOf(temp.path)).map(({ rule }) => rule),
      told,
    );
    assert.deepEqual(
      (await readProject(temp.path)).problems.map(({ rule, severity }) => `${severity} ${rule}`),
      told.map((rule) => `error ${rule}`),
    );
    const finder = new ProblemModel(temp.path, KINDS.miniApp);
    finder.setManifest(manifestWith(200_000));
    finder.setConfig(`{${'"a":1,'.repeat(600_000)}"a":1}`);
    assert.deepEqual(
      finder.problems.map(({ message }) => message),
      [TOO_LONG, 'sdk.config.json has more than 64 KiB'],
    );
    const { user, system } = process.cpuUsage(before);
    assert.ok(user + system < 3_000_000, `${user + system} µs`);
  });

  it('is the same error each time', () => {
    const finder = new ProblemModel(temp.path, KINDS.miniApp);
    for (let time = 0; time < 2; time++) {
      finder.setManifest(manifestWith(200_000));
      assert.deepEqual(
        finder.problems.map(({ message, severity }) => [severity, message]),
        [['error', TOO_LONG]],
      );
    }
  });
});

describe('failing check', () => {
  const temp = useTempFolder();
  const safeParse = manifestSchema.safeParse.bind(manifestSchema);
  afterEach(() => {
    manifestSchema.safeParse = safeParse;
  });

  it('reports an error on each run until it succeeds', () => {
    const logged: string[] = [];
    const logger = { error: (message: string) => void logged.push(message) };
    const finder = new ProblemModel(temp.path, KINDS.miniApp, { logger });
    const text = JSON.stringify(MANIFEST);
    manifestSchema.safeParse = () => {
      throw new RangeError('Maximum call stack size exceeded');
    };
    for (let time = 1; time <= 2; time++) {
      finder.setManifest(text);
      assert.deepEqual(
        finder.problems.map(({ severity, rule, file }) => [severity, rule, file]),
        [['error', 'problems.unchecked', finder.manifestFile]],
      );
      assert.match(logged.join('\n'), /Maximum call stack/u);
      assert.equal(logged.length, time);
    }
    manifestSchema.safeParse = safeParse;
    finder.setManifest(text);
    assert.deepEqual(finder.problems, []);
  });

  it('reports an error of the folder when the file check fails', async () => {
    const finder = new ProblemModel(temp.path, KINDS.miniApp, { worker: '/nowhere' });
    finder.setManifest(JSON.stringify(MANIFEST));
    finder.setConfig(undefined);
    const before = Array.prototype.flatMap;
    await mkdir(join(temp.path, 'src'));
    try {
      Array.prototype.flatMap = () => {
        throw new RangeError('Invalid array length');
      };
      await finder.checkFiles();
    } finally {
      Array.prototype.flatMap = before;
    }
    assert.deepEqual(
      finder.problems.map(({ rule, file }) => [rule, file]),
      [['problems.unchecked', temp.path]],
    );
  });
});
