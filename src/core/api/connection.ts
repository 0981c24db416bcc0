import type { Socket } from 'node:net';
import { systemErrorCode } from '../errors';
import { Client, Pool, type buildConnector, type Dispatcher } from './ownUndici';
import { MAX_HEAD_BYTES, ResponseHead } from './responseHead';

/** What a connection fails with that the other side has closed or given up. */
const LOST: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'UND_ERR_SOCKET',
]);

/** Errors of connections that had served before and were lost before the next answer began. */
const lostWhenReused = new WeakSet<Error>();

/**
 * True when a connection that was kept from an earlier request was lost before the first byte of the
 * answer: most servers and routers close idle connections, and a request may cross that on its way.
 */
export function isLostReusedConnection(error: unknown): boolean {
  return error instanceof Error && lostWhenReused.has(error);
}

/** By a later error of a connection, its first one. */
const firstErrors = new WeakMap<Error, Error>();

/**
 * Returns what a connection failed with first. A server that refuses a secure connection after it
 * stands, for want of a certificate of ours, says so and closes: undici fails with the latter.
 */
export function findFirstError(error: unknown): unknown {
  return error instanceof Error ? (firstErrors.get(error) ?? error) : error;
}

/** Creates a pool of connections to one origin, which understands the answers of odd servers. */
export function createPool(origin: string | URL, options: Pool.Options): Pool {
  const factory = (url: URL, clientOptions: object): Dispatcher =>
    new TolerantClient(url, clientOptions as ClientOptions);
  return new Pool(origin, { ...options, maxHeaderSize: MAX_HEAD_BYTES, factory });
}

type ClientOptions = Client.Options & { connect: buildConnector.connector };

/** A client of one connection at a time, with one request at a time on it. */
class TolerantClient extends Client {
  private readonly current: { connection?: Connection };

  constructor(origin: URL, { connect, ...options }: ClientOptions) {
    const current: { connection?: Connection } = {};
    super(origin, {
      ...options,
      connect: (target, callback) =>
        connect(target, (error, socket) => {
          if (error !== null) {
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

/** What is known of an open connection beside its socket. */
class Connection {
  private readonly head = new ResponseHead();
  private requests = 0;

  /** @param socket opened for a request that is about to be sent */
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

  /** Node.js hands over what arrives by `push`. A stream in between would slow down uploads. */
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
