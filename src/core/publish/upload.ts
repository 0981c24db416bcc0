import type { ApiClient } from '../api/client';
import { assertSecureUrl, isElsewhere } from '../api/backendUrl';
import { readRetryAfter, withRetryTime } from '../http/retryAfter';
import { requestUpload, type PublishCalls, type UploadTarget } from '../api/publishing';
import { I99dashError, isI99dashError } from '../errors';
import { t } from '../text/l10n';
import type { Clock, HttpResponse, Transport } from '../platform/interfaces';
import { MAX_ATTEMPTS, isTransient, retry, retryDelay } from '../http/retry';
import type { Bundle } from './packing/bundle';
import type { Progress } from './stages';

export interface UploadDeps {
  api: ApiClient;
  transport: Transport;
  clock: Clock;
  signal?: AbortSignal | undefined;
  onProgress?: (progress: Progress) => void;
}

export interface PutOptions {
  signal?: AbortSignal | undefined;
  /** Called with the bytes sent so far. */
  onProgress?: (sent: number) => void;
  /** Whether to reject storage on this computer. */
  onlyElsewhere?: boolean;
}

/**
 * Uploads a bundle to the storage. Retries a failed upload, and a failed request for its address,
 * unless the storage asks for a long delay. Requests a new address once if the storage no longer
 * accepts the first.
 * @returns the bundle's ID
 * @throws UPLOAD_FAILED with the storage's own code as `serverCode`
 * @throws PROTOCOL, BACKEND_REFUSED, OFFLINE, TIMEOUT, TLS
 * @throws CancelledError
 * @throws what the API client throws
 */
export async function upload(
  { api, transport, clock, signal, onProgress }: UploadDeps,
  appId: string,
  bundle: Pick<Bundle, 'size' | 'sha256' | 'open'>,
  calls?: PublishCalls,
): Promise<string> {
  const announced = { appId, contentLength: bundle.size, sha256: bundle.sha256 };
  // Safe to retry: it only reserves an address, and an unused one expires.
  const reserve = (): Promise<UploadTarget> =>
    retry(clock, () => requestUpload(api, announced, signal, calls), { signal });
  let target = await reserve();
  let isRenewed = false;
  const put = async (): Promise<string> => {
    await putBundle(transport, target, bundle, {
      ...{ signal, onlyElsewhere: isElsewhere(api.backendUrl) },
      onProgress: (done) => onProgress?.({ stage: 'upload', done, total: bundle.size }),
    });
    return target.bundleId;
  };
  return retry(clock, put, {
    signal,
    nextDelay: async (error, attempt) => {
      if (isUploadUrlRefused(error) && !isRenewed) {
        isRenewed = true;
        target = await reserve();
        return 0;
      }
      const isWorthIt = isWorthRepeating(error) && attempt < MAX_ATTEMPTS;
      return isWorthIt ? retryDelay(error, attempt) : undefined;
    },
  });
}

/**
 * Sends a bundle to a presigned URL. The URL is the credential, so there is no Authorization
 * header.
 * @throws UPLOAD_FAILED with the storage's own code as `serverCode`
 * @throws PROTOCOL for a web page instead of the storage's answer, and for a success before
 * everything is sent
 * @throws BACKEND_REFUSED
 * @throws what {@link Transport} rejects with
 */
export async function putBundle(
  transport: Transport,
  { uploadUrl }: Pick<UploadTarget, 'uploadUrl'>,
  bundle: Pick<Bundle, 'size' | 'open'>,
  { signal, onProgress, onlyElsewhere = false }: PutOptions = {},
): Promise<void> {
  assertSecureUrl(uploadUrl, 'storage');
  let sent = 0;
  const response = await transport.send({
    method: 'PUT',
    url: uploadUrl,
    headers: { 'content-type': 'application/gzip' },
    body: {
      length: bundle.size,
      open: () => bundle.open(),
      onProgress: (bytes) => {
        sent = bytes;
        onProgress?.(bytes);
      },
    },
    onlyElsewhere,
    ...(signal === undefined ? {} : { signal }),
  });
  if (response.status < 200 || response.status > 299) {
    throw storageError(response);
  }
  if (isWebPage(response.text)) {
    throw new I99dashError('PROTOCOL', t('A web page answered in place of the storage.'));
  }
  if (sent < bundle.size) {
    throw new I99dashError('PROTOCOL', t('The storage answered before everything was sent.'));
  }
}

/**
 * Checks for a web page. The storage's success has no body, so a page comes from a proxy or portal
 * in between, and nothing was stored.
 */
function isWebPage(text: string): boolean {
  return /^<(?:!doctype|html)\b/iu.test(text.trimStart());
}

/** Creates the error for an S3-style XML answer. Only the storage's code is shown. */
function storageError(response: HttpResponse): I99dashError {
  const { status, text: xml } = response;
  const code = /<Code>(\w{1,64})<\/Code>/u.exec(xml)?.[1];
  const retryAfterMs = readRetryAfter(response);
  const refused = t('The storage refused the upload ({0}).', code ?? `HTTP ${status}`);
  const message = withRetryTime(refused, retryAfterMs);
  return new I99dashError('UPLOAD_FAILED', message, {
    status,
    ...(code === undefined ? {} : { serverCode: code }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/**
 * The storage's own codes below 500 that are transient: an incomplete or slow body, or a concurrent
 * change of the object.
 */
const PASSING_CODES: ReadonlySet<string> = new Set([
  'RequestTimeout',
  'IncompleteBody',
  'OperationAborted',
  'ConditionalRequestConflict',
]);

function isWorthRepeating(error: unknown): boolean {
  const isPassingCode = isI99dashError(error) && PASSING_CODES.has(error.serverCode ?? '');
  return isPassingCode || isTransient(error);
}

/**
 * The storage's own codes for an upload address that is invalid or has expired. Storages use them
 * with 400, 401 and 403.
 */
const ADDRESS_REFUSED_CODES: ReadonlySet<string> = new Set([
  'AccessDenied',
  'ExpiredRequest',
  'ExpiredToken',
  'InvalidToken',
  'RequestExpired',
  'TokenRefreshRequired',
]);

/** Checks whether the storage rejected the upload address, so that a new one may help. */
function isUploadUrlRefused(error: unknown): boolean {
  return (
    isI99dashError(error, 'UPLOAD_FAILED') &&
    (error.status === 401 ||
      error.status === 403 ||
      ADDRESS_REFUSED_CODES.has(error.serverCode ?? ''))
  );
}
