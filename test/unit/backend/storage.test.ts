import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Backend, startBackend } from '../../backend/server';
import { call, put, rawRequest, sha256, uploadUrl } from './client';

describe('backend: bundle storage', () => {
  const bytes = Buffer.from('the bytes of a bundle');
  let now = Date.parse('2030-01-01T00:00:00Z');
  let backend: Backend;
  let url: string;
  let bundleId: string;
  let token: string;

  beforeEach(async () => {
    backend = await startBackend({ now: () => now });
    token = backend.state.mintToken({ devId: 'dev_local', lifeSeconds: 3600 });
    ({ url, bundleId } = await uploadUrl(backend, token, bytes));
  });
  afterEach(() => backend.close());

  /** Sends a manual PUT and expects an XML rejection as S3 sends it. */
  async function expectRefusal(expected: [number, string], head: string[], target = url) {
    const { origin, pathname, search } = new URL(target);
    const lines = [`PUT ${pathname}${search} HTTP/1.1`, ...head];
    const answer = await rawRequest(origin, lines, bytes);
    const status = Number(/^HTTP\/1.1 (\d+)/.exec(answer)?.[1]);
    assert.deepEqual([status, /<Code>(\w+)<\/Code>/.exec(answer)?.[1]], expected);
    assert.match(answer, /content-type: application\/xml/i);
    assert.equal(backend.state.bundles.find(bundleId)?.received, undefined);
  }

  const type = 'Content-Type: application/gzip';
  const length = `Content-Length: ${bytes.length}`;

  it('presigns a URL on itself that contains its expiry', async () => {
    const json = { appId: 'trip-log', contentLength: 5, sha256: 'a'.repeat(64) };
    const { data } = await call(backend, 'POST /api/v1/mini-apps/upload-url', { json, token });
    const { uploadUrl: signed, expiresAt } = data as { uploadUrl: string; expiresAt: string };
    assert.ok(signed.startsWith(`${backend.url}/storage/bnd_`));
    assert.equal(expiresAt, '2030-01-01T00:15:00.000Z');
  });

  it('accepts the announced upload without a credential and hashes it', async () => {
    const response = await put(url, bytes);
    assert.deepEqual([response.status, await response.text()], [200, '']);
    const received = { bytes: bytes.length, sha256: sha256(bytes) };
    assert.deepEqual(backend.state.bundles.find(bundleId)?.received, received);
    assert.ok(existsSync(backend.state.bundles.pathOf(bundleId)));
  });

  it('accepts a large bundle', async () => {
    const large = Buffer.alloc(8 * 1024 * 1024, 'i99dash');
    const announced = await uploadUrl(backend, token, large);
    assert.equal((await put(announced.url, large)).status, 200);
    const stored = await readFile(backend.state.bundles.pathOf(announced.bundleId));
    assert.equal(sha256(stored), sha256(large));
    assert.equal(backend.requests.at(-1)?.bodyBytes, large.length);
  });

  it('streams to disk with bounded memory', async () => {
    const bundle = backend.state.bundles.find(bundleId)!;
    const folder = dirname(backend.state.bundles.pathOf(bundleId));
    const chunk = Buffer.alloc(64 * 1024, 'x');
    let sent = 0;
    let mostHeld = 0;
    async function* chunks(): AsyncGenerator<Buffer> {
      while (sent < 16 * 1024 * 1024) {
        mostHeld = Math.max(mostHeld, sent - (await bytesIn(folder)));
        sent += chunk.length;
        yield chunk;
      }
    }
    await backend.state.bundles.receive(bundle, chunks());
    assert.equal(bundle.received?.bytes, sent);
    assert.ok(mostHeld < 4 * 1024 * 1024, `${mostHeld} bytes in memory`);
  });

  it('rejects a second credential', async () => {
    const head = [type, length, `Authorization: Bearer ${token}`];
    await expectRefusal([400, 'InvalidArgument'], head);
  });

  it('rejects a request without a content-length', async () => {
    const { origin, pathname, search } = new URL(url);
    const answer = await rawRequest(origin, [`PUT ${pathname}${search} HTTP/1.1`, type]);
    assert.match(answer, /^HTTP\/1.1 411 /);
    assert.match(answer, /<Code>MissingContentLength<\/Code>/);
  });

  it('rejects chunked encoding', async () => {
    const { origin, pathname, search } = new URL(url);
    const head = [`PUT ${pathname}${search} HTTP/1.1`, type, 'Transfer-Encoding: chunked'];
    const answer = await rawRequest(origin, head, '3\r\nabc\r\n0\r\n\r\n');
    assert.match(answer, /^HTTP\/1.1 501 /);
    assert.match(answer, /<Code>NotImplemented<\/Code>/);
  });

  it('rejects another content-type or none', async () => {
    const expected: [number, string] = [403, 'SignatureDoesNotMatch'];
    await expectRefusal(expected, ['Content-Type: application/zip', length]);
    await expectRefusal(expected, [length]);
  });

  it('rejects another length', async () => {
    const head = [type, `Content-Length: ${bytes.length - 1}`];
    await expectRefusal([403, 'SignatureDoesNotMatch'], head);
  });

  it('rejects an expired URL', async () => {
    now += 900_000;
    await expectRefusal([403, 'AccessDenied'], [type, length]);
  });

  it('rejects a URL whose expiry, path or signature was changed', async () => {
    const { bundleId: other } = await uploadUrl(backend, token, bytes);
    const mismatch: [number, string] = [403, 'SignatureDoesNotMatch'];
    await expectRefusal(mismatch, [type, length], url.replace(/X-Expires=\d/, 'X-Expires=9'));
    await expectRefusal(mismatch, [type, length], url.replace(bundleId, other));
    await expectRefusal(mismatch, [type, length], url.slice(0, -1));
    const denied: [number, string] = [403, 'AccessDenied'];
    await expectRefusal(denied, [type, length], url.replace(/\?.*/, ''));
  });

  it('keeps nothing of an interrupted upload', async () => {
    backend.faults.inject({ fault: { kind: 'reset', when: 'while-reading' } });
    await assert.rejects(put(url, bytes));
    assert.equal(backend.state.bundles.find(bundleId)?.received, undefined);
    assert.equal((await put(url, bytes)).status, 200);
  });
});

/** Returns the total size of all files in a folder. */
async function bytesIn(folder: string): Promise<number> {
  const names = await readdir(folder);
  const sizes = names.map(async (name) => (await stat(join(folder, name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
