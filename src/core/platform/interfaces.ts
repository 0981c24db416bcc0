import type { Readable } from 'node:stream';

/**
 * The wall clock, in milliseconds since the epoch, and timers. A timer is only a hint: it may fire
 * late, for example after the computer slept.
 */
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

/** The log of the extension. Callers never pass a secret. */
export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

export interface Disposable {
  dispose(): void;
}

/**
 * Persistent storage for secrets (VS Code's SecretStorage). It has no lock and no compare-and-set.
 */
export interface SecretStore {
  get(key: string): Promise<string | undefined>;
  store(key: string, value: string): Promise<void>;
  delete(key: string): Promise<void>;
  /** May fire without a change, twice, or not at all. Listeners must read again and compare. */
  onDidChange(listener: (key: string) => void): Disposable;
}

/** Persistent storage for non-secret data (VS Code's global state). */
export interface StateStore {
  get(key: string): unknown;
  update(key: string, value: unknown): Promise<void>;
}

/** An ed25519 key that can sign, no matter where its private half is stored. */
export interface Signer {
  /** `SHA256:` and unpadded base64, as OpenSSH prints it. */
  readonly fingerprint: string;
  /** The OpenSSH public key line: `ssh-ed25519 AAAA… comment`. */
  readonly publicKey: string;
  /** Whether signing may prompt the user, as an SSH agent may. */
  readonly mayPromptUser?: true;
  /** Returns the raw 64-byte ed25519 signature over `data`. */
  sign(data: Uint8Array, signal?: AbortSignal): Promise<Uint8Array>;
}

export interface TokenRequest {
  /** The token that the server has rejected for this call. The caller needs a different one. */
  rejected?: string;
  signal?: AbortSignal;
  /**
   * Whether the user is waiting for the token. Only then is an agent that refused to sign asked
   * again, and given minutes to answer.
   */
  interactive?: boolean;
}

/** Provides the current access token. */
export interface TokenSource {
  /**
   * Returns the access token to use now.
   * @throws NOT_SIGNED_IN and every error that prevents a refresh
   */
  getToken(request?: TokenRequest): Promise<string>;
}

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  url: URL;
  headers?: Record<string, string>;
  body?: string | HttpStreamBody;
  signal?: AbortSignal;
  /**
   * Aborts the request when no response has arrived after this time, in milliseconds. Default
   * 30,000. Uploads have a stall timeout instead.
   */
  timeoutMs?: number;
  /** Limit for the response body, in bytes. Default 4 MiB; 64 KiB for uploads. */
  maxResponseBytes?: number;
  /**
   * Rejects with BACKEND_REFUSED when the host resolves to this computer. Not checked behind a
   * proxy, which resolves names itself.
   */
  onlyElsewhere?: boolean;
  /** Whether the request is safe to repeat. GET and DELETE always are. */
  isRepeatable?: true;
}

export interface HttpStreamBody {
  /** Bytes, sent as `content-length`. */
  length: number;
  /** Opens the stream from the start. */
  open(): Readable;
  /** Called with the total number of bytes handed to the socket so far. */
  onProgress?: (sent: number) => void;
}

export interface HttpResponse {
  status: number;
  /** Names are lower case. */
  headers: Record<string, string>;
  text: string;
}

/**
 * Sends one request and reads the whole response. Does not follow redirects. Does not retry, with
 * one exception: a repeatable request is sent once more when a reused connection is lost before the
 * response begins.
 * Rejects with OFFLINE (also when a proxy refuses, which has a `status`), TIMEOUT, TLS, PROTOCOL
 * (the response is above the size limit), BACKEND_REFUSED (an unusable proxy) or {@link
 * CancelledError}.
 */
export interface Transport {
  send(request: HttpRequest): Promise<HttpResponse>;
}

/** Runs a shell command, such as the build of a mini-app. */
export interface ProcessRunner {
  /**
   * Runs the command and waits for its end.
   * @returns The exit code, or 128 plus the signal number, as shells report it.
   * @throws CancelledError once the whole process tree has ended
   */
  run(command: {
    commandLine: string;
    cwd: string;
    /** All variables. Defaults to those of this process. */
    env?: NodeJS.ProcessEnv;
    onOutput: (text: string) => void;
    signal?: AbortSignal;
  }): Promise<number>;
}
