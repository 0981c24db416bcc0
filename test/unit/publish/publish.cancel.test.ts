import assert from 'node:assert/strict';
import { CancelledError } from '../../../src/core/errors';
import { type Publishing, SUBMIT, UPLOAD_URL, usePublishing } from '../../support/publishing';

describe('cancelled publish', () => {
  const current = usePublishing('tyre-pressure');
  let app: Publishing;
  beforeEach(() => {
    app = current();
  });

  it('sends nothing when it is cancelled before the start', async () => {
    await assert.rejects(app.publish(AbortSignal.abort()), CancelledError);
    assert.deepEqual(app.wire(), []);
    await app.assertNothingLeft();
  });

  it('sends nothing when it is cancelled during packing', async () => {
    const caller = new AbortController();
    app.hooks.onProgress = ({ stage, done }) => {
      if (stage === 'pack' && done === 2) caller.abort();
    };
    await assert.rejects(app.publish(caller.signal), CancelledError);
    assert.deepEqual(app.wire(), []);
    await app.assertNothingLeft();
  });

  it('requests no upload URL when it is cancelled between two attempts', async () => {
    const fault = { kind: 'status', status: 503 } as const;
    app.backend.faults.inject({ match: { path: UPLOAD_URL }, fault, times: 'always' });
    const caller = new AbortController();
    app.hooks.afterSend = ({ url }) => {
      if (url.pathname === UPLOAD_URL) caller.abort();
    };
    await assert.rejects(app.publish(caller.signal), CancelledError);
    assert.deepEqual(app.wire(), [`POST ${UPLOAD_URL} 503`]);
    await app.assertNothingLeft();
  });

  it('leaves nothing behind when it is cancelled during the upload', async () => {
    app.backend.faults.inject({ match: { method: 'PUT' }, fault: { kind: 'hang' } });
    const caller = new AbortController();
    const publishing = app.publish(caller.signal);
    await app.backend.waitForRequest(({ method }) => method === 'PUT');
    assert.equal((await app.leftovers()).length, 1);
    caller.abort();
    await assert.rejects(publishing, CancelledError);
    await app.assertNothingLeft();
  });

  it('does not submit when it is cancelled at the end of the upload', async () => {
    const caller = new AbortController();
    app.hooks.afterSend = ({ method }) => {
      if (method === 'PUT') caller.abort();
    };
    await assert.rejects(app.publish(caller.signal), CancelledError);
    const put = app.backend.requests.find(({ method }) => method === 'PUT');
    assert.equal(put?.status, 200, 'the upload itself went well');
    await app.assertNothingLeft();
  });

  it('reports the outcome of a submission that was in flight', async () => {
    const caller = new AbortController();
    app.backend.faults.inject({
      match: { path: SUBMIT },
      fault: {
        kind: 'custom',
        handler: (_request, next) => {
          caller.abort();
          return next();
        },
      },
    });
    assert.equal((await app.publish(caller.signal)).reviewStatus, 'pending');
  });
});
