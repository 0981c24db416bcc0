import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRunText } from '../../../../src/core/publish/project/packageScripts';
import { useTempFolder } from '../../../support/temp-folder';

describe('resolved text of a build command', () => {
  const temp = useTempFolder();

  const writePackage = (scripts: object, folder = '.'): void => {
    mkdirSync(join(temp.path, folder), { recursive: true });
    writeFileSync(join(temp.path, folder, 'package.json'), JSON.stringify({ scripts }));
  };

  const SCRIPTS = {
    prebuild: 'rm -rf dist',
    build: 'tsc',
    postbuild: 'npm run copy',
    copy: 'cp a b',
    test: 'mocha',
    start: 'serve',
    all: 'run-s build test',
    unrelated: 'echo',
    'my script': 'echo spaced',
  };
  const BUILD = ['prebuild', 'build', 'postbuild', 'copy'];
  const ALL = Object.keys(SCRIPTS);

  const CASES: [commandLine: string, names: readonly string[], isComplete?: boolean][] = [
    ['cp -r src dist', []],
    ['npm run build', BUILD],
    ['npm run build --silent', BUILD],
    ['npm --loglevel silent run-script build', BUILD],
    ['FOO=1 npm run build -- --watch -w', BUILD],
    ['"npm" run \'build\'', BUILD],
    ['npm run "my script"', ALL],
    ['npm run "build" && npm test', [...BUILD, 'test']],
    ['npm start', ['start']],
    ['npm t; true', ['test']],
    ['pnpm build', BUILD],
    ['pnpm run build', BUILD],
    ['yarn build', BUILD],
    ['yarn run build | tee log', BUILD],
    ['bun run build', BUILD],
    ['node --run build', BUILD],
    ['sh -c "npm run build"', BUILD],
    ['(npm run build)', BUILD],
    ['$(npm run build)', BUILD],
    ['true\nnpm.cmd run build', BUILD],
    ['/usr/bin/npm run \\\n build', BUILD],
    ['npx run-p build', ALL],
    ['npm run all', ['all', ...ALL.filter((name) => name !== 'all')]],
    ['pnpm run "/^build/"', ALL],
    ['npm run $NAME', ALL],
    ['npm run build --workspace other', BUILD, false],
    ['pnpm -r build', BUILD, false],
    ['turbo run build', ALL, false],
    ['cd $DIR && npm run build', BUILD, false],
    ['npm run no-such-script', []],
  ];

  for (const [commandLine, names, isComplete = true] of CASES) {
    it(`contains the package scripts of ${JSON.stringify(commandLine)}`, async () => {
      writePackage(SCRIPTS);
      const text = await readRunText(commandLine, temp.path);
      assert.equal(text.commandLine, commandLine);
      assert.deepEqual(text.scripts.map(({ name }) => name).sort(), [...names].sort());
      assert.equal(text.isComplete, isComplete);
      for (const { name, text: script } of text.scripts) {
        assert.equal(script, SCRIPTS[name as keyof typeof SCRIPTS]);
      }
    });
  }

  it('contains the scripts of the folder that a command changes to and of the previous one', async () => {
    writePackage({ build: 'echo outer' });
    writePackage({ build: 'echo inner' }, 'packages/app');
    for (const commandLine of [
      'cd packages/app && npm run build',
      '(cd packages/app; true); npm run build',
      'npm --prefix packages/app run build && npm run build',
    ]) {
      const { scripts } = await readRunText(commandLine, temp.path);
      assert.deepEqual(scripts.map(({ text }) => text).sort(), ['echo inner', 'echo outer']);
    }
  });

  it('finds the package.json in a parent folder, as package managers do', async () => {
    writePackage({ build: 'echo above' });
    mkdirSync(join(temp.path, 'apps/one'), { recursive: true });
    const { scripts } = await readRunText('npm run build', join(temp.path, 'apps/one'));
    assert.deepEqual(
      scripts.map(({ text }) => text),
      ['echo above'],
    );
  });

  it('stops at recursive scripts and reports when there are too many', async () => {
    writePackage({ build: 'npm run build && npm run again', again: 'npm run build' });
    assert.equal((await readRunText('npm run build', temp.path)).scripts.length, 2);
    const many = Array.from({ length: 300 }, (_, at) => [`s${at}`, `npm run s${at + 1}`] as const);
    writePackage(Object.fromEntries(many));
    const text = await readRunText('npm run s0', temp.path);
    assert.deepEqual([text.scripts.length, text.isComplete], [100, false]);
  });

  it('contains no scripts when package.json is missing, damaged or unusual', async () => {
    const scripts = async (): Promise<number> =>
      (await readRunText('npm run build', temp.path)).scripts.length;
    assert.equal(await scripts(), 0);
    for (const content of [
      '{',
      '[]',
      '{"scripts": 1}',
      '{"scripts": {"build": 1}}',
      '"__proto__"',
    ]) {
      writeFileSync(join(temp.path, 'package.json'), content);
      assert.equal(await scripts(), 0);
    }
  });

  it('is found in milliseconds for commands of megabytes and is then incomplete', async () => {
    writePackage(SCRIPTS);
    for (const part of ['npm run ', '"', '" ', "'a", 'cd a;', '\\\n', '(', 'npm run build;', '=']) {
      const startedAt = performance.now();
      const { isComplete } = await readRunText(part.repeat(4e6 / part.length), temp.path);
      assert.ok(performance.now() - startedAt < 2_000, part);
      assert.equal(isComplete, false);
    }
  });
});
