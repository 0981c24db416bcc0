import { Socket } from 'node:net';
import { getSystemErrorMap } from 'node:util';
import { isI99dashError, systemErrorCode } from '../errors';
import { oneLine } from '../oneLine';
import { findFirstError } from './connection';
import { buildConnector, type Pool } from './ownUndici';

/** A secure connection that did not come about, though the other side could be reached. */
export class TlsFailure extends Error {
  readonly code: string;
  /** For people: the code, and OpenSSL's own words where the code says nothing. */
  readonly reason: string;

  constructor(cause: Error) {
    super('No secure connection', { cause });
    const code = systemErrorCode(cause);
    this.code = code ?? 'UNSPECIFIED';
    this.reason = code === 'UNSPECIFIED' ? `${code}: ${oneLine(cause.message)}` : this.code;
  }
}

/** What went wrong on the way to or at the proxy, rather than behind it. */
export class ProxyFailure extends Error {
  /**
   * @param status of the proxy's answer; undefined where there was none
   * @param schemes the ways to sign in that the proxy names, such as `Basic`
   */
  constructor(
    readonly status?: number,
    cause?: unknown,
    readonly schemes: readonly string[] = [],
  ) {
    super('The proxy failed', { cause });
  }
}

/** Opens connections, and tells those that are not secure from those that the network refuses. */
export function createConnector(options: buildConnector.BuildOptions): buildConnector.connector {
  const connect = buildConnector(options);
  return (target, callback) => {
    connect(target, (error, socket) => {
      if (error === null) {
        callback(null, socket);
      } else {
        const isOurs = isI99dashError(error); // we refuse where the name leads
        const isTls = target.protocol === 'https:' && !isOurs && !isNetworkError(error);
        callback(isTls ? new TlsFailure(error) : error, null);
      }
    });
  };
}

/** Opens connections to a proxy itself, whose certificate must name the proxy and not the target. */
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
 * Opens connections through a tunnel (`CONNECT`), for http too: the proxy learns host and port alone.
 * @param proxy connections to the proxy
 * @param headers what the proxy is told beside the target
 * @param connect opens the secure connection within the tunnel
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
    throw new ProxyFailure(statusCode); // never: undici hands over what it connected with
  }
  return socket;
}

/** The schemes of a `Proxy-Authenticate` (RFC 9110, 11.6.1), in their order. */
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
 * True for what has nothing to do with certificates. Every other code counts against the connection,
 * a new one of OpenSSL too.
 */
function isNetworkError(error: Error): boolean {
  const code = systemErrorCode(error) ?? '';
  // Old releases of Node.js say EPROTO for what OpenSSL refuses.
  return (SYSTEM_CODES.has(code) && code !== 'EPROTO') || /^(?:UND_|EAI_|ENOTFOUND)/u.test(code);
}
