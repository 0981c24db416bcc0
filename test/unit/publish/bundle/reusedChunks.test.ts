import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { createUndiciTransport } from '../../../../src/core/http/undiciTransport';
import { openReusing } from '../../../../src/core/publish/bundle/reusedChunks';
import { useTempFolder } from '../../../support/temp-folder';

const MIB = 1024 * 1024;

describe('file read into the same buffer repeatedly', () => {
  const temp = useTempFolder();
  const bytes = randomBytes(12 * MIB + 321);
  let file: string;
  let server: Server;

  beforeEach(async () => {
    file = join(temp.path, 'bundle');
    await writeFile(file, bytes);
    // Slow, so that the data has to wait in every buffer on the way.
    server = createServer((request, response) => {
      void (async () => {
        const hash = createHash('sha256');
        for await (const chunk of request) {
          hash.update(chunk as Buffer);
          await turn();
        }
        response.end(hash.digest('hex'));
      })();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => server.close());

  const send = (path: string) =>
    createUndiciTransport().send({
      method: 'PUT',
      url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`),
      body: { length: bytes.length, open: () => openReusing(path) },
    });

  it('arrives intact over a slow connection', async () => {
    const expected = createHash('sha256').update(bytes).digest('hex');
    for (let round = 0; round < 3; round++) {
      assert.equal((await send(file)).text, expected);
    }
  });

  it('uses no more memory than its buffer', async () => {
    const buffers = new Set<ArrayBufferLike>();
    let length = 0;
    for await (const chunk of openReusing(file) as AsyncIterable<Buffer>) {
      buffers.add(chunk.buffer);
      length += chunk.length;
    }
    assert.equal(length, bytes.length);
    assert.deepEqual(
      [...buffers].map(({ byteLength }) => byteLength),
      [MIB],
    );
  });

  it('fails when the file is missing', async () => {
    await assert.rejects(send(join(temp.path, 'gone')), { code: 'UPLOAD_FAILED' });
  });
});
