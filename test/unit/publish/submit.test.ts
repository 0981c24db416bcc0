import assert from 'node:assert/strict';
import { ApiClient } from '../../../src/core/api/client';
import { I99dashError } from '../../../src/core/errors';
import { submitWithoutDuplicate } from '../../../src/core/publish/submit';
import type { Fault } from '../../backend/faults';
import { rejectsWith } from '../../support/expect';
import { SUBMIT, usePublishing, type Publishing } from '../../support/publishing';

/** Faults after which the backend has accepted the submission and the client does not know. */
const TAKEN: Record<string, Fault> = {
  'the connection breaks after the submission': { kind: 'reset', when: 'after' },
  'the answer is truncated': { kind: 'reset', when: 'while-answering' },
  'the answer is half JSON': { kind: 'half-json' },
};

/** Faults after which the backend has not accepted it and the client does not know. */
const LOST: Record<string, Fault> = {
  'the connection breaks before the submission': { kind: 'reset', when: 'before' },
  'a gateway answers with an error': { kind: 'html', status: 502 },
  'the connection was closed as idle': { kind: 'status', status: 408 },
  'the server has an error': { kind: 'status', status: 500 },
  'the server is busy': { kind: 'status', status: 503 },
};

describe('submission with a lost answer', () => {
  const current = usePublishing('tyre-pressure');
  let app: Publishing;

  beforeEach(() => {
    app = current();
  });

  const submissions = () => app.backend.state.apps.find('tyre-pressure')?.submissions.length ?? 0;
  const sent = () => app.wire().filter((line) => line.includes(SUBMIT)).length;
  const strike = (fault: Fault, times: number | 'always' = 1) =>
    app.backend.faults.inject({ match: { path: SUBMIT }, fault, times });

  for (const [title, fault] of Object.entries(TAKEN)) {
    it(`is not sent again when ${title}, because the backend state resolves it`, async () => {
      strike(fault);
      assert.equal((await app.publish()).reviewStatus, 'pending');
      assert.equal(submissions(), 1);
      assert.equal(sent(), 1);
    });

    it(`is not sent again for a version that existed before when ${title}`, async () => {
      await app.publish();
      app.backend.state.apps.find('tyre-pressure')!.updatedAt -= 1000;
      strike(fault);
      assert.equal((await app.publish()).reviewStatus, 'pending');
      assert.equal(submissions(), 2);
    });
  }

  for (const [title, fault] of Object.entries(LOST)) {
    it(`is sent again once when ${title}`, async () => {
      strike(fault);
      assert.equal((await app.publish()).reviewStatus, 'pending');
      assert.equal(submissions(), 1);
      assert.equal(sent(), 2);
    });
  }

  it('fails with the code of the original error when it never arrives', async () => {
    strike({ kind: 'status', status: 500 }, 'always');
    assert.equal((await rejectsWith('SERVER', app.publish())).status, 500);
    assert.equal(submissions(), 0);
    assert.equal(sent(), 2);
  });

  it('reports the unknown outcome and is not sent again when the state is unavailable', async () => {
    strike({ kind: 'reset', when: 'after' });
    app.hooks.afterSend = ({ method }) => {
      if (method === 'PUT') {
        const match = { method: 'GET' };
        app.backend.faults.inject({
          match,
          fault: { kind: 'reset', when: 'before' },
          times: 'always',
        });
      }
    };
    const { message } = await rejectsWith('OFFLINE', app.publish());
    assert.match(message, /no answer came back/u);
    assert.equal(sent(), 1);
    assert.equal(submissions(), 1);
  });

  it('is not sent again when the backend completes it after a gateway timeout', async () => {
    let goOn: (() => Promise<unknown>) | undefined;
    strike({
      kind: 'custom',
      handler: (_request, next) => {
        goOn = next;
        return { status: 502, headers: {}, body: '<html>Bad gateway</html>' };
      },
    });
    app.hooks.afterSend = ({ url }) => {
      if (url.pathname === '/api/v1/mini-apps/mine' && goOn !== undefined) {
        void goOn(); // after the first check
        goOn = undefined;
      }
    };
    assert.equal((await app.publish()).reviewStatus, 'pending');
    assert.equal(submissions(), 1);
    assert.equal(sent(), 1);
  });

  it('has an unknown outcome and is not sent again when no answer arrives in time', async () => {
    strike({ kind: 'status', status: 504 });
    const error = await rejectsWith('SERVER', app.publish());
    assert.equal(error.appInDoubt, 'tyre-pressure');
    assert.equal(sent(), 1);
  });

  it('has a known outcome when there was no token to send it with', async () => {
    const lost = new I99dashError('OFFLINE', 'nowhere');
    const tokens = { getToken: () => Promise.reject(lost) };
    const api = new ApiClient(app.backend.url, { send: () => assert.fail('sent') }, tokens);
    const request = { appId: 'tyre-pressure', version: '1.0.0', manifest: {}, bundleId: 'b' };
    const before = { latestVersion: null, reviewStatus: null, updatedAt: undefined };
    const { clock, logger } = app;
    assert.equal(
      await rejectsWith('OFFLINE', submitWithoutDuplicate({ api, clock, logger }, request, before)),
      lost,
    );
  });

  it('is not sent again when the previous state could not be read', async () => {
    const match = { method: 'GET' };
    app.backend.faults.inject({ match, fault: { kind: 'status', status: 500 }, times: 'always' });
    strike({ kind: 'reset', when: 'before' });
    await rejectsWith('OFFLINE', app.publish());
    assert.equal(sent(), 1);
  });

  it('is not considered accepted when the previous state was invalid', async () => {
    await app.publish();
    const match = { path: '/api/v1/mini-apps/mine' };
    app.backend.faults.inject({ match, fault: { kind: 'wrong-types' } });
    strike({ kind: 'reset', when: 'before' });
    await rejectsWith('OFFLINE', app.publish());
    assert.equal(submissions(), 1);
  });

  it('is not sent again sooner than the server asks', async () => {
    strike({ kind: 'status', status: 503, retryAfter: 7 });
    const start = app.clock.now();
    await app.publish();
    assert.ok(app.clock.now() - start >= 7_000);
    assert.equal(submissions(), 1);
  });

  it('is sent again a little later after a rate limit', async () => {
    strike({ kind: 'status', status: 429, retryAfter: 7 });
    const start = app.clock.now();
    const asked = (): number =>
      app.backend.requests.filter(({ path }) => path === '/api/v1/mini-apps/mine').length;
    await app.publish();
    assert.ok(app.clock.now() - start >= 7_000);
    assert.deepEqual([sent(), submissions(), asked()], [2, 1, 1]);
  });

  it('is sent a limited number of times under a rate limit', async () => {
    strike({ kind: 'status', status: 429 }, 'always');
    assert.equal((await rejectsWith('SERVER', app.publish())).status, 429);
    assert.deepEqual([sent(), submissions()], [2, 0]);
  });

  it('is not sent again when the server asks for a long wait', async () => {
    strike({ kind: 'status', status: 503, retryAfter: 3600 });
    assert.equal((await rejectsWith('SERVER', app.publish())).retryAfterMs, 3_600_000);
    assert.equal(sent(), 1);
  });

  for (const status of [400, 403, 409, 413, 422]) {
    it(`is sent once when it is rejected with ${status}`, async () => {
      strike({ kind: 'status', status, code: 'NO' }, 'always');
      assert.equal((await rejectsWith('SERVER', app.publish())).status, status);
      assert.equal(sent(), 1);
      assert.equal(submissions(), 0);
    });
  }
});

describe('beta track', () => {
  const current = usePublishing('tyre-pressure');

  it('submits and then promotes with the release notes', async () => {
    const app = current();
    const options = { track: 'beta' as const, releaseNotes: 'Louder warnings' };
    const result = await app.publish(undefined, options);
    assert.equal(result.track, 'beta');
    assert.deepEqual(app.stages(), ['validate', 'pack', 'upload', 'submit', 'promote']);
    const beta = app.backend.state.apps.find('tyre-pressure')?.beta;
    assert.deepEqual([beta?.version, beta?.releaseNotes], ['1.0.0', 'Louder warnings']);
  });

  it('reports when there are too many testers', async () => {
    const app = current();
    await app.publish();
    app.backend.state.apps.setTesterCount(app.backend.state.apps.find('tyre-pressure')!, 26);
    const error = await rejectsWith('SERVER', app.publish(undefined, { track: 'beta' }));
    assert.deepEqual([error.status, error.serverCode], [422, 'beta.tester_cap_reached']);
  });

  it('is the only track with release notes', async () => {
    const options = { track: 'production' as const, releaseNotes: 'no' };
    await rejectsWith('VALIDATION_FAILED', current().publish(undefined, options));
    assert.deepEqual(current().wire(), []);
  });
});

describe('dry run', () => {
  const current = usePublishing('tyre-pressure');

  it('performs everything but the network calls and returns the same numbers', async () => {
    const app = current();
    const dry = await app.publish(undefined, { track: 'production', dryRun: true });
    assert.equal(app.backend.requests.length, 0);
    assert.deepEqual(await app.leftovers(), []);
    const real = await app.publish();
    assert.deepEqual(
      [dry.dryRun, dry.appId, dry.version, dry.sha256, dry.size, dry.fileCount],
      [true, real.appId, real.version, real.sha256, real.size, real.fileCount],
    );
  });
});
