import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CancelledError } from '../../../src/core/errors';
import { placeholderIcon } from '../../../src/core/publish/project/placeholderIcon';
import type { PublishPreview } from '../../../src/core/publish/publish';
import { rejectsWith } from '../../support/expect';
import { type Publishing, SUBMIT, usePublishing } from '../../support/publishing';

describe('publish with confirmation', () => {
  const current = usePublishing('tyre-pressure');
  let app: Publishing;
  let asked: PublishPreview[];
  beforeEach(() => {
    app = current();
    asked = [];
    app.hooks.confirm = (prepared) => {
      asked.push(prepared);
      return Promise.resolve('publish');
    };
  });

  it('asks about exactly what is sent afterwards', async () => {
    const { sha256, size, fileCount } = await app.publish();
    assert.equal(asked.length, 1);
    const [{ project, problems, ...prepared } = assert.fail('nobody was asked')] = asked;
    assert.deepEqual(prepared, { track: 'production', sha256, size, fileCount });
    assert.equal(project.manifest.id, 'tyre-pressure');
    assert.deepEqual(problems, []);
    assert.deepEqual(app.stages(), ['validate', 'pack', 'confirm', 'upload', 'submit']);
  });

  it('shows the findings of the checks, including a version that is already published', async () => {
    await app.publish();
    const page = `<script>const APP_VERSION = '0.9';</script>`;
    await writeFile(join(app.folder, 'src', 'index.html'), page);
    await app.publish();
    assert.deepEqual(asked[1]?.problems.map(({ rule }) => rule).sort(), [
      'version.app-version',
      'version.published',
    ]);
  });

  it('shows a published version when the list of apps cannot be read', async () => {
    await app.publish();
    const match = { path: '/api/v1/mini-apps/mine' };
    app.backend.faults.inject({ match, fault: { kind: 'status', status: 500 }, times: 'always' });
    await app.publish();
    assert.deepEqual(
      asked[1]?.problems.map(({ rule }) => rule),
      ['version.published'],
    );
  });

  it('does not ask where the checks say that there is nothing to ask', async () => {
    app.hooks.mustConfirm = () => false;
    await app.publish();
    assert.deepEqual(asked, []);
    assert.deepEqual(app.stages(), ['validate', 'pack', 'upload', 'submit']);
  });

  it('warns of the placeholder icon, which looking for problems does not', async () => {
    const file = join(app.folder, 'manifest.json');
    const manifest = JSON.parse(await readFile(file, 'utf8')) as object;
    await writeFile(file, JSON.stringify({ ...manifest, icon: './icon.svg' }));
    await writeFile(join(app.folder, 'src', 'icon.svg'), placeholderIcon('T', 'tyre-pressure'));
    await app.publish();
    assert.deepEqual(
      asked[0]?.problems.map(({ severity, rule, message }) => [severity, rule, message]),
      [
        [
          'warning',
          'asset.placeholder',
          '"./icon.svg" is the placeholder icon; replace it with the icon of your app',
        ],
      ],
    );
  });

  it('says that there is no network before it builds and asks', async () => {
    const match = { path: '/api/v1/dev/status' };
    app.backend.faults.inject({ match, fault: { kind: 'reset' }, times: 'always' });
    await app.configure({ buildCommand: 'cp -r src dist' });
    const { message } = await rejectsWith('OFFLINE', app.publish());
    assert.match(message, /^Can't reach i99dash \(.+\)\. Check your connection\.$/u);
    assert.deepEqual(asked, []);
    assert.deepEqual(app.stages(), ['validate']);
  });

  it('records in its lock how far it is', async () => {
    const seen: unknown[] = [];
    const look = (): void => {
      const folder = join(app.workspace, 'locks');
      for (const name of readdirSync(folder)) {
        const { stage } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { stage: string };
        seen.push(stage);
      }
    };
    app.hooks.onProgress = ({ stage, done = 0 }) => {
      if (done === 0) seen.push(stage);
      if (done === 0 && stage !== 'pack') look();
    };
    await app.publish();
    assert.deepEqual(seen, [
      ...['validate', 'preparing', 'pack', 'confirm', 'preparing'],
      ...['upload', 'uploading', 'submit', 'submitting'],
    ]);
  });

  it('holds the lock while it asks, and has sent nothing that changes anything', async () => {
    app.hooks.confirm = async () => {
      assert.deepEqual(app.wire(), []);
      await rejectsWith('PUBLISH_IN_PROGRESS', app.publish());
      return 'publish';
    };
    await app.publish();
  });

  /** Asserts that a publish sent nothing and left nothing behind. */
  async function assertNothingHappened(): Promise<void> {
    assert.deepEqual(app.wire(), []);
    await app.assertNothingLeft();
    assert.deepEqual(await readdir(join(app.workspace, 'locks')), []);
  }

  it('leaves nothing behind after a no', async () => {
    app.hooks.confirm = () => Promise.reject(new CancelledError());
    await assert.rejects(app.publish(), CancelledError);
    await assertNothingHappened();
  });

  it('leaves nothing behind when the user wants the next version, and says so', async () => {
    const bump = { version: '1.0.1', pages: [] };
    app.hooks.confirm = () => Promise.resolve(bump);
    assert.deepEqual(await app.outcome(), { kind: 'bump', bump, problems: [] });
    await assertNothingHappened();
  });

  it('sends nothing when it is cancelled during the question', async () => {
    const caller = new AbortController();
    app.hooks.confirm = () => {
      caller.abort();
      return Promise.resolve('publish');
    };
    await assert.rejects(app.publish(caller.signal), CancelledError);
    assert.deepEqual(app.wire(), []);
    await app.assertNothingLeft();
  });

  it('does not ask in a dry run or about a bundle that cannot be sent', async () => {
    await app.publish(undefined, { track: 'production', dryRun: true });
    await writeFile(join(app.folder, 'src', 'app.js'), 'structuredClone({});');
    await rejectsWith('VALIDATION_FAILED', app.publish());
    assert.deepEqual(asked, []);
  });

  it('does not mistake a submission made during the question for its own lost one', async () => {
    await app.publish();
    app.hooks.confirm = () => {
      app.backend.state.review('tyre-pressure', 'approved');
      return Promise.resolve('publish');
    };
    app.backend.faults.inject({
      match: { path: SUBMIT },
      fault: { kind: 'reset', when: 'before' },
    });
    await app.publish();
    assert.equal(app.backend.state.apps.find('tyre-pressure')?.submissions.length, 2);
  });
});
