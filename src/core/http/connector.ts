import { Socket } from 'node:net';
import { getSystemErrorMap } from 'node:util';
import { isI99dashError, systemErrorCode } from '../errors';
import { sanitizeLine } from '../text/sanitizeLine';
import { findFirstError } from './connectionPool';
import { buildConnector, type Pool } from './ownUndici';

/** A failed TLS handshake with a server that was reachable. */
export class TlsFailure extends Error {
  readonly code: string;
  /** Shown to the user: the code, or OpenSSL's message when the code is unspecific. */
  readonly reason: string;

  constructor(cause: Error) {
    super('No secure connection', { cause });
    const code = systemErrorCode(cause);
    this.code = code ?? 'UNSPECIFIED';
    this.reason = code === 'UNSPECIFIED' ? `${code}: ${sanitizeLine(cause.message)}` : this.code;
  }
}

/** A failure at the proxy or on the way to it, rather than behind it. */
export class ProxyFailure extends Error {
  /**
   * Creates the error.
   * @param status HTTP status of the proxy's response. Undefined when there was none.
   * @param schemes Authentication schemes that the proxy offers, such as `Basic`.
   */
  constructor(
    readonly status?: number,
    cause?: unknown,
    readonly schemes: readonly string[] = [],
  ) {
    super('The proxy failed', { cause });
  }
}

/** Creates a connector that tells TLS failures from network errors. */
export function createConnector(options: buildConnector.BuildOptions): buildConnector.connector {
  const connect = buildConnector(options);
  return (target, callback) => {
    connect(target, (error, socket) => {
      if (error === null) {
        callback(null, socket);
      } else {
        const isOurs = isI99dashError(error); // our own check rejected the address
        const isTls = target.protocol === 'https:' && !isOurs && !isNetworkError(error);
        callback(isTls ? new TlsFailure(error) : error, null);
      }
    });
  };
}

/**
 * Creates a connector to the proxy itself, whose certificate must match the proxy and not the
 * target.
 */
export function createProxyConnector(
  options: buildConnector.BuildOptions,
): buildConnector.connector {
  const connect = createConnector(options);
  return (target, callback) => {
    const proxy = { ...target };
    delete proxy.servername;
    connect(proxy, callback);
  };
}

/**
 * Creates a connector that tunnels through a proxy (`CONNECT`), for http too, so that the proxy
 * only sees host and port.
 * @param proxy Pool of connections to the proxy.
 * @param headers Additional headers for the proxy.
 * @param connect Starts TLS within the tunnel.
 */
export function createTunnelConnector(
  proxy: Pool,
  headers: Readonly<Record<string, string>>,
  connect: buildConnector.connector,
): buildConnector.connector {
  return (target, callback) => {
    openTunnel(proxy, headers, target).then(
      (httpSocket) => {
        if (target.protocol === 'https:') {
          connect({ ...target, httpSocket }, callback);
        } else {
          callback(null, httpSocket);
        }
      },
      (error: unknown) => callback(error as Error, null),
    );
  };
}

async function openTunnel(
  proxy: Pool,
  headers: Readonly<Record<string, string>>,
  { protocol, hostname, host = hostname, port }: buildConnector.Options,
): Promise<Socket> {
  const authority = port === '' ? `${host}:${protocol === 'https:' ? 443 : 80}` : host;
  const answer = await proxy
    .connect({
      path: authority,
      headers: { ...headers, host: authority, 'proxy-connection': 'keep-alive' },
    })
    .catch((error: unknown) => {
      throw new ProxyFailure(undefined, findFirstError(error));
    });
  const { statusCode, socket } = answer;
  if (statusCode < 200 || statusCode > 299) {
    socket.on('error', () => undefined).destroy();
    const schemes = parseSchemes(answer.headers['proxy-authenticate']);
    throw new ProxyFailure(statusCode, undefined, schemes);
  }
  if (!(socket instanceof Socket)) {
    throw new ProxyFailure(statusCode); // unreachable: undici returns the socket it connected with
  }
  return socket;
}

/** Parses the schemes of `Proxy-Authenticate` (RFC 9110, 11.6.1), in order. */
function parseSchemes(header: string | string[] = ''): string[] {
  const challenges = [header]
    .flat()
    .join(',')
    .replaceAll(/"(?:[^"\\]|\\[^])*(?:"|\\?$)/gu, '');
  const words = challenges.split(',').map((part) => part.trim().split(/\s/u, 1)[0] ?? '');
  return [...new Set(words.filter((word) => /^[a-z][a-z\d-]{0,30}$/iu.test(word)))];
}

const SYSTEM_CODES: ReadonlySet<string> = new Set(
  [...getSystemErrorMap().values()].map(([name]) => name),
);

/**
 * Checks whether an error is unrelated to certificates. Any unknown code, such as a new one of
 * OpenSSL, counts as a TLS failure.
 */
function isNetworkError(error: Error): boolean {
  const code = systemErrorCode(error) ?? '';
  // Old releases of Node.js report EPROTO for OpenSSL failures.
  return (SYSTEM_CODES.has(code) && code !== 'EPROTO') || /^(?:UND_|EAI_|ENOTFOUND)/u.test(code);
}
