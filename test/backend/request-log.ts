import { bearerOf } from './authenticate';
import type { BackendRequest, Context } from './exchange';

/** One exchange as tests see it. */
export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /**
   * Lower-case names; `authorization` holds the scheme and the token's ID, never the credential.
   */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly hasAuthorization: boolean;
  /** The `jti` of the access token; undefined for an API key or a foreign token. */
  readonly tokenId: string | undefined;
  /** The number of body bytes received. */
  bodyBytes: number;
  /** The body, if it was JSON. */
  json?: unknown;
  /** The response status; undefined until there is a response, and forever when it was lost. */
  status: number | undefined;
  /** Milliseconds since the epoch on the backend's clock. */
  readonly at: number;
}

interface Waiter {
  readonly predicate: (entry: LoggedRequest) => boolean;
  readonly resolve: (entry: LoggedRequest) => void;
  readonly reject: (error: Error) => void;
}

/** Every request since the start in order of arrival. */
export class RequestLog {
  readonly entries: LoggedRequest[] = [];
  private waiters: Waiter[] = [];

  /** Records a request as soon as its head has arrived. */
  add(entry: LoggedRequest): void {
    this.entries.push(entry);
    this.notify();
  }

  /** Must be called after every change of an entry. */
  notify(): void {
    const waiting = this.waiters;
    this.waiters = [];
    for (const waiter of waiting) {
      const found = this.entries.find(waiter.predicate);
      if (found === undefined) this.waiters.push(waiter);
      else waiter.resolve(found);
    }
  }

  /**
   * Resolves with the first past or future entry that satisfies the predicate, which is called
   * again when the body has arrived and when the response has been sent. Rejects when the backend
   * closes.
   */
  waitFor(predicate: (entry: LoggedRequest) => boolean): Promise<LoggedRequest> {
    const found = this.entries.find(predicate);
    if (found !== undefined) return Promise.resolve(found);
    return new Promise((resolve, reject) => this.waiters.push({ predicate, resolve, reject }));
  }

  /** Rejects all pending waits. */
  close(): void {
    const waiting = this.waiters;
    this.waiters = [];
    for (const { reject } of waiting) reject(new Error('the backend was closed while waiting'));
  }
}

/** Creates the log entry of a request that has just arrived. */
export function describe(request: BackendRequest, { state, now }: Context): LoggedRequest {
  const { authorization, ...headers } = request.headers;
  const bearer = bearerOf(request);
  const tokenId = bearer === undefined ? undefined : state.tokens.idOf(bearer);
  const scheme = authorization?.split(' ')[0];
  return {
    method: request.method,
    path: request.path,
    query: Object.fromEntries(request.query),
    headers: { ...headers, authorization: tokenId ? `${scheme ?? ''} ${tokenId}` : scheme },
    hasAuthorization: authorization !== undefined,
    tokenId,
    bodyBytes: 0,
    status: undefined,
    at: now(),
  };
}
