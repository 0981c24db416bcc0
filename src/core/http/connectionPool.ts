import type { Socket } from 'node:net';
import { systemErrorCode } from '../errors';
import { Client, Pool, type buildConnector, type Dispatcher } from './ownUndici';
import { MAX_HEAD_BYTES, ResponseHead } from './responseHead';

/** Error codes of a connection that the other side closed or aborted. */
const LOST: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'UND_ERR_SOCKET',
]);

/** Errors of reused connections that were lost before the next response began. */
const lostWhenReused = new WeakSet<Error>();

/**
 * Checks whether a reused connection was lost before the first byte of the response. Most servers
 * and routers close idle connections, which can coincide with a new request.
 */
export function isLostReusedConnection(error: unknown): boolean {
  return error instanceof Error && lostWhenReused.has(error);
}

/** Errors of connections that could not be opened. */
const unopened = new WeakSet<Error>();

/** Checks whether no connection could be opened, so that nothing was sent. */
export function isUnopenedConnection(error: unknown): boolean {
  return error instanceof Error && unopened.has(error);
}

/** Maps each later error of a connection to its first. */
const firstErrors = new WeakMap<Error, Error>();

/**
 * Returns the first error of a connection. A server that requires a client certificate may send an
 * alert after the handshake and close: undici only reports the close.
 */
export function findFirstError(error: unknown): unknown {
  return error instanceof Error ? (firstErrors.get(error) ?? error) : error;
}

/**
 * Creates a connection pool for one origin that tolerates the responses of non-standard servers.
 */
export function createPool(origin: string | URL, options: Pool.Options): Pool {
  const factory = (url: URL, clientOptions: object): Dispatcher =>
    new TolerantClient(url, clientOptions as ClientOptions);
  return new Pool(origin, { ...options, maxHeaderSize: MAX_HEAD_BYTES, factory });
}

type ClientOptions = Client.Options & { connect: buildConnector.connector };

/** A client with one connection and one request at a time. */
class TolerantClient extends Client {
  private readonly current: { connection?: Connection };

  constructor(origin: URL, { connect, ...options }: ClientOptions) {
    const current: { connection?: Connection } = {};
    super(origin, {
      ...options,
      connect: (target, callback) =>
        connect(target, (error, socket) => {
          if (error !== null) {
            unopened.add(error);
            callback(error, null);
            return;
          }
          current.connection = new Connection(socket);
          callback(null, socket);
        }),
    });
    this.current = current;
  }

  override dispatch(
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
  ): boolean {
    this.current.connection?.expectAnswer();
    return super.dispatch(options, handler);
  }
}

/** The state of an open connection besides its socket. */
class Connection {
  private readonly head = new ResponseHead();
  private requests = 0;

  /**
   * Creates the state of a connection.
   * @param socket Opened for the request that is sent next.
   */
  constructor(socket: Socket) {
    this.expectAnswer();
    this.filterInput(socket);
    let first: Error | undefined;
    socket.on('error', (error) => {
      if (first !== undefined) {
        firstErrors.set(error, first);
        return;
      }
      first = error;
      const isReused = this.requests > 1 && !this.head.hasBegun;
      if (isReused && LOST.has(systemErrorCode(error) ?? '')) {
        lostWhenReused.add(error);
      }
    });
  }

  expectAnswer(): void {
    this.requests += 1;
    this.head.expect();
  }

  /**
   * Filters incoming data in `push`, which Node.js calls. A stream in between would slow down
   * uploads.
   */
  private filterInput(socket: Socket): void {
    const push = socket.push.bind(socket);
    socket.push = (chunk: Buffer | null, encoding) => {
      if (chunk === null) {
        const held = this.head.flush();
        return (held.length === 0 || push(held)) && push(null);
      }
      const passed = this.head.filter(chunk);
      return passed.length === 0 || push(passed, encoding);
    };
  }
}
