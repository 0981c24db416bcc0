import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CancelledError } from '../../../src/core/errors';
import { saveBundle, type SavedBundle } from '../../../src/core/publish/saveBundle';
import { rejectsWith } from '../../support/expect';
import { type Publishing, usePublishing } from '../../support/publishing';
import { untar } from '../../support/untar';

describe('saving a bundle', () => {
  const current = usePublishing('charge-timer');
  let app: Publishing;
  let output: string;

  beforeEach(() => {
    app = current();
    const folder = join(app.workspace, 'saved');
    mkdirSync(folder);
    output = join(folder, 'app.tar.gz');
  });

  const save = async (signal?: AbortSignal): Promise<SavedBundle> =>
    saveBundle(await app.load(), output, app.deps(signal));
  const files = (): string[] => readdirSync(join(output, '..'));

  it('builds, and writes what publishing would send, without a request', async () => {
    const { sha256, size, fileCount } = await save();
    const bytes = readFileSync(output);
    assert.equal(createHash('sha256').update(bytes).digest('hex'), sha256);
    assert.equal(bytes.length, size);
    assert.match(app.buildOutput, /^charge-timer 0\.3\.1/u);
    assert.deepEqual(app.backend.requests, []);
    const entries = (await untar(bytes)).filter(({ content }) => content !== null);
    assert.equal(entries.length, fileCount);
    assert.ok(entries.some(({ name }) => name === './manifest.json'));
    await app.assertNothingLeft();
    assert.equal((await app.publish()).sha256, sha256);
  });

  it('replaces a file as a whole and leaves no other', async () => {
    writeFileSync(output, 'an earlier bundle that is longer'.repeat(10_000));
    const { size } = await save();
    assert.equal(readFileSync(output).length, size);
    assert.deepEqual(files(), ['app.tar.gz']);
  });

  it('keeps the earlier file when it fails or is cancelled', async () => {
    writeFileSync(output, 'earlier');
    await app.configure({ buildCommand: 'exit 3' });
    await rejectsWith('BUILD_FAILED', save());
    await app.configure({ buildCommand: 'node build.mjs' });
    const controller = new AbortController();
    app.hooks.onProgress = ({ stage }) => {
      if (stage === 'pack') controller.abort();
    };
    await assert.rejects(save(controller.signal), CancelledError);
    assert.equal(readFileSync(output, 'utf8'), 'earlier');
    assert.deepEqual(files(), ['app.tar.gz']);
    await app.assertNothingLeft();
  });

  it('names a file that cannot be written', async () => {
    output = join(app.workspace, 'missing/app.tar.gz');
    const { message } = await rejectsWith('UPLOAD_FAILED', save());
    assert.equal(message, `${output} cannot be written (ENOENT).`);
    await app.assertNothingLeft();
  });

  it('names a folder in the place of the file, and leaves nothing beside it', async () => {
    mkdirSync(join(output, 'inner'), { recursive: true });
    await rejectsWith('UPLOAD_FAILED', save());
    assert.deepEqual(files(), ['app.tar.gz']);
  });
});
