import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ok } from '../../backend/envelope';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import { rejectsWith } from '../../support/expect';
import { png } from '../../support/png';
import { type Publishing, SUBMIT, UPLOAD_URL, usePublishing } from '../../support/publishing';

describe('publish', () => {
  const current = usePublishing('tyre-pressure');
  let app: Publishing;
  beforeEach(() => {
    app = current();
  });

  it('uploads and submits exactly what it announced', async () => {
    const result = await app.publish();
    const { bundleId, sha256, size } = result;
    assert.deepEqual(result, {
      kind: 'miniApp',
      appId: 'tyre-pressure',
      version: '1.0.0',
      track: 'production',
      dryRun: false,
      sha256,
      size,
      fileCount: 6,
      bundleId,
      reviewStatus: 'pending',
    });
    const stored = await readFile(app.backend.state.bundles.pathOf(bundleId));
    assert.equal(stored.length, size);
    assert.equal(createHash('sha256').update(stored).digest('hex'), sha256);
    assert.deepEqual(
      (app.backend.state.apps.find('tyre-pressure')?.submissions ?? []).map((submission) => [
        submission.bundleId,
        submission.sha256,
      ]),
      [[bundleId, sha256]],
    );
    assert.deepEqual(await app.leftovers(), []);
  });

  it('logs ignored files', async () => {
    const root = join(app.folder, 'src');
    await Promise.all(['a.txt~', 'b.txt~'].map((name) => writeFile(join(root, name), '')));
    await app.publish();
    const [line = ''] = app.logger.lines.filter((each) => each.includes('left out'));
    assert.match(line, /left out 2 files and folders: a\.txt~, b\.txt~\./u);
  });

  it('sends announce, put and submit', async () => {
    const { bundleId, sha256, size } = await app.publish();
    assert.deepEqual(app.wire(), [
      `POST ${UPLOAD_URL} 200`,
      `PUT /storage/${bundleId} 200`,
      `POST ${SUBMIT} 200`,
    ]);
    const [announce, put, submit] = app.changes();
    assert.ok(announce && put && submit);
    assert.deepEqual(announce.json, { appId: 'tyre-pressure', contentLength: size, sha256 });
    assert.equal(put.hasAuthorization, false);
    assert.equal(put.headers['content-type'], 'application/gzip');
    assert.equal(put.headers['content-length'], String(size));
    const manifest = JSON.parse(
      await readFile(join(app.folder, 'manifest.json'), 'utf8'),
    ) as object;
    assert.deepEqual(submit.json, { bundleId, manifest: { ...manifest, privileged: false } });
  });

  it('names a script that older cars cannot run, in the log and in the error', async () => {
    const script = join(app.folder, 'src', 'app.js');
    await writeFile(script, 'structuredClone({});\n[1].findLast(Boolean);\n');
    const { message, problems = [] } = await rejectsWith('VALIDATION_FAILED', app.publish());
    const words = 'The WebView of the oldest cars has no structuredClone().';
    assert.equal(message, `2 problems in tyre-pressure: src/app.js: ${words}`);
    assert.equal(problems[0]?.message, words);
    await writeFile(script, '');
    const page = '<!doctype html><script>structuredClone({});</script>';
    await writeFile(join(app.folder, 'src', 'index.html'), page);
    await app.publish();
    const logged = app.logger.lines.filter((line) => line.includes('baseline.api'));
    assert.deepEqual(logged, [`[info] Publish: warning baseline.api: src/index.html: ${words}`]);
  });

  it('packs the files of the app and the manifest', async () => {
    await writeFile(join(app.folder, 'src', 'manifest.json'), '{"stale":true}');
    const into = await app.unpack((await app.publish()).bundleId);
    assert.deepEqual((await readdir(into)).sort(), [
      'app.js',
      'cover.png',
      'icon.png',
      'index.html',
      'manifest.json',
      'style.css',
    ]);
    for (const name of ['app.js', 'cover.png', 'icon.png', 'index.html', 'style.css']) {
      assert.ok(
        (await readFile(join(into, name))).equals(await readFile(join(app.folder, 'src', name))),
        name,
      );
    }
    assert.ok(
      (await readFile(join(into, 'manifest.json'))).equals(
        await readFile(join(app.folder, 'manifest.json')),
      ),
    );
  });

  it('creates the same bundle again and reports when it is published', async () => {
    const first = await app.publish();
    app.backend.settings.reviewStatus = 'auto-approved';
    const second = await app.publish();
    assert.equal(second.sha256, first.sha256);
    assert.notEqual(second.bundleId, first.bundleId);
    assert.equal(second.reviewStatus, 'auto-approved');
    assert.match(second.publishedAt ?? '', /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it('reports progress and logs the duration of each stage', async () => {
    app.hooks.onProgress = () => app.clock.advance(10);
    const { size, fileCount } = await app.publish();
    assert.deepEqual(app.stages(), ['validate', 'pack', 'upload', 'submit']);
    const packing = app.progress.filter(
      ({ stage, done }) => stage === 'pack' && done !== undefined,
    );
    assert.deepEqual(
      packing.map(({ done, total }) => [done, total]),
      Array.from({ length: fileCount }, (_, index) => [index + 1, fileCount]),
    );
    const uploading = app.progress.filter(({ stage }) => stage === 'upload');
    assert.deepEqual(uploading[0], { stage: 'upload', done: 0, total: size });
    assert.deepEqual(uploading.at(-1), { stage: 'upload', done: size, total: size });
    assert.deepEqual(
      app.logger.lines.map((line) => /Publish: (\w+) took \d+0 ms/.exec(line)?.[1]),
      ['validate', 'pack', 'upload', 'submit'],
    );
    assert.doesNotMatch(app.logger.lines.join('\n'), /X-Signature|Bearer|eyJ/);
  });

  it('requests a new upload URL once when the first one has expired', async () => {
    const { settings } = app.backend;
    const life = settings.uploadUrlLifeSeconds;
    settings.uploadUrlLifeSeconds = 0;
    app.backend.faults.inject({
      match: { path: UPLOAD_URL },
      fault: {
        kind: 'custom',
        handler: async (_request, next) => {
          const response = await next();
          settings.uploadUrlLifeSeconds = life;
          return response;
        },
      },
    });
    const { bundleId, sha256 } = await app.publish();
    assert.deepEqual(
      app.wire().map((line) => line.replace(/bnd_\w+/, '…')),
      [
        `POST ${UPLOAD_URL} 200`,
        'PUT /storage/… 403',
        `POST ${UPLOAD_URL} 200`,
        'PUT /storage/… 200',
        `POST ${SUBMIT} 200`,
      ],
    );
    assert.equal(app.backend.state.bundles.find(bundleId)?.received?.sha256, sha256);
  });

  it('gives up when the new upload URL is rejected as well', async () => {
    app.backend.settings.uploadUrlLifeSeconds = 0;
    const error = await rejectsWith('UPLOAD_FAILED', app.publish());
    assert.deepEqual([error.status, error.serverCode], [403, 'AccessDenied']);
    assert.equal(app.wire().filter((line) => line.startsWith('PUT')).length, 2);
    await app.assertNothingLeft();
  });

  it('retries an interrupted upload at the same URL', async () => {
    const match = { method: 'PUT' };
    app.backend.faults.inject({ match, fault: { kind: 'status', status: 500 } });
    app.backend.faults.inject({ match, fault: { kind: 'reset', when: 'while-reading' } });
    await app.publish();
    const wire = app.wire().map((line) => line.replace(/\/storage\/\S+/u, '/storage/…'));
    assert.deepEqual(wire, [
      `POST ${UPLOAD_URL} 200`,
      'PUT /storage/… 500',
      'PUT /storage/… -',
      'PUT /storage/… 200',
      `POST ${SUBMIT} 200`,
    ]);
  });

  it('retries an upload that the storage or a proxy timed out', async () => {
    const match = { method: 'PUT' };
    const body = '<Error><Code>RequestTimeout</Code></Error>';
    const handler = () => ({ status: 400, headers: {}, body });
    app.backend.faults.inject({ match, fault: { kind: 'custom', handler } });
    app.backend.faults.inject({ match, fault: { kind: 'status', status: 408 } });
    await app.publish();
    assert.equal(app.wire().filter((line) => line.startsWith('PUT')).length, 3);
  });

  it('retries the request for an upload URL after a transient error', async () => {
    const match = { path: UPLOAD_URL };
    app.backend.faults.inject({ match, fault: { kind: 'status', status: 503, retryAfter: 4 } });
    app.backend.faults.inject({ match, fault: { kind: 'reset', when: 'after' } });
    const started = app.clock.now();
    await app.publish();
    // The lost connection had been used before, so the next one is tried at once.
    assert.equal(app.clock.now() - started, 4_000);
    assert.equal(app.wire().filter((line) => line.includes(UPLOAD_URL)).length, 3);
    assert.equal(app.wire().filter((line) => line.includes(SUBMIT)).length, 1);
  });

  it('gives up when the backend returns no upload URL', async () => {
    const match = { path: UPLOAD_URL };
    app.backend.faults.inject({ match, fault: { kind: 'status', status: 500 }, times: 'always' });
    assert.equal((await rejectsWith('SERVER', app.publish())).status, 500);
    assert.equal(app.wire().length, 3);
    await app.assertNothingLeft();
  });

  it('gives up when the storage keeps failing', async () => {
    const match = { method: 'PUT' };
    app.backend.faults.inject({ match, fault: { kind: 'status', status: 503 }, times: 'always' });
    assert.equal((await rejectsWith('UPLOAD_FAILED', app.publish())).status, 503);
    assert.equal(app.wire().filter((line) => line.startsWith('PUT')).length, 3);
    await app.assertNothingLeft();
  });

  it('leaves the retry to the user when the storage asks for a long wait', async () => {
    const match = { method: 'PUT' };
    const fault = { kind: 'status', status: 503, retryAfter: 86_400 } as const;
    app.backend.faults.inject({ match, fault, times: 'always' });
    const error = await rejectsWith('UPLOAD_FAILED', app.publish());
    assert.match(error.message, /Try again in an hour or later\.$/u);
    assert.equal(app.wire().filter((line) => line.startsWith('PUT')).length, 1);
    await app.assertNothingLeft();
  });

  it('waits briefly when the storage asks for it', async () => {
    const match = { method: 'PUT' };
    app.backend.faults.inject({ match, fault: { kind: 'status', status: 429, retryAfter: 7 } });
    const started = app.clock.now();
    await app.publish();
    assert.equal(app.clock.now() - started, 7_000);
  });

  it('does not send a bundle over an insecure connection', async () => {
    const uploadUrl = 'http://storage.example.com/b?X-Signature=s3cret';
    app.backend.faults.inject({
      match: { path: UPLOAD_URL },
      fault: {
        kind: 'custom',
        handler: (request) => ok(request, { uploadUrl, bundleId: 'bnd_x' }),
      },
    });
    const { message } = await rejectsWith('BACKEND_REFUSED', app.publish());
    assert.doesNotMatch(message, /s3cret/);
    await app.assertNothingLeft();
  });

  it('passes on rejections by the backend', async () => {
    app.backend.state.updateAccount(DEFAULT_ACCOUNT.devId, { isDeveloper: false });
    const early = await rejectsWith('SERVER', app.publish());
    assert.deepEqual([early.status, early.serverCode], [403, 'DEVELOPER_REQUIRED']);
    app.backend.state.updateAccount(DEFAULT_ACCOUNT.devId, { isDeveloper: true });
    const fault = { kind: 'status', status: 422, code: 'NO', message: 'not today' } as const;
    app.backend.faults.inject({ match: { path: SUBMIT }, fault });
    const late = await rejectsWith('SERVER', app.publish());
    assert.deepEqual([late.serverCode, late.message], ['NO', 'The backend says: not today']);
    assert.deepEqual(await app.leftovers(), []);
  });

  it('sends nothing when an image is invalid or missing', async () => {
    await writeFile(join(app.folder, 'src', 'icon.png'), png(128, 128));
    const wrong = await rejectsWith('VALIDATION_FAILED', app.publish());
    assert.match(wrong.message, /"\.\/icon\.png" is 128×128/);
    assert.equal(wrong.file, join(app.folder, 'manifest.json'));
    assert.deepEqual(app.stages(), ['validate']);
    await rm(join(app.folder, 'src', 'icon.png'));
    assert.match(
      (await rejectsWith('VALIDATION_FAILED', app.publish())).message,
      /src does not contain/u,
    );
    assert.deepEqual(app.wire(), []);
    await app.assertNothingLeft();
  });

  it('sends no manifest from outside the project', async () => {
    const outside = join(app.workspace, 'manifest.json');
    await rename(join(app.folder, 'manifest.json'), outside);
    await symlink(outside, join(app.folder, 'manifest.json'));
    const error = await rejectsWith('VALIDATION_FAILED', app.publish());
    assert.match(error.message, /^manifest\.json leads out of the project/u);
    assert.deepEqual(app.wire(), []);
  });

  it('fails when there are no files to publish', async () => {
    await rm(join(app.folder, 'src'), { recursive: true });
    await rejectsWith('NOTHING_TO_PUBLISH', app.publish());
  });
});
