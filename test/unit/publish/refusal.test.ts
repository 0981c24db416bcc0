import assert from 'node:assert/strict';
import { join } from 'node:path';
import { rejectsWith } from '../../support/expect';
import { type Publishing, SUBMIT, usePublishing } from '../../support/publishing';

describe('rejected submission', () => {
  const current = usePublishing('tyre-pressure');
  let app: Publishing;
  beforeEach(() => {
    app = current();
  });

  const answer = (status: number, body: unknown): void => {
    const response = { status, headers: {}, body: JSON.stringify(body) };
    const fault = { kind: 'custom', handler: () => response } as const;
    app.backend.faults.inject({ match: { path: SUBMIT }, fault });
  };

  for (const [title, status, body] of [
    ['a conflict', 409, { success: false, error: { code: 'CONFLICT', message: 'exists' } }],
    ["FastAPI's detail", 422, { detail: 'exists' }],
    ['a bad request', 400, { success: false, error: { message: 'exists' } }],
    [
      'an error with a success status',
      200,
      { success: true, data: { ok: false, message: 'exists' } },
    ],
  ] as const) {
    it(`reports that the version is taken and suggests the next one, after ${title}`, async () => {
      await app.publish();
      answer(status, body);
      const error = await rejectsWith('SERVER', app.publish());
      assert.equal(
        error.message,
        'tyre-pressure 1.0.0 is not newer than 1.0.0, which was submitted before. The backend says: exists',
      );
      assert.deepEqual([error.status, error.nextVersion], [status, '1.0.1']);
    });
  }

  it('shows the message of the backend when the version is new', async () => {
    answer(422, { detail: 'The icon is ugly' });
    const error = await rejectsWith('SERVER', app.publish());
    assert.equal(error.message, 'The backend says: The icon is ugly');
    assert.deepEqual(
      [error.nextVersion, error.problems, error.file],
      [undefined, undefined, undefined],
    );
  });

  it('suggests a next version when the backend names the version, whatever the state', async () => {
    answer(409, { success: false, error: { code: 'VERSION_EXISTS', message: 'taken' } });
    const error = await rejectsWith('SERVER', app.publish());
    assert.deepEqual([error.message, error.nextVersion], ['The backend says: taken', '1.0.1']);
  });

  it('reports the fields named by the backend at their positions', async () => {
    answer(422, {
      detail: [
        { loc: ['body', 'manifest', 'category'], msg: 'not for you' },
        { loc: ['body', 'manifest', 'name', 'en'], msg: 'is taken' },
        { loc: ['body', 'manifest', 'requiredEntitlement'], msg: 'is missing' },
        { loc: ['body', 'bundleId'], msg: 'is unknown' },
      ],
    });
    const { file, problems = [], message } = await rejectsWith('SERVER', app.publish());
    assert.match(message, /category: not for you; name\.en: is taken; .*bundleId: is unknown/u);
    assert.equal(file, join(app.folder, 'manifest.json'));
    assert.deepEqual(
      problems.map((problem) => [problem.severity, problem.rule, problem.message]),
      [
        ['error', 'backend.refused', '"category" was refused by the backend: not for you'],
        ['error', 'backend.refused', '"name.en" was refused by the backend: is taken'],
        [
          'error',
          'backend.refused',
          '"requiredEntitlement" was refused by the backend: is missing',
        ],
      ],
    );
    const lines = problems.map(({ range }) => range?.start.line);
    assert.ok(lines.every((line) => line !== undefined) && lines[0] !== lines[1]);
  });

  for (const status of [403, 413, 429, 500]) {
    it(`is not attributed to the version with status ${status}`, async () => {
      await app.publish();
      app.backend.faults.inject({
        match: { path: SUBMIT },
        times: 'always',
        fault: { kind: 'status', status, code: 'NO', message: 'no' },
      });
      const error = await rejectsWith('SERVER', app.publish());
      assert.equal(error.nextVersion, undefined);
    });
  }
});
