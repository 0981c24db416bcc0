import { once } from 'node:events';
import { createServer, request as forward, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import { S3RequestPresigner } from '@aws-sdk/s3-request-presigner';
import S3rver from 's3rver';

export const BUCKET = 'bundles';

/**
 * An S3-compatible server behind a signature check with AWS's own presigner, because s3rver does
 * not verify version 4 signatures.
 */
export interface StrictStorage {
  readonly client: S3Client;
  close(): Promise<void>;
}

/** Starts a storage server with one bucket, {@link BUCKET}, that keeps its objects in a folder. */
export async function startStrictStorage(folder: string): Promise<StrictStorage> {
  const inner = new S3rver({
    directory: folder,
    port: 0,
    silent: true,
    configureBuckets: [{ name: BUCKET, configs: [] }],
  });
  const { port: innerPort } = await inner.run();
  const gate = createServer();
  gate.listen(0, '127.0.0.1');
  await once(gate, 'listening');
  const { port } = gate.address() as AddressInfo;
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  guard(gate, client, innerPort);
  const close = async (): Promise<void> => {
    client.destroy();
    gate.closeAllConnections();
    gate.close();
    await inner.close();
  };
  return { client, close };
}

function guard(gate: Server, client: S3Client, innerPort: number): void {
  gate.on('request', (incoming, answer) => {
    void signatureMatches(incoming, client).then((matches) => {
      if (!matches) {
        answer.writeHead(403, { 'content-type': 'application/xml', connection: 'close' });
        answer.end('<Error><Code>SignatureDoesNotMatch</Code><Message>no</Message></Error>');
        return;
      }
      const { method, url, headers } = incoming;
      const options = { port: innerPort, host: '127.0.0.1', method, path: url, headers };
      incoming.pipe(
        forward(options, (inner) => {
          answer.writeHead(inner.statusCode ?? 500, inner.headers);
          inner.pipe(answer);
        }),
      );
    });
  });
}

/**
 * Signs the received request again with the received headers and compares the signatures. Requests
 * without a presigned URL pass.
 */
async function signatureMatches(incoming: IncomingMessage, client: S3Client): Promise<boolean> {
  const url = new URL(incoming.url ?? '/', `http://${incoming.headers.host ?? ''}`);
  const given = url.searchParams.get('X-Amz-Signature');
  if (given === null) {
    return true;
  }
  const names = (url.searchParams.get('X-Amz-SignedHeaders') ?? '').split(';');
  const own = ['Algorithm', 'Credential', 'Date', 'Expires', 'SignedHeaders', 'Signature'];
  const ownNames = new Set([...own, 'Content-Sha256'].map((name) => `X-Amz-${name}`));
  const query = Object.fromEntries([...url.searchParams].filter(([name]) => !ownNames.has(name)));
  const headers = Object.fromEntries(
    names.map((name) => [name, String(incoming.headers[name] ?? '')]),
  );
  const presigner = new S3RequestPresigner({ ...client.config });
  const signed = await presigner.presign(
    {
      method: incoming.method ?? 'GET',
      protocol: 'http:',
      hostname: url.hostname,
      port: Number(url.port),
      path: url.pathname,
      query,
      headers,
    },
    {
      signingDate: toDate(url.searchParams.get('X-Amz-Date') ?? ''),
      expiresIn: Number(url.searchParams.get('X-Amz-Expires')),
      signableHeaders: new Set(names),
    },
  );
  return signed.query?.['X-Amz-Signature'] === given;
}

function toDate(basic: string): Date {
  return new Date(basic.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/u, '$1-$2-$3:$4:$5'));
}
