import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { createUndiciTransport } from '../../../src/core/http/undiciTransport';
import { putBundle } from '../../../src/core/publish/upload';
import { rejectsWith } from '../../support/expect';
import { BUCKET, startStrictStorage, type StrictStorage } from '../../support/strict-storage';
import { useTempFolder } from '../../support/temp-folder';

const KEY = 'bnd_1.tar.gz';

describe('S3-compatible storage with a presigned AWS URL', () => {
  const temp = useTempFolder('all');
  const transport = createUndiciTransport();
  const bytes = randomBytes(300_000);
  const bundle = { size: bytes.length, open: () => Readable.from([bytes]) };
  let storage: StrictStorage;

  before(async () => {
    storage = await startStrictStorage(temp.path);
  });

  after(() => storage.close());

  /** The signed values: the content type and exact length, besides method, path and expiry. */
  async function presign(options: { expiresIn?: number } = {}): Promise<URL> {
    const command = new PutObjectCommand({
      Bucket: BUCKET,
      Key: KEY,
      ContentType: 'application/gzip',
      ContentLength: bundle.size,
    });
    const signableHeaders = new Set(['content-type', 'content-length', 'host']);
    return new URL(
      await getSignedUrl(storage.client, command, { expiresIn: 60, signableHeaders, ...options }),
    );
  }

  it('accepts the uploaded bundle', async () => {
    const uploadUrl = await presign();
    assert.match(uploadUrl.searchParams.get('X-Amz-SignedHeaders') ?? '', /content-length/u);
    await putBundle(transport, { uploadUrl }, bundle);
    const { Body, ContentType } = await storage.client.send(
      new GetObjectCommand({ Bucket: BUCKET, Key: KEY }),
    );
    const stored = (await Body?.transformToByteArray()) ?? new Uint8Array();
    const hash = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');
    assert.equal(hash(stored), hash(bytes));
    assert.equal(ContentType, 'application/gzip');
  });

  it('rejects another signature, and the error has its code', async () => {
    const uploadUrl = await presign();
    uploadUrl.searchParams.set('X-Amz-Signature', '0'.repeat(64));
    const error = await rejectsWith('UPLOAD_FAILED', putBundle(transport, { uploadUrl }, bundle));
    assert.deepEqual([error.status, error.serverCode], [403, 'SignatureDoesNotMatch']);
  });

  it('rejects a bundle whose length differs from the signed one', async () => {
    const uploadUrl = await presign();
    const shorter = { size: 10, open: () => Readable.from([bytes.subarray(0, 10)]) };
    const error = await rejectsWith('UPLOAD_FAILED', putBundle(transport, { uploadUrl }, shorter));
    assert.equal(error.serverCode, 'SignatureDoesNotMatch');
  });
});
