import assert from 'node:assert/strict';
import { I99dashError } from '../../../src/core/errors';
import type { HttpRequest, HttpResponse } from '../../../src/core/platform/interfaces';
import { Reachability, withReachability } from '../../../src/core/http/reachability';
import { FakeClock } from '../../support/fakes';

const BACKEND = 'https://api.example.com';
const ANSWER: HttpResponse = { status: 404, headers: {}, text: '' };

describe('what is known of the backend', () => {
  const clock = new FakeClock();
  let requests: string[];
  let outcome: () => Promise<HttpResponse>;
  let isWanted: boolean;
  let reachability: Reachability;
  let changes: number;

  const fails = (code: 'OFFLINE' | 'TIMEOUT' | 'TLS' | 'PROTOCOL') => () =>
    Promise.reject(new I99dashError(code, code));
  const answers = () => Promise.resolve(ANSWER);
  const send = (url = `${BACKEND}/api/v1/dev/status`) => {
    const request: HttpRequest = { method: 'GET', url: new URL(url) };
    return reachability.transport.send(request).catch(() => undefined);
  };
  /** Lets the time until the next probe go by, and the probe end. */
  const nextProbe = async () => {
    clock.advance((clock.nextAt ?? clock.now()) - clock.now());
    await new Promise((resolve) => setImmediate(resolve));
  };

  beforeEach(() => {
    requests = [];
    outcome = answers;
    isWanted = true;
    changes = 0;
    reachability = new Reachability({
      transport: {
        send: ({ method, url }) => {
          requests.push(`${method} ${url.href}`);
          return outcome();
        },
      },
      clock,
      backendUrl: () => BACKEND,
      isWanted: () => isWanted,
    });
    reachability.onDidChange(() => changes++);
  });
  afterEach(() => reachability.dispose());

  it('is nothing bad until a request has failed', async () => {
    await send();
    assert.equal(reachability.failure, undefined);
    assert.equal(changes, 0);
  });

  for (const code of ['OFFLINE', 'TIMEOUT', 'TLS'] as const) {
    it(`is that it cannot be reached after a request failed with ${code}, until one is answered`, async () => {
      outcome = fails(code);
      await send();
      assert.equal(reachability.failure?.code, code);
      outcome = answers;
      await send();
      assert.equal(reachability.failure, undefined);
      assert.equal(changes, 2);
    });
  }

  it('does not come from an answer that makes no sense, nor from another server', async () => {
    outcome = fails('PROTOCOL');
    await send();
    outcome = fails('OFFLINE');
    await send('https://storage.example.com/bundle');
    assert.equal(reachability.failure, undefined);
  });

  it('is found out again by requests without a credential, at growing intervals of at most a minute', async () => {
    outcome = fails('OFFLINE');
    await send();
    const waits: number[] = [];
    for (let probe = 0; probe < 7; probe++) {
      const before = clock.now();
      await nextProbe();
      waits.push((clock.now() - before) / 1_000);
    }
    assert.deepEqual(waits, [2, 4, 8, 16, 32, 60, 60]);
    assert.deepEqual(new Set(requests.slice(1)), new Set([`GET ${BACKEND}/`]));
    outcome = answers;
    await nextProbe();
    assert.equal(reachability.failure, undefined);
    assert.equal(clock.pending, 0);
  });

  it('is not asked for in the background while nobody is signed in', async () => {
    outcome = fails('OFFLINE');
    await send();
    isWanted = false;
    await nextProbe();
    assert.equal(requests.length, 1);
    assert.equal(reachability.failure?.code, 'OFFLINE');
  });

  it('makes a session that is signed in offline, and no other', () => {
    const failure = new I99dashError('OFFLINE', 'no network');
    const held = { profile: {}, minted: undefined } as never;
    const signedIn = { kind: 'signedIn', ...(held as object) } as never;
    const unreachable = { failure, retryAt: 7 };
    assert.deepEqual(withReachability(signedIn, unreachable), {
      ...(held as object),
      ...{ kind: 'offline', failure, retryAt: 7 },
    });
    assert.equal(withReachability(signedIn, { failure: undefined, retryAt: 0 }), signedIn);
    const signedOut = { kind: 'signedOut' } as const;
    assert.equal(withReachability(signedOut, unreachable), signedOut);
  });
});
