import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { ApiClient } from '../../../src/core/api/client';
import { requestUpload } from '../../../src/core/api/publishing';
import { createUndiciTransport } from '../../../src/core/http/undiciTransport';
import type { Transport } from '../../../src/core/platform/interfaces';
import type { Bundle } from '../../../src/core/publish/packing/bundle';
import { putBundle } from '../../../src/core/publish/upload';
import type { Fault } from '../../backend/faults';
import { type Backend, DEFAULT_ACCOUNT, startBackend } from '../../backend/server';
import { rejectsWith } from '../../support/expect';

const BYTES = Buffer.from('the packed bytes of a mini-app');
const SHA256 = createHash('sha256').update(BYTES).digest('hex');

function* pieces(bytes: number): Generator<Buffer> {
  const piece = Buffer.alloc(64 * 1024);
  for (let left = bytes; left > 0; left -= piece.length) yield piece;
}

function bundleOf(bytes: Buffer): Pick<Bundle, 'size' | 'open'> {
  const open = (): Readable => Readable.from([bytes]);
  return { size: bytes.length, open };
}

describe('upload', () => {
  const transport = createUndiciTransport();
  let backend: Backend;
  let url: URL;
  let bundleId: string;

  beforeEach(async () => {
    backend = await startBackend();
    const token = backend.state.mintToken({ devId: DEFAULT_ACCOUNT.devId, lifeSeconds: 60 });
    const api = new ApiClient(backend.url, transport, { getToken: () => Promise.resolve(token) });
    const bundle = { appId: 'trip-log', contentLength: BYTES.length, sha256: SHA256 };
    ({ uploadUrl: url, bundleId } = await requestUpload(api, bundle));
  });
  afterEach(() => backend.close());

  const received = () => backend.state.bundles.find(bundleId)?.received;

  it('puts the bytes at the given URL without a credential', async () => {
    const progress: number[] = [];
    await putBundle(transport, { uploadUrl: url }, bundleOf(BYTES), {
      onProgress: (sent) => progress.push(sent),
    });
    assert.deepEqual(received(), { bytes: BYTES.length, sha256: SHA256 });
    assert.deepEqual(progress, [BYTES.length]);
    const request = backend.requests.at(-1);
    assert.equal(request?.method, 'PUT');
    assert.equal(request.hasAuthorization, false);
    assert.equal(request.headers['content-type'], 'application/gzip');
    assert.equal(request.headers['content-length'], String(BYTES.length));
    assert.equal(request.headers['transfer-encoding'], undefined);
  });

  it('carries the error code of the storage', async () => {
    const forged = new URL(url);
    forged.searchParams.set('X-Signature', 'f00');
    const missing = new URL(url);
    missing.searchParams.delete('X-Signature');
    const longer = Buffer.concat([BYTES, BYTES]);
    for (const [target, bytes, code] of [
      [forged, BYTES, 'SignatureDoesNotMatch'],
      [url, longer, 'SignatureDoesNotMatch'],
      [missing, BYTES, 'AccessDenied'],
    ] as const) {
      const refused = putBundle(transport, { uploadUrl: target }, bundleOf(bytes));
      const error = await rejectsWith('UPLOAD_FAILED', refused);
      assert.deepEqual([error.status, error.serverCode], [403, code]);
      assert.ok(error.message.includes(code));
      assert.equal(error.status, 403);
    }
    assert.equal(received(), undefined);
  });

  const answers: [Fault, number, string | undefined][] = [
    [{ kind: 'status', status: 503, code: null }, 503, undefined],
    [{ kind: 'html' }, 502, undefined],
    [{ kind: 'redirect', location: 'http://127.0.0.1:1/' }, 302, undefined],
    [
      {
        kind: 'custom',
        handler: () => ({
          status: 400,
          headers: {},
          body: '<Error><Code>RequestTimeout</Code><Message>s3cret</Message></Error>',
        }),
      },
      400,
      'RequestTimeout',
    ],
    [
      {
        kind: 'custom',
        handler: () => ({
          status: 500,
          headers: {},
          body: '<Code>[x](command:evil) s3cret</Code>',
        }),
      },
      500,
      undefined,
    ],
  ];
  for (const [fault, status, code] of answers) {
    it(`fails with status ${status} and shows only a code`, async () => {
      backend.faults.inject({ match: { method: 'PUT' }, fault });
      const error = await rejectsWith(
        'UPLOAD_FAILED',
        putBundle(transport, { uploadUrl: url }, bundleOf(BYTES)),
      );
      assert.deepEqual([error.status, error.serverCode], [status, code]);
      assert.equal(error.message, `The storage refused the upload (${code ?? `HTTP ${status}`}).`);
      assert.notEqual(error.status, 403);
    });
  }

  it('never uses an insecure URL', async () => {
    for (const text of [
      'http://storage.example.com/bundle?X-Signature=s3cret',
      'ftp://localhost/bundle?X-Signature=s3cret',
      'file:///tmp/bundle?X-Signature=s3cret',
    ]) {
      const refused = putBundle(transport, { uploadUrl: new URL(text) }, bundleOf(BYTES));
      const { message } = await rejectsWith('BACKEND_REFUSED', refused);
      assert.ok(!message.includes('s3cret'), message);
    }
  });

  it('never goes to a service on this computer for a remote backend', async () => {
    for (const uploadUrl of ['http://127.0.0.1:9200/index?s3cret', 'https://localhost/?s3cret']) {
      const elsewhere: Transport = {
        send: () => {
          const text = JSON.stringify({ uploadUrl, bundleId: 'b' });
          return Promise.resolve({ status: 200, headers: {}, text });
        },
      };
      const tokens = { getToken: () => Promise.resolve('token') };
      const api = new ApiClient('https://api.i99dash.app', elsewhere, tokens);
      const bundle = { appId: 'trip-log', contentLength: BYTES.length, sha256: SHA256 };
      const { message } = await rejectsWith('BACKEND_REFUSED', requestUpload(api, bundle));
      assert.ok(!message.includes('s3cret'), message);
    }
  });

  it('fails when the storage reports success before it has all bytes', async () => {
    const storage = createServer((_request, response) => response.end()); // reads no body
    storage.listen(0, '127.0.0.1');
    await once(storage, 'listening');
    const { port } = storage.address() as AddressInfo;
    const size = 64 * 1024 * 1024; // more than the socket buffers hold
    const open = (): Readable => Readable.from(pieces(size), { objectMode: false });
    try {
      const uploadUrl = new URL(`http://127.0.0.1:${port}/bundle`);
      await rejectsWith('PROTOCOL', putBundle(transport, { uploadUrl }, { size, open }));
    } finally {
      storage.closeAllConnections();
      storage.close();
    }
  });

  it('does not show its URL when the storage is unreachable', async () => {
    await backend.close();
    const { message } = await rejectsWith(
      'OFFLINE',
      putBundle(transport, { uploadUrl: url }, bundleOf(BYTES)),
    );
    assert.ok(message.includes(url.host) && !message.includes('X-'), message);
  });
});
