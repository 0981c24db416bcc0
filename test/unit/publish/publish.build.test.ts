import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CancelledError } from '../../../src/core/errors';
import { rejectsWith } from '../../support/expect';
import type { Problem } from '../../../src/core/problem';
import type { PublishPreview } from '../../../src/core/publish/publish';
import { png } from '../../support/png';
import { isAlive } from '../../support/process';
import { MINI_APPS, type Publishing, usePublishing } from '../../support/publishing';
import type { Manifest } from '../../../src/core/publish/project/manifest';

describe('publish with a build', () => {
  const current = usePublishing('charge-timer');
  let app: Publishing;
  beforeEach(() => {
    app = current();
  });

  it('packs the build output', async () => {
    const { bundleId, fileCount } = await app.publish();
    assert.deepEqual(app.stages(), ['validate', 'build', 'pack', 'upload', 'submit']);
    assert.match(app.buildOutput, /^charge-timer 0\.3\.1: 2 scripts/);
    const into = await app.unpack(bundleId);
    const dist = await readdir(join(app.folder, 'dist'));
    assert.deepEqual((await readdir(into)).sort(), [...dist, 'manifest.json'].sort());
    assert.equal(fileCount, dist.length + 1);
    assert.match(await readFile(join(into, 'index.html'), 'utf8'), /APP_VERSION = '0\.3\.1'/);
  });

  it('sends nothing when the build fails', async () => {
    await app.configure({ buildCommand: 'echo broken >&2; exit 3', distDir: './dist' });
    const { message } = await rejectsWith('BUILD_FAILED', app.publish());
    assert.match(message, /exit code 3/);
    assert.equal(app.buildOutput, 'broken\n');
    assert.deepEqual(app.wire(), []);
    await app.assertNothingLeft();
  });

  it('names the signal that ended a build, and memory as the likely cause of a kill', async function () {
    if (process.platform === 'win32') this.skip();
    for (const [buildCommand, message] of [
      [
        'kill -9 $$',
        /^The build of charge-timer was killed \(kill -9 \$\$, SIGKILL\)\. The usual cause is too little memory: /u,
      ],
      [
        "sh -c 'kill -9 $$'; exit $?",
        /^The build of charge-timer was killed \(sh -c .+, SIGKILL\)\. /u,
      ],
      [
        'kill -15 $$',
        /^The build of charge-timer was ended by a signal \(kill -15 \$\$, SIGTERM\)\.$/u,
      ],
      ['exit 255', /^The build of charge-timer failed \(exit 255, exit code 255\)\.$/u],
    ] as const) {
      await app.configure({ buildCommand });
      assert.match((await rejectsWith('BUILD_FAILED', app.publish())).message, message);
    }
  });

  it('sends nothing when the build creates no output', async () => {
    await app.configure({ buildCommand: 'true' });
    await rejectsWith('NOTHING_TO_PUBLISH', app.publish());
    await app.configure({ buildCommand: 'mkdir -p dist && cp manifest.json dist/' });
    await rejectsWith('NOTHING_TO_PUBLISH', app.publish());
    assert.deepEqual(app.wire(), []);
  });

  it('sends nothing when the build removes the manifest', async () => {
    await app.configure({ buildCommand: 'node build.mjs && rm manifest.json' });
    const { message } = await rejectsWith('NOTHING_TO_PUBLISH', app.publish());
    assert.match(message, /no manifest\.json/);
    assert.deepEqual(app.wire(), []);
    await app.assertNothingLeft();
  });

  it('sends nothing when the build output lacks an image', async () => {
    await app.configure({ buildCommand: 'node build.mjs && rm dist/icon.png' });
    assert.match(
      (await rejectsWith('VALIDATION_FAILED', app.publish())).message,
      /dist does not contain .*public\//u,
    );
  });

  it('does not start the build when an image is already invalid', async () => {
    await writeFile(join(app.folder, 'src', 'icon.png'), png(10, 10));
    await rejectsWith('VALIDATION_FAILED', app.publish());
    assert.deepEqual(app.stages(), ['validate']);
  });

  it('packs nothing from outside the project', async () => {
    const outside = join(app.workspace, 'outside');
    await mkdir(outside);
    await writeFile(join(outside, 'id_ed25519'), 'secret');
    await writeFile(join(outside, 'icon.png'), png(256, 256));
    for (const distDir of ['../outside', outside, '..']) {
      await app.configure({ buildCommand: 'true', distDir });
      await rejectsWith('VALIDATION_FAILED', app.publish());
    }
    assert.deepEqual(app.wire(), []);
  });

  it('ends the build and its child processes when it is cancelled', async () => {
    await app.configure({ buildCommand: 'sleep 600 & echo $!; wait; touch went-on' });
    const caller = new AbortController();
    app.hooks.onBuildOutput = () => caller.abort();
    await assert.rejects(app.publish(caller.signal), CancelledError);
    assert.equal(isAlive(Number(app.buildOutput)), false);
    assert.ok(!(await readdir(app.folder)).includes('went-on'));
    assert.deepEqual(app.wire(), []);
    await app.assertNothingLeft();
  });

  describe('while another build of the same mini-app runs', () => {
    const dryRun = (signal?: AbortSignal) =>
      app.publish(signal, { track: 'production', dryRun: true });
    const log = async (): Promise<string> => readFile(join(app.folder, 'log'), 'utf8');
    /** Rewrites its output step by step and reports its start and end. */
    const buildCommand =
      'printf b >>log; rm -rf dist; mkdir dist; for f in src/* src/*; do sleep 0.02; cp "$f" dist/; done; printf e >>log';

    beforeEach(async () => {
      await rm(join(app.folder, 'src'), { recursive: true });
      await cp(join(MINI_APPS, 'tyre-pressure/src'), join(app.folder, 'src'), { recursive: true });
      await app.configure({ buildCommand });
    });

    it('waits so that neither packs a partial output of the other', async () => {
      const all = await Promise.all([dryRun(), app.publish(), dryRun()]);
      assert.equal(await log(), 'bebebe');
      assert.deepEqual(new Set(all.map(({ sha256 }) => sha256)).size, 1);
    });

    it('does not wait for an app that is already packed', async () => {
      app.hooks.confirm = async () => {
        await dryRun();
        return 'publish';
      };
      await app.publish();
      assert.equal(await log(), 'bebe');
    });

    it('can be cancelled without blocking others', async () => {
      const caller = new AbortController();
      const building = new Promise<void>((resolve) => {
        app.hooks.onProgress = ({ stage }) => {
          if (stage === 'build') resolve();
        };
      });
      const first = dryRun();
      await building;
      const second = dryRun(caller.signal);
      const third = dryRun();
      caller.abort();
      await assert.rejects(second, CancelledError);
      await Promise.all([first, third]);
      assert.equal(await log(), 'bebe');
    });

    it('continues after a failed build', async () => {
      await app.configure({ buildCommand: `${buildCommand}; [ "$(cat log)" = bebe ]` });
      const outcomes = await Promise.allSettled([dryRun(), dryRun()]);
      assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
      assert.equal(await log(), 'bebe');
    });
  });

  describe('when the build writes to another folder than the packed one', () => {
    const build = (folder: string): string => `mkdir -p ${folder} && cp src/* public/* ${folder}/`;
    let built: readonly Problem[];

    beforeEach(() => {
      app.hooks.onBuilt = (found) => (built = found);
    });

    const told = () => built.map(({ severity, rule, message }) => [severity, rule, message]);
    const dryRun = () => app.publish(undefined, { track: 'production', dryRun: true });

    it('names the written folder at the setting that names the other one', async () => {
      const text = JSON.stringify({ buildCommand: build('out'), distDir: './dist' });
      await writeFile(join(app.folder, 'sdk.config.json'), text);
      const error = await rejectsWith('NOTHING_TO_PUBLISH', app.publish());
      assert.equal(error.message, 'The build wrote ./out, but distDir is ./dist');
      assert.equal(error.file, join(app.folder, 'sdk.config.json'));
      assert.deepEqual(told(), [['error', 'output.elsewhere', error.message]]);
      assert.equal(built[0]?.range?.start.character, text.indexOf('"./dist"'));
      assert.deepEqual(app.wire(), []);
    });

    it('names the written folder when it is appRoot and distDir is not set', async () => {
      const text = JSON.stringify({ appRoot: './out', buildCommand: build('out') });
      await writeFile(join(app.folder, 'sdk.config.json'), text);
      const error = await rejectsWith('NOTHING_TO_PUBLISH', app.publish());
      assert.equal(error.message, 'The build wrote ./out, but distDir is ./dist');
      assert.equal(built[0]?.range?.start.character, text.indexOf('"mkdir'));
    });

    it('prefers a folder with a page', async () => {
      await app.configure({ buildCommand: `mkdir -p out && touch out/a.js && ${build('build')}` });
      const error = await rejectsWith('NOTHING_TO_PUBLISH', app.publish());
      assert.equal(error.message, 'The build wrote ./build, but distDir is ./dist');
    });

    it('warns when the packed folder contains the output of an earlier build', async () => {
      await app.configure({ buildCommand: build('dist') });
      await dryRun();
      assert.deepEqual(told(), []);
      await app.configure({ buildCommand: build('out') });
      await dryRun();
      assert.deepEqual(told(), [
        ['warning', 'output.elsewhere', 'The build wrote ./out, but distDir is ./dist'],
      ]);
    });

    it('warns when the build wrote no known folder', async () => {
      await app.configure({ buildCommand: build('dist') });
      await dryRun();
      await app.configure({ buildCommand: build('somewhere') });
      await dryRun();
      assert.deepEqual(told(), [['warning', 'output.stale', 'The build wrote no file in ./dist']]);
    });

    it('does not warn when the build wrote one of many files with the time of another', async () => {
      await app.configure({ buildCommand: `${build('dist')} && touch dist/late.js` });
      await dryRun();
      await app.configure({
        buildCommand: 'cp -p src/index.html dist/late.html; mkdir out; touch out/a.html',
      });
      await dryRun();
      assert.deepEqual(told(), []);
    });
  });

  describe('when the manifest changes in the meantime', () => {
    const submitted = () => app.backend.state.apps.find('charge-timer')?.manifest;
    const packed = async (bundleId: string) =>
      JSON.parse(
        await readFile(join(await app.unpack(bundleId), 'manifest.json'), 'utf8'),
      ) as Record<string, unknown>;
    const edit = (fields: object): void => {
      const file = join(app.folder, 'manifest.json');
      const manifest = JSON.parse(readFileSync(file, 'utf8')) as object;
      writeFileSync(file, JSON.stringify({ ...manifest, ...fields }));
    };

    it('submits the manifest as it is packed', async () => {
      app.hooks.onBuildOutput = () => edit({ tags: ['rebuilt'] });
      const { bundleId } = await app.publish();
      assert.deepEqual(submitted()?.['tags'], ['rebuilt']);
      assert.deepEqual((await packed(bundleId))['tags'], ['rebuilt']);
    });

    it('checks and confirms the changed manifest again', async () => {
      app.hooks.onBuildOutput = () => edit({ category: 'none' });
      await rejectsWith('MANIFEST_INVALID', app.publish());
      edit({ category: 'vehicle' });
      const prepared: PublishPreview[] = [];
      app.hooks.confirm = (asked) => {
        prepared.push(asked);
        return Promise.resolve('publish');
      };
      app.hooks.onBuildOutput = () =>
        edit({ category: 'media', requires: { dilink: ['di5.0'], modernWebview: true } });
      await app.publish();
      const [asked] = prepared;
      const manifest = asked?.project.manifest as Manifest | undefined;
      assert.equal(manifest?.category, 'media');
      assert.ok(asked?.problems.some(({ rule }) => rule.startsWith('requires.')));
    });

    for (const fields of [{ version: '0.3.2' }, { id: 'other-app' }]) {
      it(`does not publish another ${Object.keys(fields).join('')}`, async () => {
        app.hooks.onBuildOutput = () => edit(fields);
        const { message } = await rejectsWith('VALIDATION_FAILED', app.publish());
        assert.match(message, /manifest\.json has another id or version/);
        assert.deepEqual(app.wire(), []);
        await app.assertNothingLeft();
      });
    }

    it('fails when the manifest differs from the packed one', async () => {
      app.hooks.onProgress = ({ stage, done, total }) => {
        if (stage === 'pack' && done === total) edit({ tags: ['too-late'] });
      };
      const { message } = await rejectsWith('VALIDATION_FAILED', app.publish());
      assert.match(message, /manifest\.json changed while being packed/);
      assert.deepEqual(app.wire(), []);
      await app.assertNothingLeft();
    });

    it('accepts a manifest that was rewritten with the same content', async () => {
      app.hooks.onBuildOutput = () => edit({});
      app.hooks.onProgress = ({ stage }) => {
        if (stage === 'pack') edit({});
      };
      await app.publish();
    });
  });
});
