import { createHmac, timingSafeEqual } from 'node:crypto';

/** The request that a presigned URL allows. */
export interface PresignedRequest {
  readonly method: string;
  readonly path: string;
  /** Seconds since the epoch, as text. */
  readonly expires: string;
  readonly contentType: string;
  /** Bytes, as text. */
  readonly contentLength: string;
}

/** Computes the hex signature of a presigned request. */
export function presign(request: PresignedRequest, secret: string): string {
  const { method, path, expires, contentType, contentLength } = request;
  const canonical = [method, path, expires, contentType, contentLength].join('\n');
  return createHmac('sha256', secret).update(canonical).digest('hex');
}

/** Checks whether `presign` made `signature` for this request. */
export function isPresigned(request: PresignedRequest, signature: string, secret: string): boolean {
  const expected = Buffer.from(presign(request, secret));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
