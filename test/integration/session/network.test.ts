import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { type Backend, startBackend } from '../../backend/server';
import { certificateAuthority } from '../../support/certificate';
import { type ConnectProxy, startConnectProxy } from '../../support/connect-proxy';
import type { TestKey } from '../../support/ssh-key';
import {
  activateExtension,
  copyMiniApp,
  EXTENSION_ID,
  failsWith,
  makeRegisteredKey,
  run,
  setSetting,
  useConfirmation,
  useMessages,
} from '../support';

const HOST = 'api.example.test';
const PASSWORD = 's3cret-of-the-proxy';
const DISPATCHERS = [1, 2].map((version) => Symbol.for(`undici.globalDispatcher.${version}`));

describe('a proxy and a private certificate authority', () => {
  useConfirmation();
  const shown = useMessages();
  const authority = certificateAuthority();
  let folder: string;
  let backend: Backend;
  let proxy: ConnectProxy;
  let key: TestKey;

  before(async () => {
    await activateExtension();
    folder = await mkdtemp(join(tmpdir(), 'i99dash-network-'));
    const certificate = authority.issue({ host: HOST });
    backend = await startBackend({ tls: certificate, publicUrl: `https://${HOST}` });
    proxy = await startConnectProxy({
      credentials: `ada:${PASSWORD}`,
      routes: { [HOST]: backend.port },
    });
    key = await makeRegisteredKey(backend, 'behind_proxy');
    await setSetting('i99dash.backendUrl', `https://${HOST}`);
    const file = join(folder, 'authority.pem');
    await writeFile(file, authority.cert);
    process.env['NODE_EXTRA_CA_CERTS'] = file;
  });
  after(async () => {
    delete process.env['NODE_EXTRA_CA_CERTS'];
    await run('i99dash.signOut');
    for (const name of ['http.proxy', 'http.proxyStrictSSL', 'i99dash.backendUrl']) {
      await setSetting(name, undefined);
    }
    await proxy.close();
    await backend.close();
    await rm(folder, { recursive: true, force: true });
  });

  const signIn = { keyPath: '' };
  beforeEach(() => (signIn.keyPath = key.path));
  const proxyUrl = (password: string) => proxy.url.replace('//', `//ada:${password}@`);
  const report = async (): Promise<string> => {
    await run('i99dash.copyDiagnostics');
    return vscode.env.clipboard.readText();
  };

  it('reports what the proxy requires, with the settings as the next step', async () => {
    await setSetting('http.proxy', proxyUrl('wrong'));
    const message = await failsWith('OFFLINE', 'i99dash.signIn', signIn);
    assert.match(message, /^The proxy 127\.0\.0\.1:\d+ \(http\.proxy\) does not accept/u);
    assert.deepEqual(shown.at(-1)?.buttons, ['Open Settings', 'Try Again']);
    assert.equal(backend.requests.length, 0);
  });

  it('rejects an unknown certificate, whatever http.proxyStrictSSL says', async () => {
    await setSetting('http.proxy', proxyUrl(PASSWORD));
    await setSetting('http.proxyStrictSSL', false);
    assert.equal(vscode.workspace.getConfiguration().get('http.proxyStrictSSL'), false);
    const file = process.env['NODE_EXTRA_CA_CERTS'];
    process.env['NODE_EXTRA_CA_CERTS'] = '';
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      const message = await failsWith('TLS', 'i99dash.signIn', signIn);
      assert.match(message, /api\.example\.test comes from an authority .* does not know/u);
      assert.equal(backend.requests.length, 0);
    } finally {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      process.env['NODE_EXTRA_CA_CERTS'] = file;
    }
  });

  it('signs in and publishes and does not affect connections of other extensions', async () => {
    const globals = globalThis as unknown as Record<symbol | string, unknown>;
    const seen = () => [...DISPATCHERS, 'fetch', 'Headers'].map((name) => globals[name]);
    const before = seen();
    assert.ok(before[0] !== undefined, 'VS Code has one');
    await setSetting('http.proxy', proxyUrl(PASSWORD));
    const identity = await run('i99dash.signIn', signIn);
    assert.equal(identity['backendUrl'], `https://${HOST}`);
    const mine = () => proxy.asked.filter(({ line }) => line.includes(HOST));
    const passed = proxy.passed();
    const published = await run('i99dash.publish', {
      folder: vscode.Uri.file(copyMiniApp('tyre-pressure', 'behind-proxy')),
      confirmed: true,
    });
    assert.equal(published['reviewStatus'], 'pending');
    assert.ok(proxy.passed() - passed > Number(published['size']), 'the bundle went through it');
    assert.ok(backend.requests.some(({ method }) => method === 'PUT'));
    assert.deepEqual([...new Set(mine().map(({ line }) => line))], [`CONNECT ${HOST}:443`]);
    const agents = [...mine(), ...backend.requests].map(({ headers }) => headers['user-agent']);
    const { version } = vscode.extensions.getExtension(EXTENSION_ID)?.packageJSON as {
      version: string;
    };
    const { platform, arch } = process;
    const expected = `i99dash-vscode/${version} (VSCode ${vscode.version}; ${platform} ${arch})`;
    assert.deepEqual([...new Set(agents)], [expected]);
    seen().forEach((value, index) => assert.equal(value, before[index]));
  });

  it('recovers without a reload when the settings are correct again', async () => {
    backend.setTokenLife(1);
    await run('i99dash.signIn', signIn);
    const refused = proxy.refusal();
    await setSetting('http.proxy', proxyUrl('wrong'));
    await refused;
    await failsWith('OFFLINE', 'i99dash.whoAmI');
    backend.setTokenLife(900);
    const before = backend.requests.length;
    const renewed = backend.waitForRequest(
      (entry) => entry.path.endsWith('/ssh/verify') && backend.requests.indexOf(entry) >= before,
    );
    await setSetting('http.proxy', proxyUrl(PASSWORD));
    await renewed; // without it, the retry would come after half a minute or more
  });

  it('lists the proxy and the certificates in diagnostics, without credentials', async () => {
    const text = await report();
    assert.match(text, /^Proxy: http:\/\/127\.0\.0\.1:\d+ \(http\.proxy, with credentials\)$/mu);
    assert.match(text, /^Certificates: Node\.js \d{2,}, NODE_EXTRA_CA_CERTS 1, system \d+$/mu);
    assert.ok(!text.includes(PASSWORD) && !text.includes(folder));
  });

  it('connects directly once a proxy setting is removed', async () => {
    const asked = proxy.asked.length;
    await setSetting('http.proxy', undefined);
    await failsWith('OFFLINE', 'i99dash.signIn', signIn); // only the proxy resolves this name
    assert.equal(proxy.asked.length, asked);
  });
});

describe('the built transport in its own process', () => {
  const trusted = certificateAuthority('System Authority');
  const extra = certificateAuthority('Extra Authority');
  let folder: string;
  let ofSystem: Backend;
  let ofExtra: Backend;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'i99dash-network-'));
    await writeFile(join(folder, 'system.pem'), trusted.cert);
    await writeFile(join(folder, 'extra.pem'), extra.cert);
    ofSystem = await startBackend({ tls: trusted.issue() });
    ofExtra = await startBackend({ tls: extra.issue() });
  });
  after(async () => {
    await ofSystem.close();
    await ofExtra.close();
    await rm(folder, { recursive: true, force: true });
  });

  /**
   * The transport's file shares code with the extension's entry, which requires a `vscode` when it
   * is loaded.
   */
  const WITHOUT_VSCODE = `
    const Module = require('node:module');
    const { _load } = Module;
    const anything = new Proxy(class {}, {
      get: (target, name) => (name === 'prototype' ? target.prototype : anything),
      apply: () => anything,
    });
    Module._load = (name, ...rest) => (name === 'vscode' ? anything : _load(name, ...rest));`;

  /**
   * Runs a script in VS Code's own Node.js with the transport's file and the two backends as
   * arguments.
   */
  async function inNode(script: string, env: Record<string, string> = {}): Promise<string> {
    const root = vscode.extensions.getExtension(EXTENSION_ID)?.extensionPath ?? '';
    const names = readdirSync(join(root, 'dist'));
    const name = names.find((each) => /^undiciTransport-\w+\.js$/u.test(each));
    assert.ok(name, 'the transport is built');
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--eval', `${WITHOUT_VSCODE}${script}`, join(root, 'dist', name), ofSystem.url, ofExtra.url],
      { env: { PATH: process.env['PATH'], ELECTRON_RUN_AS_NODE: '1', ...env } },
    );
    return stdout.trim();
  }

  const GET = `
    const [file, ...urls] = process.argv.slice(1);
    const { createUndiciTransport } = require(file);
    const get = (transport, url) => transport.send({ method: 'GET', url: new URL(url) })
      .then(({ status }) => status, ({ code }) => code);`;

  it('trusts the system’s certificates beside those that Node.js was started with', async () => {
    const script = `${GET}
      (async () => {
        const own = createUndiciTransport({ network: () => ({ trust: { systemCertificates: false } }) });
        const all = createUndiciTransport();
        const got = [];
        for (const transport of [own, all]) for (const url of urls) got.push(await get(transport, url));
        console.log(got.join());
      })();`;
    const env = {
      SSL_CERT_FILE: join(folder, 'system.pem'),
      SSL_CERT_DIR: folder,
      NODE_EXTRA_CA_CERTS: join(folder, 'extra.pem'),
    };
    assert.equal(await inNode(script, env), 'TLS,404,404,404');
  });

  it('does not read the system’s certificates while those of Node.js suffice', async () => {
    const script = `
      const tls = require('node:tls');
      let threads = 0;
      const { Worker } = require('node:worker_threads');
      require('node:worker_threads').Worker = class extends Worker { constructor(...args) { super(...args); threads += 1; } };
      ${GET}
      (async () => {
        const transport = createUndiciTransport();
        const first = [await get(transport, urls[1]), threads];
        console.log([...first, await get(transport, urls[0]), threads].join());
      })();`;
    const env = {
      SSL_CERT_FILE: join(folder, 'system.pem'),
      SSL_CERT_DIR: folder,
      NODE_EXTRA_CA_CERTS: join(folder, 'extra.pem'),
    };
    assert.equal(await inNode(script, env), '404,0,404,1');
  });

  it('leaves the global dispatcher to Node.js', async () => {
    const tell = `
      const made = [1, 2].map((version) => globalThis[Symbol.for('undici.globalDispatcher.' + version)]);
      console.log(made.map((dispatcher) => String(dispatcher?.constructor)).join());`;
    const setByNode = `void globalThis.Headers; ${tell}`;
    const nodeAlone = await inNode(setByNode);
    assert.match(nodeAlone, /^class /u);
    assert.equal(await inNode(`${GET} createUndiciTransport(); ${setByNode}`), nodeAlone);
  });
});
