import assert from 'node:assert/strict';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { scriptEnvironment } from '../../../src/core/publish/build/projectBuild';
import type { Problem } from '../../../src/core/problem';
import type { PublishPreview } from '../../../src/core/publish/publish';
import { rejectsWith } from '../../support/expect';
import { writeFiles } from '../../support/project';
import { type Publishing, usePublishing } from '../../support/publishing';

describe('publish of a project with its own publish script', () => {
  const current = usePublishing('tyre-pressure');
  let app: Publishing;
  beforeEach(() => {
    app = current();
  });

  const writePackage = (scripts: object): Promise<void> =>
    writeFiles(app.folder, {
      'package.json': JSON.stringify({ name: 'tyres', version: '3.2.1', scripts }),
    });
  const packedScript = async (bundleId: string): Promise<string> =>
    readFile(join(await app.unpack(bundleId), 'bundle.js'), 'utf8');

  it('packs the app folder with the output of the script', async () => {
    await writeFile(join(app.folder, 'src', 'bundle.js'), 'stale');
    await writePackage({ publish: 'echo fresh > src/bundle.js && i99dash publish' });
    const { bundleId } = await app.publish();
    assert.deepEqual(app.stages(), ['validate', 'build', 'pack', 'upload', 'submit']);
    assert.equal(await packedScript(bundleId), 'fresh\n');
  });

  it('finds programs of dependencies by name, as a package manager does', async () => {
    await writeFiles(app.folder, {
      'node_modules/.bin/bundler': '#!/bin/sh\nenv > src/env.txt; echo "// $1" > src/bundle.js\n',
    });
    await chmod(join(app.folder, 'node_modules/.bin/bundler'), 0o755);
    await writePackage({
      prepublish: 'bundler before',
      publish: 'bundler $npm_package_version; i99dash publish',
    });
    const { bundleId } = await app.publish();
    assert.equal(await packedScript(bundleId), '// 3.2.1\n');
    const variables = await readFile(join(app.folder, 'src/env.txt'), 'utf8');
    for (const line of [
      'npm_lifecycle_event=publish',
      'npm_package_name=tyres',
      `npm_package_json=${app.folder}/package.json`,
      `INIT_CWD=${app.folder}`,
    ]) {
      assert.ok(variables.split('\n').includes(line), line);
    }
  });

  it('runs the buildCommand of the configuration instead if there is one', async () => {
    await writePackage({ publish: 'touch ran && i99dash publish' });
    await app.configure({
      buildCommand: 'mkdir dist && cp src/* dist/ && echo config > dist/bundle.js',
    });
    const { bundleId } = await app.publish();
    assert.equal(await packedScript(bundleId), 'config\n');
    await assert.rejects(readFile(join(app.folder, 'ran')));
  });

  it('builds nothing when the publish script does not call the client', async () => {
    await writePackage({ publish: 'touch ran && npm publish', build: 'touch ran' });
    await app.publish();
    assert.deepEqual(app.stages(), ['validate', 'pack', 'upload', 'submit']);
    await assert.rejects(readFile(join(app.folder, 'ran')));
  });

  it('sends nothing when the script fails', async () => {
    await writePackage({ publish: 'no-such-bundler && i99dash publish' });
    await rejectsWith('BUILD_FAILED', app.publish());
    assert.deepEqual(app.wire(), []);
    await app.assertNothingLeft();
  });

  it('reports nothing when the script only reads the project', async () => {
    const told: (readonly Problem[])[] = [];
    app.hooks.onBuilt = (found) => void told.push(found);
    await writePackage({ publish: 'true && i99dash publish' });
    await app.publish();
    assert.deepEqual(told, [[]]);
  });

  it('warns when the script wrote to another folder than the packed one', async () => {
    await writePackage({ publish: 'mkdir -p dist && cp src/* dist/ && i99dash publish' });
    const { problems } = await prepared();
    assert.deepEqual(
      problems.map(({ rule, message, file }) => [rule, message, file]),
      [
        [
          'output.elsewhere',
          'The build wrote ./dist, but appRoot is ./src',
          join(app.folder, 'sdk.config.json'),
        ],
      ],
    );
    await rm(join(app.folder, 'sdk.config.json'));
    await rm(join(app.folder, 'dist'), { recursive: true });
    const problem = (await prepared()).problems.find(({ rule }) => rule === 'output.elsewhere');
    assert.equal(problem?.file, join(app.folder, 'package.json'));
    assert.ok((problem.range?.start.character ?? 0) > 0);
  });

  /** The preview shown to the user. */
  async function prepared(): Promise<PublishPreview> {
    let asked: PublishPreview | undefined;
    app.hooks.confirm = (now) => {
      asked = now;
      return Promise.resolve('publish');
    };
    await app.publish();
    return asked ?? assert.fail('nobody was asked');
  }
});

describe('environment of a package script', () => {
  it('puts the programs of the folder before those of parent folders and others', async () => {
    const env = await scriptEnvironment('/a/b', { Path: '/usr/bin', HOME: '/home/x' });
    const bins = ['/a/b/node_modules/.bin', '/a/node_modules/.bin', '/node_modules/.bin'];
    assert.equal(env['Path'], [...bins, '/usr/bin'].join(delimiter));
    assert.equal(env['PATH'], undefined);
    assert.equal(env['HOME'], '/home/x');
    assert.equal(
      (await scriptEnvironment('/a', {}))['PATH'],
      `/a/node_modules/.bin${delimiter}/node_modules/.bin`,
    );
  });
});
