import type { RefusedField } from './api/refusedFields';
import type { Problem } from './problem';

/** Every code a command can fail with. Other extensions and tests match on these, so none is ever renamed. */
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
  /** What led to this error; for the log alone, never shown. */
  cause?: unknown;
  /** HTTP status of the answer that led here. */
  status?: number;
  /** The backend's own error code. */
  serverCode?: string;
  /** The backend itself refused: its answer has the backend's envelope. A gateway's answer has none. */
  fromBackend?: true;
  /** How long the backend asked us to wait, in milliseconds. */
  retryAfterMs?: number;
  /** The file the user should look at. */
  file?: string;
  /** The SSH public key line (`ssh-ed25519 AAAA… comment`) the error is about. */
  publicKey?: string;
  /** The environment variable the error is about. */
  variable?: string;
  /** The setting that helps. */
  setting?: string;
  /** What validation found, the object that `validate` returns. */
  problems?: readonly Problem[];
  /** The fields of the request that the backend refused. */
  fields?: readonly RefusedField[];
  /** The version to publish in place of one that the backend refused and that is not new. */
  nextVersion?: string;
  /** What was submitted, and did not become the beta. */
  unpromoted?: Unpromoted;
  /** An app that was submitted, perhaps: its status tells. */
  appInDoubt?: string;
}

/** A build that was submitted for the beta track. */
export interface Unpromoted {
  appId: string;
  version: string;
  reviewStatus: string;
  releaseNotes?: string;
}

/**
 * The one error of this product. The message is a plain sentence for the person at the editor and never holds
 * a token, key, passphrase, signature or presigned URL.
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
  readonly unpromoted?: Unpromoted;
  readonly appInDoubt?: string;

  constructor(
    readonly code: ErrorCode,
    message: string,
    { cause, ...details }: ErrorDetails = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    Object.assign(this, details);
  }
}

/** A server's refusal in other words, with what else is known. */
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

/** True for an {@link I99dashError}, of the given code where one is named. */
export function isI99dashError(error: unknown, code?: ErrorCode): error is I99dashError {
  return error instanceof I99dashError && (code === undefined || error.code === code);
}

/** What a cancelled operation rejects with. Commands turn it into the result `undefined`. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';

  constructor() {
    super('Cancelled');
  }
}

/** Throws {@link CancelledError} when the signal is aborted. */
export function throwIfCancelled(signal?: AbortSignal): void {
  if (signal?.aborted) {
    throw new CancelledError();
  }
}

/** The `code` of a Node.js system error (`ENOENT`, `EACCES` …), or undefined. */
export function systemErrorCode(error: unknown): string | undefined {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    return error.code;
  }
  return undefined;
}

/** Code, message and the chain of causes: what a person needs who reads the log. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const code = 'code' in error && typeof error.code === 'string' ? `[${error.code}] ` : '';
  const cause = error.cause === undefined ? '' : ` ← ${describeError(error.cause)}`;
  return `${code}${error.message}${cause}`;
}
