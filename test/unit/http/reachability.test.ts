import assert from 'node:assert/strict';
import { I99dashError } from '../../../src/core/errors';
import type { HttpRequest, HttpResponse } from '../../../src/core/platform/interfaces';
import { Reachability, withReachability } from '../../../src/core/http/reachability';
import { FakeClock } from '../../support/fakes';

const BACKEND = 'https://api.example.com';
const ANSWER: HttpResponse = { status: 404, headers: {}, text: '' };

describe('the reachability of the backend', () => {
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
  /** Advances the clock to the next probe, and waits for the probe. */
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

  it('does not show a wrong password to a proxy again before 15 minutes have passed', async () => {
    outcome = () => Promise.reject(new I99dashError('OFFLINE', 'refused', { status: 407 }));
    await send();
    for (let minute = 1; minute < 15; minute++) clock.advance(60_000);
    assert.equal(requests.length, 1);
    await nextProbe();
    assert.equal(requests.length, 2);
  });

  it('waits longer once the network is back and a proxy refuses the probe', async () => {
    outcome = fails('OFFLINE');
    await send();
    outcome = () => Promise.reject(new I99dashError('OFFLINE', 'refused', { status: 407 }));
    await nextProbe();
    assert.equal(requests.length, 2);
    clock.advance(14 * 60_000);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(requests.length, 2);
  });

  it('reports no failure before a request fails', async () => {
    await send();
    assert.equal(reachability.failure, undefined);
    assert.equal(changes, 0);
  });

  for (const code of ['OFFLINE', 'TIMEOUT', 'TLS'] as const) {
    it(`reports ${code} after a failed request, until another one is answered`, async () => {
      outcome = fails(code);
      await send();
      assert.equal(reachability.failure?.code, code);
      outcome = answers;
      await send();
      assert.equal(reachability.failure, undefined);
      assert.equal(changes, 2);
    });
  }

  it('ignores invalid answers, and failures of other servers', async () => {
    outcome = fails('PROTOCOL');
    await send();
    outcome = fails('OFFLINE');
    await send('https://storage.example.com/bundle');
    assert.equal(reachability.failure, undefined);
  });

  it('probes without a credential, at growing intervals of at most a minute', async () => {
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

  it('does not probe in the background without a session', async () => {
    outcome = fails('OFFLINE');
    await send();
    isWanted = false;
    await nextProbe();
    assert.equal(requests.length, 1);
    assert.equal(reachability.failure?.code, 'OFFLINE');
  });

  it('turns a signed-in session offline, and no other one', () => {
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
