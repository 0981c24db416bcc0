import type { BackendRequest, BackendResponse, Context, Handler, Params, Route } from '../exchange';
import { isPresigned } from '../presign';
import type { Bundle } from '../state/model';

/** An error of the storage in S3's format. */
class StorageError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Receives an upload at its presigned URL. The URL is the credential; a request with another one is
 * rejected.
 */
const putBundle: Handler = async (request, context, params) => {
  try {
    const bundle = authorize(request, context, params);
    await context.state.bundles.receive(bundle, request.stream);
    const etag = `"${bundle.received?.sha256 ?? ''}"`;
    return { status: 200, headers: { etag, 'content-length': '0' }, body: '' };
  } catch (error) {
    if (error instanceof StorageError) return xml(error, request);
    throw error;
  }
};

function authorize(request: BackendRequest, context: Context, params: Params): Bundle {
  const { headers, query } = request;
  const length = headers['content-length'];
  if (headers['authorization'] !== undefined) {
    throw new StorageError(400, 'InvalidArgument', 'Only one auth mechanism allowed');
  }
  if (headers['transfer-encoding'] !== undefined) {
    const message = 'A header you provided implies functionality that is not implemented';
    throw new StorageError(501, 'NotImplemented', message);
  }
  if (length === undefined) {
    const message = 'You must provide the Content-Length HTTP header.';
    throw new StorageError(411, 'MissingContentLength', message);
  }
  requireSignature(request, context, query.get('X-Expires') ?? '', length);
  const bundle = context.state.bundles.find(params['bundleId'] ?? '');
  if (bundle === undefined) throw new StorageError(404, 'NoSuchKey', 'The key does not exist.');
  return bundle;
}

function requireSignature(
  { method, path, headers, query }: BackendRequest,
  { state, now }: Context,
  expires: string,
  contentLength: string,
): void {
  const signature = query.get('X-Signature');
  if (signature === null || !/^\d+$/.test(expires)) {
    throw new StorageError(403, 'AccessDenied', 'Access Denied');
  }
  if (now() >= Number(expires) * 1000) {
    throw new StorageError(403, 'AccessDenied', 'Request has expired');
  }
  const contentType = headers['content-type'] ?? '';
  const signed = { method, path, expires, contentType, contentLength };
  if (!isPresigned(signed, signature, state.secret)) {
    const message =
      'The request signature we calculated does not match the signature you provided.';
    throw new StorageError(403, 'SignatureDoesNotMatch', message);
  }
}

function xml({ status, code, message }: StorageError, request: BackendRequest): BackendResponse {
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<Error><Code>${code}</Code><Message>${message}</Message><RequestId>${request.id}</RequestId></Error>`,
  ];
  return { status, headers: { 'content-type': 'application/xml' }, body: lines.join('\n') };
}

export const storageRoutes: readonly Route[] = [
  { method: 'PUT', pattern: '/storage/:bundleId', handler: putBundle, streamed: true },
];
