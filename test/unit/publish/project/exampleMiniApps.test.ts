import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { packedFolder } from '../../../../src/core/publish/build/projectBuild';
import { inspectContents } from '../../../../src/core/publish/packing/inspectContents';
import { checkOutput } from '../../../../src/core/publish/packing/checkOutput';
import { checkSource } from '../../../../src/core/publish/checks/source';
import { collectFiles } from '../../../../src/core/publish/bundle/files';
import {
  loadProject,
  readProject,
  type Project,
} from '../../../../src/core/publish/project/project';
import { shellRunner } from '../../../../src/core/publish/build/shellRunner';
import { png } from '../../../support/png';
import { MANIFEST, writeFiles } from '../../../support/project';
import { useTempFolder } from '../../../support/temp-folder';

const FIXTURES = join(__dirname, '../../../fixtures');
const SAMPLES = readdirSync(join(FIXTURES, 'mini-apps'));

/** All checks in the order of publishing. */
async function checkAll(project: Project, latest?: string): Promise<string[]> {
  const latestVersion = () => Promise.resolve(latest);
  const before = await checkSource(project, { latestVersion });
  const root = packedFolder(project);
  if (project.buildCommand !== undefined) {
    const { folder: cwd, buildCommand: commandLine } = project;
    assert.equal(await shellRunner.run({ commandLine, cwd, onOutput: () => undefined }), 0);
  }
  const { files } = await collectFiles(root, project.folder);
  const after = await checkOutput(project, root, files, await inspectContents(files));
  return [...before, ...after].map(
    ({ severity, rule, message }) => `${severity} ${rule}: ${message}`,
  );
}

describe('sample mini-apps', () => {
  const temp = useTempFolder();

  it('cover every kind of project', () => {
    assert.deepEqual(SAMPLES, [
      'cabin-climate',
      'charge-timer',
      'parking-note',
      'trip-log',
      'tyre-pressure',
    ]);
  });

  for (const name of SAMPLES) {
    it(`have no problem in ${name}`, async () => {
      const folder = join(temp.path, name);
      await cp(join(FIXTURES, 'mini-apps', name), folder, { recursive: true });
      const { project, problems } = await readProject(folder);
      assert.deepEqual(problems, []);
      assert.ok(project);
      const told = await checkAll(project);
      const notes = told.filter((line) => !line.startsWith('info baseline.'));
      assert.deepEqual(notes, []);
      assert.equal(told.length > 0, project.manifest.requires?.modernWebview === true);
    });
  }
});

describe('mini-app with every problem', () => {
  const temp = useTempFolder();
  beforeEach(() =>
    cp(join(FIXTURES, 'broken-mini-apps/every-problem'), temp.path, { recursive: true }),
  );

  it('breaks the rules of both files', async () => {
    const { project, problems } = await readProject(temp.path);
    assert.equal(project, undefined);
    assert.deepEqual(
      problems.map(({ rule }) => rule),
      [
        'manifest.name.locale',
        'manifest.name.text',
        'manifest.description.empty',
        'manifest.icon.relative',
        'manifest.icon.extension',
        'manifest.coverImage.parent',
        'manifest.screenshots.count',
        'manifest.screenshots.path',
        'manifest.screenshots.extension',
        'manifest.url.https',
        'manifest.version.semver',
        'manifest.minHostVersion.type',
        'manifest.category.value',
        'manifest.tags.format',
        'manifest.safeWhileDriving.type',
        'manifest.requires.schema.value',
        'manifest.requires.dilink.empty',
        'manifest.requires.vehicleCapabilities.value',
        'manifest.requires.modernWebview.type',
        'manifest.requires.minBridge.length',
        'manifest.permissions.length',
        'manifest.network.scheme',
        'manifest.network.path',
        'manifest.network.credentials',
        'manifest.network.wildcard',
        'manifest.network.ip',
        'manifest.network.host',
        'manifest.network.domain',
        'manifest.network.port',
        'manifest.privileged.type',
        'manifest.requiredEntitlement.length',
        'manifest.unknown-field',
        'manifest.unknown-field',
        'manifest.duplicate-key',
        'manifest.id.format',
        'config.duplicate-key',
        'config.appRoot.type',
        'config.distDir.type',
        'config.buildCommand.type',
        'config.dev.port',
        'config.dev.host',
      ],
    );
    for (const { range } of problems) {
      assert.ok(range);
    }
  });

  // Images are checked before and after the build.
  it('shows the remaining problems once these are fixed', async () => {
    const requires = {
      dilink: ['di5.0'],
      vehicleCapabilities: ['surface.write.cluster'],
      modernWebview: true,
    };
    const manifest = {
      ...MANIFEST,
      icon: './icon.png',
      coverImage: './cover.png',
      screenshots: ['./gone.png', './big.png'],
      requires,
    };
    await writeFiles(temp.path, {
      'manifest.json': JSON.stringify(manifest),
      'sdk.config.json': '{}',
      'src/big.png': png(1920, 1080, { bytes: 801 * 1024 }),
    });
    const told = await checkAll(await loadProject(temp.path), '1.0.0');
    assert.deepEqual(told.map((line) => /^\w+ ([^:]+):/u.exec(line)?.[1]).sort(), [
      'asset.dimensions',
      'asset.dimensions',
      'asset.format',
      'asset.format',
      'asset.missing',
      'asset.size',
      'asset.size',
      'baseline.api',
      'baseline.api',
      'baseline.api',
      'baseline.module',
      'baseline.syntax',
      'requires.cluster-on-di5.0',
      'requires.modern-webview-on-di5.0',
      'secret.access-token',
      'secret.env-file',
      'secret.key-file',
      'secret.key-file',
      'secret.npm-token',
      'secret.private-key',
      'secret.private-key',
      'version.app-version',
      'version.published',
    ]);
  });
});
