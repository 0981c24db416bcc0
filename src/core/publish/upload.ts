import type { ApiClient } from '../api/client';
import { assertSecureUrl } from '../api/backendUrl';
import { requestUpload, type UploadTarget } from '../api/miniApps';
import { I99dashError, isI99dashError } from '../errors';
import type { Clock, Transport } from '../ports';
import type { Bundle } from './bundle';
import { delay, isPassing } from '../retry';

/** How often a broken upload is tried in all. */
const ATTEMPTS = 3;
const FIRST_WAIT_MS = 1_000;
/** Longer waits are for the user to decide on. */
const MAX_WAIT_MS = 10_000;

export interface UploadPorts {
  api: ApiClient;
  transport: Transport;
  clock: Clock;
}

export interface UploadOptions {
  signal?: AbortSignal;
  /** Called with the bytes sent so far in this attempt. */
  onProgress?: (sent: number) => void;
}

/**
 * Brings a bundle to the storage. A broken upload is tried again; an upload address that the storage no longer takes is asked for anew
 * once.
 * @returns the bundle's id
 * @throws UPLOAD_FAILED (with the storage's own code as `serverCode`), BACKEND_REFUSED, OFFLINE, TIMEOUT, TLS, CancelledError, and what the API
 * client throws
 */
export async function upload(
  { api, transport, clock }: UploadPorts,
  appId: string,
  bundle: Bundle,
  options: UploadOptions = {},
): Promise<string> {
  const { signal } = options;
  const announced = { appId, contentLength: bundle.size, sha256: bundle.sha256 };
  let target = await requestUpload(api, announced, signal);
  let renewed = false;
  for (let attempt = 1; ; attempt++) {
    try {
      await putBundle(transport, target, bundle, options);
      return target.bundleId;
    } catch (error) {
      if (isUploadUrlRefused(error) && !renewed) {
        renewed = true;
        target = await requestUpload(api, announced, signal);
      } else if (isPassing(error) && attempt < ATTEMPTS) {
        await delay(clock, waitAfter(error, attempt), signal);
      } else {
        throw error;
      }
    }
  }
}

/** Puts a bundle where a presigned URL says. The URL is the credential: no Authorization header goes there. */
export async function putBundle(
  transport: Transport,
  { uploadUrl }: Pick<UploadTarget, 'uploadUrl'>,
  bundle: Pick<Bundle, 'size' | 'open'>,
  { signal, onProgress }: UploadOptions = {},
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
function isUploadUrlRefused(error: unknown): boolean {
  return isI99dashError(error, 'UPLOAD_FAILED') && error.status === 403;
}

function waitAfter(error: unknown, attempt: number): number {
  const asked = isI99dashError(error) ? (error.retryAfterMs ?? 0) : 0;
  return Math.min(MAX_WAIT_MS, Math.max(asked, FIRST_WAIT_MS * 2 ** (attempt - 1)));
}
