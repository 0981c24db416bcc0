import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { request, type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { startPreviewServer, type PreviewServer } from '../../../src/core/preview/previewServer';
import { closeSockets, ODD_FILES } from '../../support/odd-files';
import { useTempFolder } from '../../support/temp-folder';

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

const PAGE = '<!doctype html><title>Trip Log</title>';
const OUTSIDE = 'outside the project';

describe('the preview server', () => {
  const temp = useTempFolder();
  let server: PreviewServer;
  let folder: string;
  let port: number;

  beforeEach(async () => {
    folder = join(temp.path, 'trip-log');
    const root = join(folder, 'src');
    const files = {
      'manifest.json': '{"id":"trip-log"}',
      'secret.txt': 'not in appRoot',
      'src/index.html': PAGE,
      'src/app.js': 'export {};',
      'src/style.css': 'a{}',
      'src/icon.svg': '<svg/>',
      'src/data.json': '{}',
      'src/module.wasm': 'wasm',
      'src/empty.txt': '',
      'src/a b+ü.txt': 'odd name',
      'src/blob': 'no extension',
      'src/pages/index.html': PAGE,
      'src/.env': 'TOKEN=1',
      'src/.well/x.txt': 'hidden folder',
      'src/debug.log': 'left out',
      'src/node_modules/x/index.js': 'left out',
      'src/deploy.p12': 'key',
      '../outside.txt': OUTSIDE,
    };
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(folder, name, '..'), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    server = await startPreviewServer({ root, folder });
    port = Number(new URL(server.address).port);
  });

  afterEach(async () => {
    closeSockets();
    await server.close();
  });

  function ask(path: string, { method = 'GET', host = `127.0.0.1:${port}` } = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      request({ port, host: '127.0.0.1', path, method, headers: { host } }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.once('error', reject);
        response.once('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        });
      })
        .once('error', reject)
        .end();
    });
  }

  /** Sends a request line that no HTTP client sends, and returns the first line of the answer. */
  function askRaw(target: string, host = 'host: localhost\r\n'): Promise<string> {
    return new Promise((resolve, reject) => {
      let text = '';
      const socket = connect(port, '127.0.0.1')
        .setEncoding('latin1')
        .on('data', (chunk: string) => (text += chunk))
        .once('error', reject)
        .once('close', () => resolve(text));
      socket.write(`GET ${target} HTTP/1.1\r\n${host}connection: close\r\n\r\n`, 'latin1');
    });
  }

  it('listens on the loopback interface only', () => {
    assert.match(server.address, /^http:\/\/127\.0\.0\.1:\d+\/$/u);
  });

  it('serves the page of a folder with a script that reloads it', async () => {
    for (const path of ['/', '/index.html', '/?x=1', '/pages/']) {
      const { status, headers, text } = await ask(path);
      assert.equal(status, 200, path);
      assert.equal(headers['content-type'], 'text/html; charset=utf-8');
      assert.equal(Number(headers['content-length']), Buffer.byteLength(text));
      assert.ok(text.startsWith(PAGE));
      const [, script = ''] = /<script src="([^"]+)"><\/script>\s*$/u.exec(text) ?? [];
      const address = new URL(script, new URL(path, server.address));
      assert.match((await ask(address.pathname)).text, /EventSource/u);
    }
  });

  it('serves files with their types, never cached and never guessed', async () => {
    const types = {
      '/app.js': 'text/javascript; charset=utf-8',
      '/style.css': 'text/css; charset=utf-8',
      '/icon.svg': 'image/svg+xml',
      '/data.json': 'application/json',
      '/manifest.json': 'application/json',
      '/module.wasm': 'application/wasm',
      '/empty.txt': 'text/plain; charset=utf-8',
      '/a%20b+%C3%BC.txt': 'text/plain; charset=utf-8',
      '/blob': 'application/octet-stream',
    };
    for (const [path, type] of Object.entries(types)) {
      const { status, headers } = await ask(path);
      assert.equal(status, 200, path);
      assert.equal(headers['content-type'], type, path);
      assert.equal(headers['cache-control'], 'no-store');
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
    }
  });

  it('answers HEAD as GET, without content', async () => {
    for (const path of ['/', '/app.js', '/missing.js']) {
      const [get, head] = [await ask(path), await ask(path, { method: 'HEAD' })];
      assert.equal(head.text, '');
      assert.equal(head.status, get.status);
      assert.equal(head.headers['content-length'], get.headers['content-length']);
      assert.equal(head.headers['content-type'], get.headers['content-type']);
    }
  });

  it('refuses other methods', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      const { status, headers } = await ask('/', { method });
      assert.equal(status, 405, method);
      assert.equal(headers.allow, 'GET, HEAD');
    }
  });

  it('refuses the name of another host that leads to this computer', async () => {
    const hosts = [
      'evil.example',
      `evil.example:${port}`,
      'localhost.evil.example',
      '127.0.0.1.evil',
    ];
    for (const host of [...hosts, 'localhost@evil.example', '0.0.0.0', 'localhost:1:2']) {
      const { status, text } = await ask('/', { host });
      assert.equal(status, 403, host);
      assert.doesNotMatch(text, /Trip Log/u);
    }
    for (const host of ['localhost', `LOCALHOST:${port}`, '127.0.0.1:80', '[::1]:443']) {
      assert.equal((await ask('/', { host })).status, 200, host);
    }
  });

  it('answers for the host at which its port is forwarded', async () => {
    const host = 'Code.example:8443';
    assert.equal((await ask('/', { host })).status, 403);
    server.allowHost('code.example:8443');
    assert.equal((await ask('/', { host })).status, 200);
    assert.equal((await ask('/', { host: 'code.example' })).status, 403);
  });

  it('refuses a request without the name of a host', async () => {
    assert.match(await askRaw('/', 'host: \r\n'), /^HTTP\/1\.1 403 /u);
    assert.match(await askRaw('/', ''), /^HTTP\/1\.1 400 /u);
  });

  const hostile = [
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/%2E%2E%2Fsecret.txt',
    '/pages/../../secret.txt',
    '/pages/%2e%2e/%2e%2e/secret.txt',
    '/..%5csecret.txt',
    '/..\\secret.txt',
    '/%252e%252e/secret.txt',
    '/%c0%ae%c0%ae/secret.txt',
    '/pages%2Findex.html',
    '/./app.js',
    '//app.js',
    '//outside.example/app.js',
    '/app.js/',
    '/app.js%00.html',
    '/app.js::$DATA',
    '/C:/Windows/win.ini',
    '/%',
    '/etc/passwd',
    'http://127.0.0.1/app.js',
    '*',
  ];
  for (const target of hostile) {
    it(`serves nothing for ${target}`, async () => {
      const answer = await askRaw(target);
      assert.match(answer, /^HTTP\/1\.1 (?:400|404) /u);
      assert.doesNotMatch(answer, /not in appRoot|outside the project|root:/u);
    });
  }

  it('serves no hidden, left out or secret file', async () => {
    const paths = [
      '/.env',
      '/.well/x.txt',
      '/debug.log',
      '/node_modules/x/index.js',
      '/deploy.p12',
    ];
    for (const path of paths) {
      assert.equal((await ask(path)).status, 404, path);
    }
  });

  it('lists no folder', async () => {
    mkdirSync(join(folder, 'src/assets'));
    for (const path of ['/assets', '/assets/', '/pages']) {
      const { status, text } = await ask(path);
      assert.equal(status, 404, path);
      assert.doesNotMatch(text, /index/u);
    }
  });

  it('follows no link out of the project, and none to a hidden file', async () => {
    const links = {
      'leak.txt': join(temp.path, 'outside.txt'),
      leak: temp.path,
      'env.txt': '.env',
      loop: 'loop',
      'gone.txt': 'missing.txt',
    };
    for (const [name, target] of Object.entries(links)) {
      symlinkSync(target, join(folder, 'src', name));
    }
    for (const path of ['/leak.txt', '/leak/outside.txt', '/env.txt', '/loop', '/gone.txt']) {
      const { status, text } = await ask(path);
      assert.equal(status, 404, path);
      assert.doesNotMatch(text, /outside|TOKEN/u);
    }
  });

  it('follows a link inside the project, as publishing does', async () => {
    symlinkSync('../secret.txt', join(folder, 'src/shared.txt'));
    assert.equal((await ask('/shared.txt')).text, 'not in appRoot');
  });

  it('serves a root whose own name is hidden', async () => {
    const root = join(folder, '.output');
    mkdirSync(root);
    writeFileSync(join(root, 'app.js'), 'built');
    const other = await startPreviewServer({ root, folder });
    try {
      assert.equal(await (await fetch(`${other.address}app.js`)).text(), 'built');
    } finally {
      await other.close();
    }
  });

  for (const [kind, make] of Object.entries(ODD_FILES)) {
    if (kind === 'a gigabyte of nothing') continue; // a file
    it(`serves nothing for a file that is ${kind}`, async () => {
      await make(join(folder, 'src/odd.txt'));
      assert.equal((await ask('/odd.txt')).status, 404);
    });
  }

  it('tells an open page to reload', async () => {
    const response = await fetch(`${server.address}.i99dash/events`);
    assert.equal(response.headers.get('content-type'), 'text/event-stream');
    const reader = response.body?.getReader() ?? assert.fail('no stream');
    server.reload();
    const { value } = (await reader.read()) as { value?: Uint8Array };
    assert.equal(Buffer.from(value ?? []).toString(), 'data: reload\n\n');
    await reader.cancel();
  });

  it('frees its port when it closes, although pages are open', async () => {
    const response = await fetch(`${server.address}.i99dash/events`);
    const ended = response.text().catch(() => 'ended');
    await server.close();
    await ended;
    await new Promise<void>((resolve, reject) => {
      const next = createServer().once('error', reject);
      next.listen(port, '127.0.0.1', () => next.close(() => resolve()));
    });
  });
});
