import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { inspect } from 'node:util';
import type { NetworkConfiguration } from '../../../src/core/http/networkConfiguration';
import { createUndiciTransport, describeUserAgent } from '../../../src/core/http/undiciTransport';
import type { I99dashError } from '../../../src/core/errors';
import type { HttpRequest } from '../../../src/core/platform/interfaces';
import { isTransient, mayHaveSucceeded } from '../../../src/core/http/retry';
import { type Backend, startBackend } from '../../backend/server';
import { certificateAuthority } from '../../support/certificate';
import {
  type ConnectProxy,
  type ConnectProxyOptions,
  startConnectProxy,
} from '../../support/connect-proxy';
import { rejectsWith } from '../../support/expect';
import { useTempFolder } from '../../support/temp-folder';

const HOST = 'api.example.test';
const PATH = '/api/v1/dev/me';
const PASSWORD = 's3cret-of-the-proxy';

/** Asserts that no message, stack or cause of an error contains the password. */
function assertKeepsSecret(error: I99dashError): void {
  const all = inspect(error, { depth: 10 });
  const basic = Buffer.from(`ada:${PASSWORD}`).toString('base64');
  for (const secret of [PASSWORD, basic, 'sig=']) assert.ok(!all.includes(secret), all);
}

describe('transport through a proxy', () => {
  const temp = useTempFolder();
  const authority = certificateAuthority();
  let backend: Backend;
  let proxies: ConnectProxy[];
  let network: NetworkConfiguration;
  const transport = createUndiciTransport({ network: () => network });

  beforeEach(async () => {
    proxies = [];
    backend = await startBackend({ tls: authority.issue({ host: HOST }) });
    const extraFile = join(temp.path, 'authority.pem');
    await writeFile(extraFile, authority.cert);
    network = { trust: { extraFile } };
  });
  afterEach(async () => {
    for (const proxy of proxies) await proxy.close();
    await backend.close();
  });

  async function startProxy(options: ConnectProxyOptions = {}): Promise<ConnectProxy> {
    const proxy = await startConnectProxy({ routes: { [HOST]: backend.port }, ...options });
    proxies.push(proxy);
    return proxy;
  }
  const use = (url: string, more: NetworkConfiguration['proxy'] = {}) => {
    network = { ...network, proxy: { url, ...more } };
  };
  const withPassword = (url: string, password = PASSWORD) =>
    url.replace('//', `//ada:${password}@`);
  const get = (options: Partial<HttpRequest> = {}) =>
    transport.send({ method: 'GET', url: new URL(`https://${HOST}${PATH}?sig=1`), ...options });

  it('asks for a tunnel and shows the proxy neither path nor token', async () => {
    const proxy = await startProxy();
    use(proxy.url);
    const headers = { authorization: 'Bearer not-for-the-proxy' };
    assert.equal((await get({ headers })).status, 401);
    assert.equal(backend.requests[0]?.headers['authorization'], 'Bearer');
    for (const { line, headers: seen } of proxy.asked) {
      assert.equal(line, `CONNECT ${HOST}:443`);
      assert.deepEqual(
        [seen['authorization'], seen['proxy-authorization']],
        [undefined, undefined],
      );
    }
    assert.ok(proxy.asked.length > 0);
  });

  it('reads the proxy from the environment', async () => {
    const proxy = await startProxy();
    network = { ...network, proxy: { environment: { HTTPS_PROXY: proxy.url } } };
    assert.equal((await get()).status, 401);
    assert.ok(proxy.asked.length > 0);
  });

  it('connects to the proxy over https', async () => {
    const proxy = await startProxy({ tls: authority.issue(), credentials: `ada:${PASSWORD}` });
    use(withPassword(proxy.url.replace('127.0.0.1', 'localhost')));
    assert.equal((await get()).status, 401);
  });

  it('authenticates with credentials from the URL and from the setting', async () => {
    const proxy = await startProxy({ credentials: `ada:${PASSWORD}` });
    use(withPassword(proxy.url));
    assert.equal((await get()).status, 401);
    const authorization = `Basic ${Buffer.from(`ada:${PASSWORD}`).toString('base64')}`;
    use(proxy.url, { authorization });
    assert.equal((await get()).status, 401);
    assert.equal(backend.requests[0]?.headers['proxy-authorization'], undefined);
  });

  it('streams an upload through the proxy', async () => {
    const proxy = await startProxy();
    use(proxy.url);
    const bytes = Buffer.alloc(700_000, 'b');
    const received: Buffer[] = [];
    backend.faults.inject({
      fault: {
        kind: 'custom',
        handler: async ({ stream }) => {
          for await (const chunk of stream) received.push(chunk);
          return { status: 200, headers: {}, body: '' };
        },
      },
    });
    // The first attempt fails on an authority that is not loaded yet; the second must send the
    // whole body.
    const { status } = await get({
      method: 'PUT',
      url: new URL(`https://${HOST}/storage/bnd_x?sig=1`),
      body: { length: bytes.length, open: () => Readable.from([bytes]) },
    });
    assert.equal(status, 200);
    assert.ok(Buffer.concat(received).equals(bytes));
    assert.ok(proxy.passed() > bytes.length);
  });

  it('asks for a user name and password and reports wrong ones', async () => {
    const proxy = await startProxy({ credentials: `ada:${PASSWORD}` });
    for (const [url, words] of [
      [proxy.url, /asks who you are/u],
      [withPassword(proxy.url, `${PASSWORD}-wrong`), /does not accept its name and password/u],
    ] as const) {
      use(url);
      const error = await rejectsWith('OFFLINE', get());
      assert.match(error.message, words);
      assert.match(error.message, new RegExp(`^The proxy 127\\.0\\.0\\.1:${proxy.port} `, 'u'));
      assert.deepEqual([error.status, error.setting], [407, 'http.proxy']);
      assert.equal(isTransient(error), false, 'tried again by itself, it may lock the account');
      assertKeepsSecret(error);
    }
    assert.equal(proxy.asked.length, 2, 'each is asked once');
    assert.equal(backend.requests.length, 0);
  });

  for (const [schemes, words] of [
    [['NTLM'], /sign in with NTLM, and i99dash cannot/u],
    [['Negotiate', 'NTLM TlRMTVNTUAACAAAA=='], /sign in with Negotiate, NTLM, and/u],
    [['Negotiate, Kerberos'], /sign in with Negotiate, Kerberos, and/u],
    [['Digest realm="Basic, NTLM", qop="auth", nonce="x\\"y,z"'], /sign in with Digest, and/u],
    [['NTLM', 'basic realm="a, b"'], /does not accept its name and password/u],
    [['Negotiate, Basic realm="a", NTLM'], /does not accept its name and password/u],
    [[], /does not accept its name and password/u],
    [['<script>, ="'], /does not accept its name and password/u],
  ] as const) {
    it(`reports whether a user name and password can help: ${schemes.join(' and ') || 'no scheme'}`, async () => {
      const refusalHeaders = schemes.map((scheme) => `Proxy-Authenticate: ${scheme}`);
      const proxy = await startProxy({ credentials: `ada:not-${PASSWORD}`, refusalHeaders });
      use(withPassword(proxy.url));
      const error = await rejectsWith('OFFLINE', get());
      assert.match(error.message, words);
      assert.deepEqual([error.status, isTransient(error), proxy.asked.length], [407, false, 1]);
      assertKeepsSecret(error);
    });
  }

  it('reports which authentication the proxy requires when none is configured', async () => {
    const refusalHeaders = ['Proxy-Authenticate: Negotiate'];
    const proxy = await startProxy({ credentials: `ada:${PASSWORD}`, refusalHeaders });
    use(proxy.url);
    assert.match((await rejectsWith('OFFLINE', get())).message, /sign in with Negotiate, and/u);
    use(proxy.url, { authorization: 'Negotiate YII=' });
    assert.match((await rejectsWith('OFFLINE', get())).message, /does not accept its name/u);
  });

  for (const established of [
    '201 Created\r\n\r\n',
    '204 No Content\r\n\r\n',
    '299 Whatever\r\nContent-Length: 7\r\n\r\n',
    '200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
    '100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n',
    `200 OK\r\n${`Via: ${'v'.repeat(100)}\r\n`.repeat(200)}\r\n`,
  ]) {
    it(`treats the tunnel as open: ${JSON.stringify(established.slice(0, 40))}`, async () => {
      use((await startProxy({ established })).url);
      assert.equal((await get()).status, 401);
    });
  }

  it('sends the user agent to the proxy and to the server', async () => {
    const proxy = await startProxy();
    use(proxy.url);
    const userAgent = describeUserAgent({ version: '1.2.3', editorVersion: '1.105.1' });
    await createUndiciTransport({ network: () => network, userAgent }).send({
      method: 'GET',
      url: new URL(`https://${HOST}${PATH}`),
    });
    const seen = [
      proxy.asked[0]?.headers['user-agent'],
      backend.requests[0]?.headers['user-agent'],
    ];
    const expected = `i99dash-vscode/1.2.3 (VSCode 1.105.1; ${process.platform} ${process.arch})`;
    assert.deepEqual(seen, [expected, expected]);
  });

  it('reports when the proxy rejects the request or cannot reach the server', async () => {
    const refusing = await startProxy({ refuse: 403 });
    use(withPassword(refusing.url));
    const refused = await rejectsWith('OFFLINE', get());
    assert.match(refused.message, /does not connect to api\.example\.test \(HTTP 403\)/u);
    assert.equal(isTransient(refused), false);
    assertKeepsSecret(refused);
    const lost = await startProxy({ routes: {} });
    use(lost.url);
    const error = await rejectsWith('OFFLINE', get());
    assert.equal(error.status, 502);
    assert.deepEqual([isTransient(error), mayHaveSucceeded(error)], [true, false]);
  });

  it('reports when the proxy is down, unknown or silent', async () => {
    const proxy = await startProxy();
    await proxy.close();
    proxies = [];
    use(withPassword(proxy.url));
    const down = await rejectsWith('OFFLINE', get());
    assert.match(
      down.message,
      /^Can't reach the proxy 127\.0\.0\.1:\d+ \(http\.proxy\)\. Check your connection\.$/u,
    );
    assert.deepEqual([down.setting, isTransient(down)], ['http.proxy', true]);
    assert.equal(mayHaveSucceeded(down), false);
    assertKeepsSecret(down);
    network = { ...network, proxy: { environment: { HTTPS_PROXY: 'http://proxy.invalid' } } };
    const unknown = await rejectsWith('OFFLINE', get());
    assert.match(unknown.message, /^Can't reach the proxy proxy\.invalid:80 \(HTTPS_PROXY\)\./u);
    const silent = await startProxy({ silent: true });
    use(silent.url);
    const impatient = createUndiciTransport({ connectTimeoutMs: 50, network: () => network });
    const url = new URL(`https://${HOST}${PATH}`);
    const late = await rejectsWith('TIMEOUT', impatient.send({ method: 'GET', url }));
    assert.match(late.message, /^The proxy .* did not answer in time/u);
    assert.equal(backend.requests.length, 0);
  });

  it('reports when the proxy does not speak HTTP', async () => {
    const server = createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')).listen(0);
    await once(server, 'listening');
    use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const error = await rejectsWith('PROTOCOL', get());
    assert.match(error.message, /^The proxy .* does not speak HTTP/u);
    server.close();
  });

  it('continues as soon as the settings are correct', async () => {
    const proxy = await startProxy({ credentials: `ada:${PASSWORD}` });
    use(proxy.url);
    await rejectsWith('OFFLINE', get());
    use(withPassword(proxy.url));
    assert.equal((await get()).status, 401);
    const other = await startProxy();
    const before = proxy.asked.length;
    use(other.url);
    assert.equal((await get()).status, 401);
    assert.deepEqual([proxy.asked.length, other.asked.length], [before, 1]);
    use(other.url, { support: 'off' });
    await rejectsWith('OFFLINE', get()); // a name that does not resolve elsewhere
    assert.equal(other.asked.length, 1);
  });

  it('closes dispatchers that are no longer used', async () => {
    for (let count = 0; count < 6; count += 1) {
      use((await startProxy()).url);
      assert.equal((await get()).status, 401);
    }
  });

  it('bypasses the proxy for the exceptions and for this computer', async () => {
    const proxy = await startProxy();
    const plain = await startBackend();
    const toPlain = () => get({ url: new URL(`${plain.url}${PATH}`) });
    use(proxy.url);
    assert.equal((await toPlain()).status, 401);
    use(proxy.url, { noProxy: [HOST] });
    await rejectsWith('OFFLINE', get());
    network = { ...network, proxy: { url: proxy.url, environment: { NO_PROXY: '.example.test' } } };
    await rejectsWith('OFFLINE', get());
    assert.deepEqual([proxy.asked.length, backend.requests.length], [0, 0]);
    await plain.close();
  });

  it('rejects unknown certificates of the server and of the proxy', async () => {
    network = {};
    const behind = await startProxy();
    use(behind.url);
    assert.match(
      (await rejectsWith('TLS', get())).message,
      /^The certificate of api\.example\.test /u,
    );
    const own = await startProxy({ tls: authority.issue(), credentials: `ada:${PASSWORD}` });
    use(withPassword(own.url));
    const error = await rejectsWith('TLS', get());
    assert.match(error.message, /^The certificate of the proxy 127\.0\.0\.1:\d+ /u);
    assert.equal(own.asked.length, 0, 'no password was sent');
    assert.equal(backend.requests.length, 0);
  });

  it('rejects certificates for another name of the server and of the proxy', async () => {
    const wrong = 'other.example.test';
    const routes = { [wrong]: backend.port };
    const behind = await startProxy({ routes });
    use(behind.url);
    const url = new URL(`https://${wrong}${PATH}`);
    const error = await rejectsWith('TLS', get({ url }));
    assert.match(error.message, /^The certificate of other\.example\.test is for another name/u);
    const own = await startProxy({ tls: authority.issue({ host: 'proxy.example.test' }) });
    use(own.url.replace('127.0.0.1', 'localhost'));
    const ofProxy = await rejectsWith('TLS', get());
    assert.match(ofProxy.message, /^The certificate of the proxy localhost:\d+ .* another name/u);
  });

  it('can be cancelled and times out while the proxy delays it', async () => {
    // No test waits until this one abandons the proxy.
    const patient = createUndiciTransport({ connectTimeoutMs: 600_000, network: () => network });
    const silent = await startProxy({ silent: true });
    use(silent.url);
    const caller = new AbortController();
    const request = { method: 'GET', url: new URL(`https://${HOST}${PATH}`) } as const;
    const waits = patient.send({ ...request, signal: caller.signal });
    caller.abort();
    await assert.rejects(waits, { name: 'CancelledError' });
    await rejectsWith('TIMEOUT', patient.send({ ...request, timeoutMs: 50 }));
  });
});
