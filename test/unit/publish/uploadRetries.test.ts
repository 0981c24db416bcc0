import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { ApiClient } from '../../../src/core/api/client';
import type { HttpResponse, Transport } from '../../../src/core/platform/interfaces';
import { upload } from '../../../src/core/publish/upload';
import { rejectsWith } from '../../support/expect';
import { HastyClock } from '../../support/fakes';

const BYTES = Buffer.from('the packed bytes of a mini-app');
const BUNDLE = {
  size: BYTES.length,
  sha256: '0'.repeat(64),
  fileCount: 1,
  open: () => Readable.from([BYTES]),
};

/** A rejection by the storage: status and error code, if any. */
type Refusal = readonly [status: number, code?: string];

/** Returns upload URLs in order and rejects the first uploads. */
class RefusingStorage implements Transport {
  readonly puts: string[] = [];
  private addresses = 0;

  constructor(private readonly refusals: Refusal[]) {}

  send({ method, url, body }: Parameters<Transport['send']>[0]): Promise<HttpResponse> {
    if (method === 'POST') {
      const uploadUrl = `https://storage.test/${++this.addresses}?X-Signature=secret`;
      const text = JSON.stringify({ uploadUrl, bundleId: `b${this.addresses}` });
      return Promise.resolve({ status: 200, headers: {}, text });
    }
    this.puts.push(url.pathname);
    if (typeof body === 'object') body.onProgress?.(body.length);
    const [status, code] = this.refusals.shift() ?? [200];
    const text = code === undefined ? '' : `<Error><Code>${code}</Code></Error>`;
    return Promise.resolve({ status, headers: {}, text });
  }
}

function uploadTo(storage: Transport): Promise<string> {
  const tokens = { getToken: () => Promise.resolve('token') };
  const api = new ApiClient('https://api.test', storage, tokens);
  return upload({ api, transport: storage, clock: new HastyClock() }, 'trip-log', BUNDLE);
}

describe('upload rejected by the storage', () => {
  for (const [status, code] of [
    [400, 'ExpiredToken'],
    [400, 'ExpiredRequest'],
    [400, 'RequestExpired'],
    [400, 'InvalidToken'],
    [400, 'TokenRefreshRequired'],
    [401, 'AccessDenied'],
    [401, 'ExpiredToken'],
    [401, undefined],
    [403, 'AccessDenied'],
    [403, 'RequestTimeTooSkewed'],
    [403, undefined],
  ] as const) {
    const refusal: Refusal = code === undefined ? [status] : [status, code];

    it(`uses a new URL once after ${status} ${code ?? 'without a code'}`, async () => {
      const storage = new RefusingStorage([refusal]);
      assert.equal(await uploadTo(storage), 'b2');
      assert.deepEqual(storage.puts, ['/1', '/2']);
    });

    it(`fails when a new URL is rejected with ${status} ${code ?? 'too'}`, async () => {
      const storage = new RefusingStorage([refusal, refusal]);
      const error = await rejectsWith('UPLOAD_FAILED', uploadTo(storage));
      assert.deepEqual([error.status, error.serverCode], [status, code]);
      assert.deepEqual(storage.puts, ['/1', '/2']);
    });
  }

  for (const [status, code] of [
    [409, 'OperationAborted'],
    [409, 'ConditionalRequestConflict'],
    [400, 'RequestTimeout'],
    [400, 'IncompleteBody'],
    [503, 'SlowDown'],
  ] as const) {
    it(`is sent to the same URL three times in all after ${status} ${code}`, async () => {
      const twice = new RefusingStorage([
        [status, code],
        [status, code],
      ]);
      assert.equal(await uploadTo(twice), 'b1');
      const always = new RefusingStorage(Array.from({ length: 9 }, () => [status, code]));
      await rejectsWith('UPLOAD_FAILED', uploadTo(always));
      assert.deepEqual(always.puts, ['/1', '/1', '/1']);
    });
  }

  for (const [status, code] of [
    [400, 'EntityTooLarge'],
    [400, undefined],
    [404, 'NoSuchBucket'],
    [409, 'BucketAlreadyExists'],
    [409, undefined],
    [412, 'PreconditionFailed'],
  ] as const) {
    it(`is sent once after ${status} ${code ?? 'without a code'}`, async () => {
      const storage = new RefusingStorage([code === undefined ? [status] : [status, code]]);
      await rejectsWith('UPLOAD_FAILED', uploadTo(storage));
      assert.deepEqual(storage.puts, ['/1']);
    });
  }
});
