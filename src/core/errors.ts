import type { RefusedField } from './api/refusedFields';
import type { Problem } from './problem';

/** All error codes. Other extensions and tests match on them, so they must never be renamed. */
export type ErrorCode =
  | 'NOT_SIGNED_IN'
  | 'KEY_NOT_FOUND'
  | 'KEY_UNREADABLE'
  | 'KEY_ENCRYPTED'
  | 'KEY_WRONG_PASSPHRASE'
  | 'KEY_UNSUPPORTED'
  | 'KEY_IS_PRIVATE'
  | 'KEY_EXISTS'
  | 'KEY_NOT_REGISTERED'
  | 'KEY_REJECTED'
  | 'AGENT_UNAVAILABLE'
  | 'SSH_AUTH_DISABLED'
  | 'SIGN_IN_REJECTED'
  | 'DEVICE_CODE_EXPIRED'
  | 'DEVICE_CODE_DENIED'
  | 'DEVICE_CODE_UNSUPPORTED'
  | 'CHALLENGE_REFUSED'
  | 'BACKEND_REFUSED'
  | 'OFFLINE'
  | 'TIMEOUT'
  | 'TLS'
  | 'SERVER'
  | 'PROTOCOL'
  | 'MANIFEST_INVALID'
  | 'VALIDATION_FAILED'
  | 'BUILD_FAILED'
  | 'UPLOAD_FAILED'
  | 'NOTHING_TO_PUBLISH'
  | 'PUBLISH_IN_PROGRESS'
  | 'UNTRUSTED_WORKSPACE';

export interface ErrorDetails {
  /** The underlying error. Only logged, never shown. */
  cause?: unknown;
  /** HTTP status of the response that caused the error. */
  status?: number;
  /** The backend's own error code. */
  serverCode?: string;
  /**
   * Set when the response has the backend's envelope, so that the backend itself rejected the
   * request and not a gateway in front of it.
   */
  fromBackend?: true;
  /** The delay that the backend requested, in milliseconds. */
  retryAfterMs?: number;
  /** The file that the error is about. */
  file?: string;
  /** The SSH public key line (`ssh-ed25519 AAAA… comment`) that the error is about. */
  publicKey?: string;
  /** The environment variable that the error is about. */
  variable?: string;
  /** The setting that resolves the error. */
  setting?: string;
  /** The validation results, in the shape that `validate` returns. */
  problems?: readonly Problem[];
  /** The request fields that the backend rejected. */
  fields?: readonly RefusedField[];
  /** The suggested version, when the backend rejected the current one because it is not new. */
  nextVersion?: string;
  /** The build that was submitted but not promoted to beta. */
  unpromoted?: PromotionFailure;
  /** ID of an app that may have been submitted. Its status shows the outcome. */
  appInDoubt?: string;
  /** Whether only the web console shows the outcome. */
  isUnlisted?: boolean;
}

/** A build that was submitted for the beta track. */
export interface PromotionFailure {
  appId: string;
  version: string;
  reviewStatus: string;
  releaseNotes?: string;
}

/**
 * The only error class of this extension. The message is a plain sentence for the user and never
 * contains a token, key, passphrase, signature or presigned URL.
 */
export class I99dashError extends Error {
  override readonly name = 'I99dashError';
  readonly status?: number;
  readonly serverCode?: string;
  readonly fromBackend?: true;
  readonly retryAfterMs?: number;
  readonly file?: string;
  readonly publicKey?: string;
  readonly variable?: string;
  readonly setting?: string;
  readonly problems?: readonly Problem[];
  readonly fields?: readonly RefusedField[];
  readonly nextVersion?: string;
  readonly unpromoted?: PromotionFailure;
  readonly appInDoubt?: string;
  readonly isUnlisted?: boolean;
  /** Set when no connection was made, so that nothing was sent. */
  isUnsent?: true;
  /** The app that a failed command was about; its message names the app. */
  app?: string;

  constructor(
    readonly code: ErrorCode,
    message: string,
    { cause, ...details }: ErrorDetails = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    Object.assign(this, details);
  }
}

/** Returns a copy of a server error with a new message and more details. */
export function restate(
  error: I99dashError,
  message: string,
  details: Omit<ErrorDetails, 'cause'>,
): I99dashError {
  const { code, status, serverCode, retryAfterMs } = error;
  return new I99dashError(code, message, {
    cause: error,
    ...(status === undefined ? {} : { status }),
    ...(serverCode === undefined ? {} : { serverCode }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...details,
  });
}

/** Checks whether an error is an {@link I99dashError}, optionally with the given code. */
export function isI99dashError(error: unknown, code?: ErrorCode): error is I99dashError {
  return error instanceof I99dashError && (code === undefined || error.code === code);
}

/** The rejection of a cancelled operation. Commands turn it into the result `undefined`. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';

  constructor() {
    super('Cancelled');
  }
}

/**
 * Checks the signal.
 * @throws CancelledError when the signal is aborted
 */
export function throwIfCancelled(signal?: AbortSignal): void {
  if (signal?.aborted) {
    throw new CancelledError();
  }
}

/** Returns the `code` of a Node.js system error (`ENOENT`, `EACCES`, …), or undefined. */
export function systemErrorCode(error: unknown): string | undefined {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    return error.code;
  }
  return undefined;
}

/** Formats the code, message and chain of causes for the log. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const code = 'code' in error && typeof error.code === 'string' ? `[${error.code}] ` : '';
  const cause = error.cause === undefined ? '' : ` ← ${describeError(error.cause)}`;
  return `${code}${error.message}${cause}`;
}
