import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import dns from 'node:dns';
import { connect } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { mock } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createUndiciTransport } from '../../../src/core/http/undiciTransport';
import { describeError, type I99dashError } from '../../../src/core/errors';
import { systemClock, type HttpRequest } from '../../../src/core/platform/interfaces';
import { type Backend, startBackend } from '../../backend/server';
import { selfSignedCertificate } from '../../support/certificate';
import { rejectsWith } from '../../support/expect';
import { withRawServer } from '../../support/raw-server';

const PATH = '/api/v1/dev/me';

/** Checks whether an error or one of its causes contains a text. */
function tells(error: I99dashError, text: string): boolean {
  return error.message.includes(text);
}

/** A stopped server in another process with a full backlog: the next connection is not accepted. */
async function startStoppedServer(): Promise<{
  port: number;
  goOn: () => void;
  close: () => void;
}> {
  const script = `
    const server = require('node:http').createServer((request, response) => response.end());
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => process.send(server.address().port));`;
  const child = spawn(process.execPath, ['-e', script], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const [port] = (await once(child, 'message')) as [number];
  child.kill('SIGSTOP');
  const waiting = Array.from({ length: 4 }, () => connect(port, '127.0.0.1'));
  for (const socket of waiting) socket.on('error', () => undefined);
  await Promise.all(waiting.slice(0, 2).map((socket) => once(socket, 'connect')));
  const close = (): void => {
    for (const socket of waiting) socket.destroy();
    child.kill('SIGKILL');
  };
  return { port, goOn: () => child.kill('SIGCONT'), close };
}

describe('transport', () => {
  const transport = createUndiciTransport();
  let backend: Backend;

  beforeEach(async () => {
    backend = await startBackend();
  });
  afterEach(() => backend.close());

  const get = (options: Partial<HttpRequest> = {}) =>
    transport.send({ method: 'GET', url: new URL(PATH, backend.url), ...options });
  const getFrom = (url: string, options: Partial<HttpRequest> = {}) =>
    get({ url: new URL(url), ...options });

  it('returns the status, lower-case headers and the whole text', async () => {
    const { status, headers, text } = await get();
    assert.equal(status, 401);
    assert.equal(headers['www-authenticate'], 'Bearer');
    assert.equal((JSON.parse(text) as { success: boolean }).success, false);
  });

  it('keeps characters that span chunks', async () => {
    const body = Buffer.from('"مؤقت الشحن 🚗"');
    backend.faults.inject({
      fault: { kind: 'custom', handler: () => ({ status: 200, headers: {}, body }) },
    });
    assert.equal((await get()).text, body.toString());
    backend.faults.inject({
      fault: {
        kind: 'custom',
        handler: () => ({
          status: 200,
          headers: {},
          body: (async function* () {
            for (const byte of body) yield await Promise.resolve(Buffer.from([byte]));
          })(),
        }),
      },
    });
    assert.equal((await get()).text, body.toString());
  });

  it('joins the values of a repeated header', async () => {
    await withRawServer(
      (socket) =>
        socket.end(
          'HTTP/1.1 204 No Content\r\nX-Twice: a\r\nX-Twice: b\r\nConnection: close\r\n\r\n',
        ),
      async (port) => {
        const { headers } = await getFrom(`http://127.0.0.1:${port}`);
        assert.equal(headers['x-twice'], 'a, b');
      },
    );
  });

  it('follows no redirect', async () => {
    backend.faults.inject({ fault: { kind: 'redirect', location: `${backend.url}/elsewhere` } });
    const { status, headers } = await get({ headers: { authorization: 'Bearer secret' } });
    assert.deepEqual([status, headers['location']], [302, `${backend.url}/elsewhere`]);
    assert.equal(backend.requests.length, 1);
  });

  it('throws OFFLINE when the connection is refused', async () => {
    const { url } = backend;
    await backend.close();
    const error = await rejectsWith('OFFLINE', getFrom(`${url}/x?sig=s3cret`));
    const { host } = new URL(url);
    assert.equal(error.message, `Can't reach i99dash (${host}). Check your connection.`);
    assert.match(describeError(error), /ECONNREFUSED/u, 'the log has the code');
    assert.ok(!tells(error, 's3cret'));
    assert.equal(error.isUnsent, true);
    const local = await rejectsWith('OFFLINE', getFrom(`http://localhost:${new URL(url).port}`));
    assert.equal(local.isUnsent, true);
  });

  it('throws OFFLINE when the host is unknown', async () => {
    const error = await rejectsWith('OFFLINE', getFrom('http://backend.invalid/'));
    assert.match(error.message, /^Can't reach i99dash \(backend\.invalid\)\./u);
    assert.equal(error.isUnsent, true);
  });

  for (const when of ['before', 'while-answering', 'after'] as const) {
    it(`throws OFFLINE when the connection breaks (${when})`, async () => {
      backend.faults.inject({ fault: { kind: 'reset', when } });
      const { isUnsent } = await rejectsWith('OFFLINE', get());
      assert.equal(isUnsent, undefined);
      assert.equal(backend.requests.length, 1, 'nothing is sent twice');
      assert.equal((await get()).status, 401, 'the next request gets a sound connection');
    });
  }

  it('throws TIMEOUT when no answer arrives', async () => {
    backend.faults.inject({ fault: { kind: 'hang' } });
    const error = await rejectsWith('TIMEOUT', get({ timeoutMs: 30 }));
    assert.ok(tells(error, new URL(backend.url).host));
  });

  it('throws TIMEOUT when an answer is still arriving at the deadline', async () => {
    backend.faults.inject({ fault: { kind: 'drip', intervalMs: 10 } });
    await rejectsWith('TIMEOUT', get({ timeoutMs: 60 }));
  });

  it('throws TIMEOUT when the connection is not established', async () => {
    await withRawServer(
      () => undefined, // silent, so that the TLS handshake never completes
      async (port) => {
        const impatient = createUndiciTransport({ connectTimeoutMs: 50 });
        const url = new URL(`https://127.0.0.1:${port}`);
        await rejectsWith('TIMEOUT', impatient.send({ method: 'GET', url }));
      },
    );
  });

  it('gives a distant host enough time to connect although it has another address', async function () {
    if (process.platform !== 'linux') this.skip(); // only Linux ignores connections beyond the backlog
    const far = await startStoppedServer();
    const lookup = mock.method(dns, 'lookup', ((_host, _options, callback) => {
      const addresses = [
        { address: '127.0.0.1', family: 4 },
        { address: '::1', family: 6 }, // no server listens here
      ];
      (callback as (error: null, found: typeof addresses) => void)(null, addresses);
    }) as typeof dns.lookup);
    try {
      const patient = createUndiciTransport({ addressTimeoutMs: 60_000, connectTimeoutMs: 60_000 });
      const sent = patient.send({
        method: 'GET',
        timeoutMs: 60_000,
        url: new URL(`http://far.test:${far.port}/`),
      });
      const early = AbortSignal.timeout(400);
      await Promise.race([sent, once(early, 'abort')]);
      far.goOn();
      assert.equal((await sent).status, 200);
    } finally {
      lookup.mock.restore();
      far.close();
    }
  });

  it('keeps an idle connection for less time than the server offers', async () => {
    const tidy = createUndiciTransport({ idleTimeoutMs: 100 });
    let closed: Promise<unknown> = Promise.reject(new Error('nobody came'));
    closed.catch(() => undefined);
    await withRawServer(
      (socket) => {
        closed = once(socket, 'end');
        const head = 'HTTP/1.1 200 OK\r\nKeep-Alive: timeout=600\r\nContent-Length: 0\r\n\r\n';
        socket.on('data', () => socket.write(head));
      },
      async (port) => {
        await tidy.send({ method: 'GET', url: new URL(`http://127.0.0.1:${port}`) });
        await closed;
      },
    );
  });

  it('does not reuse a connection from before a sleep', async () => {
    let connections = 0;
    await withRawServer(
      (socket) => {
        connections += 1;
        const head = 'HTTP/1.1 200 OK\r\nKeep-Alive: timeout=60\r\nContent-Length: 0\r\n\r\n';
        socket.on('data', () => socket.write(head));
      },
      async (port) => {
        let slept = 0;
        const wakeful = createUndiciTransport({
          clock: { ...systemClock, now: () => Date.now() + slept },
        });
        const ask = async () => {
          await wakeful.send({ method: 'GET', url: new URL(`http://127.0.0.1:${port}`) });
          await setImmediate(); // the connection is idle again
        };
        await ask();
        await ask();
        assert.equal(connections, 1);
        slept = 3_600_000;
        await ask();
        assert.equal(connections, 2);
        await ask();
        assert.equal(connections, 2, 'the new one serves on');
      },
    );
  });

  it('throws PROTOCOL for an endless answer', async () => {
    backend.faults.inject({ fault: { kind: 'huge' } });
    await rejectsWith('PROTOCOL', get());
    const bytes = 4 * 1024 * 1024;
    backend.faults.inject({ fault: { kind: 'huge', bytes } });
    assert.equal((await get()).text.length, bytes);
    backend.faults.inject({ fault: { kind: 'huge', bytes: bytes + 1 } });
    await rejectsWith('PROTOCOL', get());
  });

  it('throws TIMEOUT when the headers do not arrive before the total deadline', async () => {
    const impatient = createUndiciTransport({ headersTimeoutMs: 50 });
    backend.faults.inject({ fault: { kind: 'hang' } });
    await rejectsWith('TIMEOUT', impatient.send({ method: 'GET', url: new URL(backend.url) }));
  });

  it('throws TIMEOUT when the answer stalls before the total deadline', async () => {
    const impatient = createUndiciTransport({ bodyTimeoutMs: 50 });
    const handler = () => ({
      status: 200,
      headers: {},
      body: (async function* () {
        yield Buffer.from('[');
        await new Promise(() => undefined);
      })(),
    });
    backend.faults.inject({ fault: { kind: 'custom', handler } });
    await rejectsWith('TIMEOUT', impatient.send({ method: 'GET', url: new URL(backend.url) }));
  });

  it('reads nothing of an answer that announces too large a size', async () => {
    let closed = Promise.resolve();
    await withRawServer(
      (socket) => {
        closed = new Promise((resolve) => socket.once('close', () => resolve()));
        socket.resume(); // otherwise the server does not notice the end
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${50 * 1024 * 1024}\r\n\r\n`); // headers only, no body
      },
      async (port) => {
        await rejectsWith('PROTOCOL', getFrom(`http://127.0.0.1:${port}`));
        await closed; // the connection is closed at once
      },
    );
  });

  it('respects the size limit of a request', async () => {
    backend.faults.inject({ fault: { kind: 'huge', bytes: 100 }, times: 2 });
    assert.equal((await get({ maxResponseBytes: 100 })).text.length, 100);
    await rejectsWith('PROTOCOL', get({ maxResponseBytes: 99 }));
  });

  it('throws PROTOCOL when the answer is not HTTP', async () => {
    await withRawServer(
      (socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'),
      async (port) => {
        await rejectsWith('PROTOCOL', getFrom(`http://127.0.0.1:${port}`));
      },
    );
  });

  for (const [title, head] of [
    ['two different lengths', '200 OK\r\nContent-Length: 2\r\nContent-Length: 3'],
    ['a length and chunks', '200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked'],
    ['a length and a status without a body', '204 No Content\r\nContent-Length: 2'],
    ['an invalid status', '042 Huh\r\nContent-Length: 2'],
  ]) {
    it(`throws PROTOCOL for an answer with ${title}, and the next request succeeds`, async () => {
      let connections = 0;
      await withRawServer(
        (socket) => {
          const isFirst = (connections += 1) === 1;
          const answer = isFirst ? `${head}\r\n\r\n{}` : '200 OK\r\nContent-Length: 4\r\n\r\nnext';
          socket.once('data', () => socket.write(`HTTP/1.1 ${answer}`));
        },
        async (port) => {
          await rejectsWith('PROTOCOL', getFrom(`http://127.0.0.1:${port}`));
          assert.equal((await getFrom(`http://127.0.0.1:${port}`)).text, 'next');
        },
      );
    });
  }

  it('never mistakes trailing bytes of an answer for the next answer', async () => {
    await withRawServer(
      (socket) => {
        const of = (text: string) =>
          `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
        socket.once('data', () => socket.write(of('first') + of('smuggled')));
      },
      async (port) => {
        for (let round = 0; round < 3; round += 1) {
          assert.equal((await getFrom(`http://127.0.0.1:${port}`)).text, 'first');
        }
      },
    );
  });

  it('can be cancelled before it starts, while it waits and while it reads', async () => {
    const cancelled = { name: 'CancelledError' };
    await assert.rejects(get({ signal: AbortSignal.abort() }), cancelled);
    assert.equal(backend.requests.length, 0);

    backend.faults.inject({ fault: { kind: 'hang' } });
    const waiting = new AbortController();
    const waits = get({ signal: waiting.signal });
    await backend.waitForRequest(({ path }) => path === PATH);
    waiting.abort();
    await assert.rejects(waits, cancelled);

    const reading = new AbortController();
    backend.faults.inject({
      fault: {
        kind: 'custom',
        handler: () => ({
          status: 200,
          headers: {},
          body: (async function* () {
            yield Buffer.from('[');
            reading.abort();
            await new Promise(() => undefined);
          })(),
        }),
      },
    });
    await assert.rejects(get({ signal: reading.signal }), cancelled);
  });

  it('does not change the global dispatcher and fetch', async () => {
    // In a separate process: the transport is already loaded in this one.
    const script = `
      const key = Symbol.for('undici.globalDispatcher.1');
      const theirs = { dispatch() { throw new Error('not for us'); } };
      Object.defineProperty(globalThis, key, { value: theirs, writable: true, configurable: true });
      const { fetch } = globalThis;
      import(process.argv[1])
        .then((module) =>
          (module.createUndiciTransport ?? module.default.createUndiciTransport)().send({ method: 'GET', url: new URL(process.argv[2]) }))
        .then(({ status }) =>
          console.log(status, globalThis[key] === theirs, globalThis.fetch === fetch));`;
    const module = join(__dirname, '../../../src/core/http/undiciTransport.ts');
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--import',
      'tsx',
      '--eval',
      script,
      module,
      backend.url + PATH,
    ]);
    assert.equal(stdout.trim(), '401 true true');
  });

  it('lets Node.js create the global dispatcher if there is none yet', async () => {
    const script = `
      const key = Symbol.for('undici.globalDispatcher.1');
      const before = globalThis[key];
      import(process.argv[1]).then(async (module) => {
        (module.createUndiciTransport ?? module.default.createUndiciTransport)();
        const { status } = await fetch(process.argv[3]);
        const { Agent } = require(process.argv[2]); // by now it finds a dispatcher and keeps it
        console.log(before, globalThis[key].constructor.name, globalThis[key] instanceof Agent, status);
      });`;
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...['--import', 'tsx', '--eval', script],
      join(__dirname, '../../../src/core/http/undiciTransport.ts'),
      require.resolve('undici'),
      backend.url + PATH,
    ]);
    assert.equal(stdout.trim(), 'undefined Agent false 401');
  });
});

describe('transport over TLS', () => {
  const transport = createUndiciTransport();
  const get = (url: string) => transport.send({ method: 'GET', url: new URL(url) });
  const insecure = (url: string) => url.replace('https:', 'http:');

  async function withTlsBackend(
    certificate: { key: string; cert: string },
    use: (backend: Backend) => Promise<void>,
  ): Promise<void> {
    const backend = await startBackend({ tls: certificate });
    try {
      await use(backend);
    } finally {
      await backend.close();
    }
  }

  it('does not trust a self-signed certificate', async () => {
    await withTlsBackend(selfSignedCertificate(), async ({ url, requests }) => {
      const error = await rejectsWith('TLS', get(`${url}/x?sig=s3cret`));
      assert.match(error.message, /DEPTH_ZERO_SELF_SIGNED_CERT/);
      assert.ok(tells(error, new URL(url).host) && !tells(error, 's3cret'));
      assert.equal(requests.length, 0);
    });
  });

  it('does not trust an expired certificate', async () => {
    await withTlsBackend(selfSignedCertificate({ expired: true }), async ({ url }) => {
      await rejectsWith('TLS', get(url));
    });
  });

  it('recognizes a server that does not speak TLS', async () => {
    const backend = await startBackend();
    try {
      const error = await rejectsWith('TLS', get(backend.url.replace('http:', 'https:')));
      assert.doesNotMatch(error.message, /not trusted/);
    } finally {
      await backend.close();
    }
  });

  it('fails for plain HTTP to a TLS server', async () => {
    await withTlsBackend(selfSignedCertificate(), async ({ url }) => {
      await assert.rejects(get(insecure(url)), ({ code }: I99dashError) =>
        ['OFFLINE', 'PROTOCOL'].includes(code),
      );
    });
  });
});
