import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadBuilt } from '../../../src/core/publish/project/project';
import { publish, type PublishResult } from '../../../src/core/publish/publish';
import { rejectsWith } from '../../support/expect';
import { type Publishing, usePublishing } from '../../support/publishing';

describe('publishing a built folder', () => {
  const current = usePublishing('charge-timer');
  let app: Publishing;
  let built: string;

  beforeEach(() => {
    app = current();
    built = join(app.folder, 'release');
    cpSync(join(app.folder, 'public'), built, { recursive: true });
    writeFileSync(join(built, 'index.html'), '<!doctype html><title>Built</title>');
  });

  async function publishBuilt(folder: string): Promise<PublishResult> {
    const project = await loadBuilt(built, folder);
    const outcome = await publish(project, { track: 'production' }, app.deps());
    assert.ok(outcome.kind === 'published');
    assert.ok(!outcome.problems.some(({ rule }) => rule === 'output.unbuilt'));
    return outcome.result;
  }

  it('packs its files with the manifest of the project, and runs no build', async () => {
    await app.configure({ buildCommand: 'echo ran && exit 3' });
    const { version, bundleId = '' } = await publishBuilt(app.folder);
    assert.equal(version, '0.3.1');
    assert.equal(app.buildOutput, '');
    assert.deepEqual(app.stages(), ['validate', 'pack', 'upload', 'submit']);
    const page = join(await app.unpack(bundleId), 'index.html');
    assert.match(readFileSync(page, 'utf8'), /Built/u);
  });

  it('packs a folder that has a manifest of its own, with that', async () => {
    const manifest = readFileSync(join(app.folder, 'manifest.json'), 'utf8');
    writeFileSync(join(built, 'manifest.json'), manifest.replace('0.3.1', '0.4.0'));
    assert.equal((await publishBuilt(built)).version, '0.4.0');
  });

  it('applies the rules of manifests and bundles', async () => {
    writeFileSync(join(built, '.env'), 'TOKEN=1');
    await rejectsWith('VALIDATION_FAILED', publishBuilt(app.folder));
    writeFileSync(join(built, 'manifest.json'), '{ "id": "X" }');
    await rejectsWith('MANIFEST_INVALID', publishBuilt(built));
    assert.deepEqual(app.wire(), []);
  });

  it('warns of no missing build although package.json has one', async () => {
    const text = JSON.stringify({ scripts: { build: 'vite build' } });
    writeFileSync(join(app.folder, 'package.json'), text);
    await app.configure({});
    assert.equal((await publishBuilt(app.folder)).appId, 'charge-timer');
  });

  it('packs nothing from outside the project of the manifest', async () => {
    built = join(app.workspace, 'elsewhere');
    cpSync(join(app.folder, 'public'), built, { recursive: true });
    await rejectsWith('VALIDATION_FAILED', publishBuilt(app.folder));
  });
});
