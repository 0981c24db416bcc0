import type { Readable } from 'node:stream';

/** The wall clock, in milliseconds since the epoch, and timers. A timer is a hint: it may fire late, or after a sleep. */
export interface Clock {
  now(): number;
  setTimer(ms: number, callback: () => void): Disposable;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  setTimer(ms, callback) {
    const timer = setTimeout(callback, ms);
    return { dispose: () => clearTimeout(timer) };
  },
};

/** Where the product tells what it does. Callers never pass a secret. */
export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

export interface Disposable {
  dispose(): void;
}

/** A place for secrets that outlives the window (VS Code's SecretStorage). It has no lock and no compare-and-set. */
export interface SecretStore {
  get(key: string): Promise<string | undefined>;
  store(key: string, value: string): Promise<void>;
  delete(key: string): Promise<void>;
  /** May fire without a change, twice, or not at all: listeners read again and compare. */
  onDidChange(listener: (key: string) => void): Disposable;
}

/** A place for what is no secret and outlives the window (VS Code's global state). */
export interface StateStore {
  get(key: string): unknown;
  update(key: string, value: unknown): Promise<void>;
}

/** An ed25519 key that can sign, wherever its private half lives. */
export interface Signer {
  /** `SHA256:` and unpadded base64, as OpenSSH prints it. */
  readonly fingerprint: string;
  /** The OpenSSH public key line: `ssh-ed25519 AAAA… comment`. */
  readonly publicKey: string;
  /** Whether signing may ask a person, as an SSH agent does. */
  readonly asksPerson?: true;
  /** The raw 64-byte ed25519 signature over `data`. */
  sign(data: Uint8Array, signal?: AbortSignal): Promise<Uint8Array>;
}

export interface TokenRequest {
  /** The tokens that the server has refused one and the same call with, in their order: another one is wanted. */
  rejected?: readonly string[];
  signal?: AbortSignal;
  /** Whether a person waits for the token: only then is an agent asked again that has refused to sign, and given minutes to answer. */
  interactive?: boolean;
}

/** Hands out the access token to use now. */
export interface TokenSource {
  /**
   * @returns one of the rejected ones again where no other is worth a try
   * @throws NOT_SIGNED_IN and whatever stands in the way of a fresh token
   */
  getToken(request?: TokenRequest): Promise<string>;
}

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  url: URL;
  headers?: Record<string, string>;
  body?: string | HttpStreamBody;
  signal?: AbortSignal;
  /** Ends the request when no answer has come by then, in milliseconds. Default 30,000; uploads have a stall deadline instead. */
  timeoutMs?: number;
  /** The most that the answer's body may have, in bytes. Default 4 MiB; for uploads 64 KiB. */
  maxResponseBytes?: number;
  /** Whether it may not reach this computer itself, whatever name leads there: BACKEND_REFUSED then. A proxy resolves names by itself. */
  onlyElsewhere?: boolean;
  /** It does no harm to send it twice. A GET and a DELETE never do. */
  isRepeatable?: true;
}

export interface HttpStreamBody {
  /** Bytes. Sent as `content-length`. */
  length: number;
  /** Opens the stream from its start. */
  open(): Readable;
  /** Called with the total number of bytes handed to the socket so far. */
  onProgress?: (sent: number) => void;
}

export interface HttpResponse {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  text: string;
}

/**
 * Sends one request and reads the whole answer. Follows no redirect. Retries nothing, except that a request which does no harm twice is sent
 * once more when a connection that served before is lost before the answer begins.
 * Rejects with OFFLINE (a proxy that refuses is one; its `status` tells it apart), TIMEOUT, TLS, PROTOCOL (an answer above the size limit),
 * BACKEND_REFUSED (a proxy that cannot be used) or {@link CancelledError}.
 */
export interface Transport {
  send(request: HttpRequest): Promise<HttpResponse>;
}

/** Runs a shell command (a mini-app's build). */
export interface ProcessRunner {
  /**
   * @returns the exit code; 128 and the number of the signal that ended the command, as shells have it
   * @throws CancelledError once the whole process tree is gone
   */
  run(command: {
    commandLine: string;
    cwd: string;
    /** All variables; those of this process when left out. */
    env?: NodeJS.ProcessEnv;
    onOutput: (text: string) => void;
    signal?: AbortSignal;
  }): Promise<number>;
}
