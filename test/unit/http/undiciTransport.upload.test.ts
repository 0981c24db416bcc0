import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { createUndiciTransport } from '../../../src/core/http/undiciTransport';
import type { HttpRequest, Transport } from '../../../src/core/platform/interfaces';
import type { BackendRequest, BackendResponse } from '../../backend/exchange';
import { type Backend, startBackend } from '../../backend/server';
import { rejectsWith } from '../../support/expect';
import { FakeClock } from '../../support/fakes';
import { useTempFolder } from '../../support/temp-folder';

/** A path whose request body the backend streams. */
const PATH = '/storage/bnd_x';
const MIB = 1024 * 1024;
/** Used only by uploads that never end. */
const STALL_MS = 300;
const createImpatientTransport = () => createUndiciTransport({ stallTimeoutMs: STALL_MS });

describe('transport uploads', () => {
  const temp = useTempFolder();
  let transport: Transport;
  let backend: Backend;
  let sources: Readable[];

  beforeEach(async () => {
    sources = [];
    transport = createUndiciTransport();
    backend = await startBackend();
  });
  afterEach(() => backend.close());

  const put = (
    length: number,
    source: () => Readable,
    options: Partial<HttpRequest> & { onProgress?: (sent: number) => void } = {},
  ) => {
    const { onProgress, ...request } = options;
    const open = () => {
      const stream = source();
      sources.push(stream);
      return stream;
    };
    return transport.send({
      method: 'PUT',
      url: new URL(PATH, backend.url),
      body: { length, open, ...(onProgress === undefined ? {} : { onProgress }) },
      ...request,
    });
  };
  const answer = (handler: (request: BackendRequest) => Promise<BackendResponse>) =>
    backend.faults.inject({ fault: { kind: 'custom', handler } });
  const endless = () =>
    new Readable({
      read() {
        this.push(Buffer.alloc(64 * 1024, 'x'));
      },
    });
  /** A source of exactly one byte. */
  const silent = () => {
    const stream = new Readable({ read: () => undefined });
    stream.push('x');
    return stream;
  };
  const assertDestroyed = (count = 1) =>
    assert.deepEqual(
      sources.map(({ destroyed }) => destroyed),
      Array<boolean>(count).fill(true),
    );

  it('send the bytes unchanged with their length', async () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
    const file = join(temp.path, 'bytes');
    await writeFile(file, bytes);
    const received: Buffer[] = [];
    answer(async ({ stream }) => {
      for await (const chunk of stream) received.push(chunk);
      return { status: 201, headers: {}, body: 'taken' };
    });
    const progress: number[] = [];
    const { status, text } = await put(bytes.length, () => createReadStream(file), {
      headers: { 'content-type': 'application/gzip' },
      onProgress: (sent) => progress.push(sent),
    });
    assert.deepEqual([status, text], [201, 'taken']);
    assert.ok(Buffer.concat(received).equals(bytes));
    const { headers } = backend.requests[0]!;
    assert.equal(headers['content-length'], String(bytes.length));
    assert.equal(headers['transfer-encoding'], undefined);
    assert.equal(headers['content-type'], 'application/gzip');
    assert.ok(progress.length > 1, 'more than one step');
    assert.deepEqual(
      progress,
      [...progress].sort((a, b) => a - b),
    );
    assert.equal(progress.at(-1), bytes.length);
    assertDestroyed();
  });

  it('fail when the source has fewer or more bytes than declared', async () => {
    for (const length of [4, 6]) {
      await rejectsWith(
        'UPLOAD_FAILED',
        put(length, () => Readable.from([Buffer.from('12345')])),
      );
    }
    assertDestroyed(2);
  });

  it('fail when the source cannot be read', async () => {
    const gone = join(temp.path, 'gone');
    await rejectsWith(
      'UPLOAD_FAILED',
      put(5, () => createReadStream(gone)),
    );
    await rejectsWith(
      'UPLOAD_FAILED',
      put(5, () =>
        Readable.from(
          (function* () {
            yield Buffer.from('12');
            throw new Error('disk on fire');
          })(),
        ),
      ),
    );
    assertDestroyed(2);
  });

  it('report a rejection that arrives before all bytes are sent', async () => {
    const { status, text } = await put(64 * MIB, endless);
    assert.equal(status, 403);
    assert.match(text, /<Code>AccessDenied<\/Code>/);
    assertDestroyed();
  });

  it('close the source when the connection is refused', async () => {
    await backend.close();
    await rejectsWith('OFFLINE', put(MIB, endless));
    await rejectsWith('OFFLINE', put(MIB, silent));
    assertDestroyed(2);
  });

  it('handle a source error after the request has ended', async () => {
    const unreadable = () => createReadStream(join(temp.path, 'gone'));
    await assert.rejects(put(MIB, unreadable, { signal: AbortSignal.abort() }), {
      name: 'CancelledError',
    });
    const [source] = sources;
    assert.ok(source);
    if (!source.closed) await new Promise((resolve) => source.once('close', resolve));
  });

  it('close the source when the connection breaks', async () => {
    backend.faults.inject({ fault: { kind: 'reset', when: 'while-reading' } });
    await rejectsWith('OFFLINE', put(64 * MIB, endless));
    assertDestroyed();
  });

  it('close the source when they are cancelled before they start', async () => {
    await assert.rejects(put(MIB, endless, { signal: AbortSignal.abort() }), {
      name: 'CancelledError',
    });
    assert.ok(sources.every(({ destroyed }) => destroyed));
    assert.equal(backend.requests.length, 0);
  });

  it('close the source when they are cancelled in progress', async () => {
    for (const source of [endless, silent]) {
      backend.faults.inject({ fault: { kind: 'hang' } });
      const caller = new AbortController();
      const upload = put(64 * MIB, source, { signal: caller.signal });
      const count = sources.length;
      await backend.waitForRequest(() => backend.requests.length === count);
      caller.abort();
      await assert.rejects(upload, { name: 'CancelledError' });
    }
    assertDestroyed(2);
  });

  it('time out when the server stops reading', async () => {
    transport = createImpatientTransport();
    backend.faults.inject({ fault: { kind: 'hang' } });
    await rejectsWith('TIMEOUT', put(64 * MIB, endless));
    assertDestroyed();
  });

  it('time out when the source stops', async () => {
    transport = createImpatientTransport();
    backend.faults.inject({ fault: { kind: 'hang' } });
    await rejectsWith('TIMEOUT', put(MIB, silent));
    assertDestroyed();
  });

  it('time out when all bytes are sent and no answer arrives', async () => {
    transport = createImpatientTransport();
    backend.faults.inject({ fault: { kind: 'hang' } });
    await rejectsWith(
      'TIMEOUT',
      put(5, () => Readable.from([Buffer.from('12345')])),
    );
  });

  it('wait for bytes that the system has buffered but not sent', async () => {
    transport = createImpatientTransport();
    const size = 2 * MIB; // less than the socket buffers hold
    answer(async ({ stream }) => {
      for await (const chunk of stream) await delay(chunk.length / (size / (3 * STALL_MS)));
      return { status: 200, headers: {}, body: 'all' };
    });
    const { text } = await put(size, () => Readable.from([Buffer.alloc(size)]));
    assert.equal(text, 'all');
  });

  it('have no total deadline while bytes move', async () => {
    answer(async ({ stream }) => {
      let size = 0;
      for await (const chunk of stream) size += chunk.length;
      return { status: 200, headers: {}, body: String(size) };
    });
    const clock = new FakeClock();
    transport = createUndiciTransport({ clock, stallTimeoutMs: STALL_MS });
    const steps = 8;
    const started = clock.now();
    const progress = new EventEmitter();
    const slowly = async function* () {
      for (let step = 0; step < steps; step += 1) {
        clock.advance(STALL_MS * 0.8);
        const moved = once(progress, 'moved');
        yield Buffer.from('x');
        await moved;
      }
    };
    const { text } = await put(steps, () => Readable.from(slowly(), { objectMode: false }), {
      timeoutMs: 1,
      onProgress: () => progress.emit('moved'),
    });
    assert.equal(text, String(steps));
    assert.ok(clock.now() - started > STALL_MS, 'longer than the stall deadline');
  });
});
