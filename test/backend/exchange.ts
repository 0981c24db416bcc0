import type { BackendState } from './state';
import type { Settings } from './settings';

/** A request independent of its transport. Header names are lower case. */
export interface BackendRequest {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly remoteAddress: string;
  /** The bytes of the body; empty on a streamed route. */
  readonly body: Buffer;
  /** The body as it arrives; empty except on a streamed route. */
  readonly stream: AsyncIterable<Buffer>;
}

export type ResponseBody = string | Buffer | AsyncIterable<Buffer>;

/** A response independent of its transport. */
export interface BackendResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ResponseBody;
}

/** What a handler can use besides the request. */
export interface Context {
  readonly state: BackendState;
  readonly settings: Settings;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Origin of this server, without a trailing slash. */
  readonly baseUrl: () => string;
}

export type Params = Readonly<Record<string, string>>;

export type Handler = (
  request: BackendRequest,
  context: Context,
  params: Params,
) => BackendResponse | Promise<BackendResponse>;

/** One row of a route table; `:name` in the pattern becomes a parameter. */
export interface Route {
  readonly method: string;
  readonly pattern: string;
  readonly handler: Handler;
  /** The handler reads `stream`: the body is not buffered and has no size limit. */
  readonly streamed?: true;
  /** The feature of the deployment that the route requires. */
  readonly needs?: 'sshKeys' | 'miniApps' | 'wallet';
}

/** An error that the router turns into an error envelope. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = 'HttpError';
  }
}
