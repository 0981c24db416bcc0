import assert from 'node:assert/strict';
import { type Backend, startBackend } from '../../backend/server';
import type { Fault } from '../../backend/faults';
import { call } from './client';

const PATH = '/api/v1/dev/me';

describe('backend: faults', () => {
  let backend: Backend;
  let headers: Record<string, string>;

  beforeEach(async () => {
    backend = await startBackend();
    const token = backend.state.mintToken({ devId: 'dev_local', lifeSeconds: 60 });
    headers = { authorization: `Bearer ${token}` };
  });
  afterEach(() => backend.close());

  async function fetchUnder(fault: Fault): Promise<Response> {
    backend.faults.inject({ match: { method: 'GET', path: PATH }, fault });
    return await fetch(backend.url + PATH, { headers, redirect: 'manual' });
  }

  async function isHealthy(): Promise<boolean> {
    return (await fetch(backend.url + PATH, { headers })).status === 200;
  }

  it('apply the given number of times to matching requests until they are cleared', async () => {
    const fault: Fault = { kind: 'status', status: 503 };
    const injected = backend.faults.inject({ match: { path: /\/dev\// }, times: 2, fault });
    const statuses = [];
    for (const path of ['/device', PATH, PATH, PATH]) {
      statuses.push((await fetch(backend.url + path, { headers })).status);
    }
    assert.deepEqual(statuses, [200, 503, 503, 200]);
    assert.equal(injected.hits, 2);
    backend.faults.inject({ times: 'always', fault });
    assert.equal(await isHealthy(), false);
    backend.faults.clear();
    assert.equal(await isHealthy(), true);
  });

  it('can be removed one by one', async () => {
    const fault: Fault = { kind: 'status', status: 500 };
    backend.faults.inject({ times: 'always', fault }).remove();
    assert.equal(await isHealthy(), true);
  });

  it('reset the connection before, during and after the answer', async () => {
    for (const when of ['before', 'after'] as const) {
      await assert.rejects(fetchUnder({ kind: 'reset', when }), TypeError);
      assert.equal(backend.requests.at(-1)?.status, undefined);
    }
    const response = await fetchUnder({ kind: 'reset', when: 'while-answering' });
    assert.equal(response.status, 200);
    await assert.rejects(response.text());
    assert.equal(await isHealthy(), true);
  });

  it('hang until the client gives up', async () => {
    backend.faults.inject({ fault: { kind: 'hang' } });
    const caller = new AbortController();
    const hanging = fetch(backend.url + PATH, { headers, signal: caller.signal });
    await backend.waitForRequest(({ path }) => path === PATH);
    caller.abort();
    await assert.rejects(hanging, { name: 'AbortError' });
  });

  it('do not delay the close of the server while an exchange hangs', async () => {
    backend.faults.inject({ fault: { kind: 'hang' } });
    const hanging = assert.rejects(fetch(backend.url + PATH, { headers }), TypeError);
    await backend.waitForRequest(({ path }) => path === PATH);
    await backend.close();
    await hanging;
    await assert.rejects(fetch(backend.url + PATH), TypeError);
  });

  it('answer with a status and Retry-After, in the envelope or plain', async () => {
    const fault: Fault = { kind: 'status', status: 429, code: 'SLOW', retryAfter: 7 };
    backend.faults.inject({ fault });
    const { status, code, headers: received } = await call(backend, `GET ${PATH}`);
    assert.deepEqual([status, code, received.get('retry-after')], [429, 'SLOW', '7']);
    const bare = await fetchUnder({ kind: 'status', status: 502, code: null });
    assert.deepEqual([bare.status, await bare.text()], [502, '']);
  });

  it('answer with text that is not JSON', async () => {
    assert.match(await (await fetchUnder({ kind: 'html' })).text(), /^<!doctype html>/);
    assert.equal(await (await fetchUnder({ kind: 'empty' })).text(), '');
    await assert.rejects((await fetchUnder({ kind: 'half-json' })).json(), SyntaxError);
  });

  it('answer with wrong types in a valid envelope', async () => {
    const answer: unknown = await (await fetchUnder({ kind: 'wrong-types' })).json();
    const { success, data } = answer as { success: boolean; data: unknown };
    assert.equal(success, true);
    assert.deepEqual(data, { devId: 42, email: 42, displayName: 42, isDeveloper: [true] });
  });

  it('answer slowly, late or with a redirect', async () => {
    const drip = await fetchUnder({ kind: 'drip', intervalMs: 1, chunkBytes: 50 });
    assert.equal(((await drip.json()) as { success: boolean }).success, true);
    assert.equal((await fetchUnder({ kind: 'delay', ms: 1 })).status, 200);
    const redirect = await fetchUnder({ kind: 'redirect', location: 'http://localhost:1/' });
    assert.equal(redirect.status, 302);
    assert.equal(redirect.headers.get('location'), 'http://localhost:1/');
  });

  it('stream a huge answer of exactly the requested size', async () => {
    const bytes = 3_000_001;
    const text = await (await fetchUnder({ kind: 'huge', bytes })).text();
    assert.equal(text.length, bytes);
    assert.doesNotThrow(() => JSON.parse(text));
  });

  it('survive a client that disconnects during a huge answer', async () => {
    const response = await fetchUnder({ kind: 'huge' });
    await response.body?.cancel();
    assert.equal(await isHealthy(), true);
  });

  it('report a mistake in a custom fault', async () => {
    const handler = () => {
      throw new Error('a mistake');
    };
    backend.faults.inject({ fault: { kind: 'custom', handler } });
    const { status, body } = await call(backend, `GET ${PATH}`);
    assert.equal(status, 500);
    assert.match(JSON.stringify(body), /a mistake/);
  });

  it('hold an answer back until the test releases it', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    backend.faults.inject({
      match: { path: PATH },
      fault: {
        kind: 'custom',
        handler: async (_request, next) => {
          await gate;
          return await next();
        },
      },
    });
    const held = fetch(backend.url + PATH, { headers });
    await backend.waitForRequest(({ path }) => path === PATH);
    assert.equal(await isHealthy(), true);
    release();
    assert.equal((await held).status, 200);
  });
});
