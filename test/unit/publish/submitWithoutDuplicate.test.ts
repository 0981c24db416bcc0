import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { ApiClient } from '../../../src/core/api/client';
import { isI99dashError } from '../../../src/core/errors';
import { readBackendState, submitWithoutDuplicate } from '../../../src/core/publish/submit';
import type { BackendResponse } from '../../backend/exchange';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import { rejectsWith } from '../../support/expect';
import { FakeClock, MemoryLogger } from '../../support/fakes';
import { MemoryBackend } from '../../support/memory-transport';
import { MANIFEST } from '../../support/project';
import { SUBMIT } from '../../support/publishing';

type Next = () => Promise<BackendResponse>;

const STATUSES = [408, 500, 502, 503, 504, 520, 522, 524] as const;
type Status = (typeof STATUSES)[number];

const BODIES = {
  'no body': '',
  'a web page': '<!doctype html><html><body><h1>Bad gateway</h1></body></html>',
  'the envelope': '{"success":false,"data":null,"error":{"code":"INTERNAL"},"meta":{}}',
} as const;
type Body = keyof typeof BODIES;

/**
 * When the backend accepts the submission that the status answers, in milliseconds after the
 * answer; 'before' it, or never.
 */
const MOMENTS = {
  never: undefined,
  'before the answer': 'before',
  'at once': 0,
  later: 1_500,
} as const;
type Moment = keyof typeof MOMENTS;

/**
 * A timeout from any source, and a gateway status that does not reveal the outcome of the request.
 */
function mayBeAtWork(status: Status, body: Body): boolean {
  return status === 504 || (body !== 'the envelope' && [408, 503, 524].includes(status));
}

describe('submission answered with a transient error', () => {
  let clock: FakeClock;
  let backend: MemoryBackend;
  let api: ApiClient;

  beforeEach(() => {
    clock = new FakeClock();
    backend = new MemoryBackend({ url: 'https://api.test', now: () => clock.now() });
    const token = backend.state.mintToken({ devId: DEFAULT_ACCOUNT.devId, lifeSeconds: 86_400 });
    api = new ApiClient(backend.url, backend.transport, { getToken: () => Promise.resolve(token) });
  });

  const submissions = (): number => backend.state.apps.find(MANIFEST.id)?.submissions.length ?? 0;
  const sent = (): number => backend.requests.filter(({ path }) => path === SUBMIT).length;

  /** Answers the first submission with this status; `taken` says when the backend accepts it. */
  function answer(status: number, body: string, take: (next: Next) => unknown): void {
    backend.faults.inject({
      match: { path: SUBMIT },
      fault: {
        kind: 'custom',
        handler: async (_request, next) => {
          await take(next);
          return { status, headers: {}, body };
        },
      },
    });
  }

  const takeAfter =
    (ms: number) =>
    (next: Next): void =>
      void clock.setTimer(ms, () => void next());

  function takeAt(moment: Moment): (next: Next) => unknown {
    const at = MOMENTS[moment];
    if (at === undefined) return () => undefined;
    return at === 'before' ? (next) => next() : takeAfter(at);
  }

  /** Submits, and advances the time until the submission ends and no timer is left. */
  async function submit(): Promise<unknown> {
    const before = await readBackendState(api, MANIFEST.id);
    const { bundleId } = announceBundle(backend);
    const { id: appId, version } = MANIFEST;
    const request = { appId, version, manifest: { ...MANIFEST }, bundleId };
    const end = { isReached: false };
    const submitting = submitWithoutDuplicate(
      { api, clock, logger: new MemoryLogger() },
      request,
      before,
    )
      .catch((error: unknown) => error)
      .finally(() => (end.isReached = true));
    while (!end.isReached || clock.pending > 0) {
      await turn();
      clock.advance((clock.nextAt ?? clock.now()) - clock.now());
    }
    return submitting;
  }

  for (const status of STATUSES) {
    for (const body of Object.keys(BODIES) as Body[]) {
      for (const moment of Object.keys(MOMENTS) as Moment[]) {
        it(`arrives once: ${status} with ${body}, accepted ${moment}`, async () => {
          answer(status, BODIES[body], takeAt(moment));
          const end = await submit();
          if (moment === 'never' && mayBeAtWork(status, body)) {
            assert.ok(isI99dashError(end) && end.appInDoubt === MANIFEST.id, String(end));
            assert.deepEqual([sent(), submissions()], [1, 0]);
            await submit(); // as the user does after checking the status
          } else {
            assert.deepEqual(end, { reviewStatus: 'pending' });
            assert.equal(sent(), moment === 'never' ? 2 : 1);
          }
          assert.equal(submissions(), 1);
        });
      }
    }

    it(`arrives once: ${status} from a gateway, accepted 13 seconds later`, async () => {
      answer(status, '', takeAfter(13_000));
      assert.deepEqual(await submit(), { reviewStatus: 'pending' });
      assert.deepEqual([sent(), submissions()], [1, 1]);
    });
  }

  for (const status of [408, 503, 504, 524, 555]) {
    it(`is never sent again after ${status} from a gateway, however late it is accepted`, async () => {
      answer(status, '', takeAfter(3_600_000));
      const end = await submit();
      assert.ok(isI99dashError(end) && end.appInDoubt === MANIFEST.id, String(end));
      assert.deepEqual([sent(), submissions()], [1, 1]);
    });
  }

  it('arrives once when a web page with status 200 answers and the backend accepts it later', async () => {
    answer(200, BODIES['a web page'], takeAfter(1_500));
    assert.deepEqual(await submit(), { reviewStatus: 'pending' });
    assert.deepEqual([sent(), submissions()], [1, 1]);
  });

  /** Rejects the second submission, after a late arrival of the first one if there is one. */
  async function submitRefused(status: number, isTaken: boolean): Promise<unknown> {
    let take: Next | undefined;
    answer(502, '', (next) => void (take = next));
    answer(status, '{"success":false,"data":null,"error":{"code":"NO"}}', async () => {
      if (isTaken) await take?.();
    });
    return submit();
  }

  for (const status of [400, 409, 422]) {
    it(`is found when it arrived late and a second one is rejected with ${status}`, async () => {
      assert.deepEqual(await submitRefused(status, true), { reviewStatus: 'pending' });
      assert.deepEqual([sent(), submissions()], [2, 1]);
    });

    it(`fails when it never arrived and a second one is rejected with ${status}`, async () => {
      const refused = await rejectsWith(
        'SERVER',
        submitRefused(status, false).then((error) => Promise.reject(error as Error)),
      );
      assert.deepEqual([refused.status, refused.appInDoubt], [status, undefined]);
      assert.deepEqual([sent(), submissions()], [2, 0]);
    });
  }
});

/** A bundle in the storage. */
function announceBundle({ state }: MemoryBackend): { bundleId: string } {
  const sha256 = '0'.repeat(64);
  const { devId } = DEFAULT_ACCOUNT;
  const bundle = state.bundles.announce({ devId, appId: MANIFEST.id, contentLength: 1, sha256 });
  bundle.received = { bytes: 1, sha256 };
  return bundle;
}
