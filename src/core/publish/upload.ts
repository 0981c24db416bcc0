import { assertSecureUrl } from '../api/backendUrl';
import { I99dashError, isI99dashError } from '../errors';
import type { Transport } from '../ports';
import type { Bundle } from './bundle';

/**
 * Puts a bundle where a presigned URL says. The URL is the credential: no Authorization header goes there.
 * @throws UPLOAD_FAILED (with the storage's own code as `serverCode`), BACKEND_REFUSED, OFFLINE, TIMEOUT, TLS, CancelledError
 */
export async function uploadBundle(
  transport: Transport,
  uploadUrl: URL,
  bundle: Bundle,
  { signal, onProgress }: { signal?: AbortSignal; onProgress?: (sent: number) => void } = {},
): Promise<void> {
  assertSecureUrl(uploadUrl, 'storage');
  const response = await transport.send({
    method: 'PUT',
    url: uploadUrl,
    headers: { 'content-type': 'application/gzip' },
    body: {
      length: bundle.size,
      open: () => bundle.open(),
      ...(onProgress === undefined ? {} : { onProgress }),
    },
    ...(signal === undefined ? {} : { signal }),
  });
  if (response.status < 200 || response.status > 299) {
    throw storageError(response.status, response.text);
  }
}

/** Storage answers errors as S3-style XML; its code is all that is shown of it. */
function storageError(status: number, xml: string): I99dashError {
  const code = /<Code>(\w{1,64})<\/Code>/u.exec(xml)?.[1];
  return new I99dashError(
    'UPLOAD_FAILED',
    `The storage refused the upload (${code ?? `HTTP ${status}`}).`,
    { status, ...(code === undefined ? {} : { serverCode: code }) },
  );
}

/** True when the upload address itself was refused, so that a fresh one is worth asking for. */
export function isUploadUrlRefused(error: unknown): boolean {
  return isI99dashError(error, 'UPLOAD_FAILED') && error.status === 403;
}
