import { isIP } from 'node:net';
import type { SecureContext } from 'node:tls';
import { Agent, Pool, ProxyAgent, type buildConnector, type Dispatcher } from './ownUndici';
import type { Proxy } from './proxy';

/** As many ways to the network as are kept open: directly and through a proxy, before and after a change. */
const MAX_OPEN = 4;

/** What went wrong on the way to or at the proxy, rather than behind it. */
export class ProxyFailure extends Error {
  /** @param status of the proxy's answer; undefined where there was none */
  constructor(
    readonly status?: number,
    cause?: unknown,
  ) {
    super('The proxy failed', { cause });
  }
}

/** Hands out one connection pool for each way to the network. */
export class Dispatchers {
  private readonly open: { proxy: string; context: SecureContext | undefined; way: Dispatcher }[] =
    [];

  /** @param connectTimeoutMs for a connection, and for a proxy's word that it stands, each in milliseconds */
  constructor(private readonly connectTimeoutMs: number) {}

  /** @param context the certificates to trust; undefined for Node.js's own */
  get(proxy: Proxy | undefined, context: SecureContext | undefined): Dispatcher {
    const key = `${proxy?.origin ?? ''} ${proxy?.authorization ?? ''}`;
    const known = this.open.find((each) => each.proxy === key && each.context === context);
    if (known !== undefined) {
      return known.way;
    }
    const way = proxy === undefined ? this.direct(context) : this.through(proxy, context);
    this.open.push({ proxy: key, context, way });
    if (this.open.length > MAX_OPEN) {
      void this.open.shift()?.way.close();
    }
    return way;
  }

  private direct(context: SecureContext | undefined): Dispatcher {
    return new Agent({ connect: this.connectOptions(context), bodyTimeout: 0 });
  }

  /** Every request goes through a tunnel (CONNECT), for http too: the proxy learns host and port alone. */
  private through(
    { origin, authorization }: Proxy,
    context: SecureContext | undefined,
  ): Dispatcher {
    const headersTimeout = this.connectTimeoutMs;
    return new ProxyAgent({
      uri: origin,
      ...(authorization === undefined ? {} : { token: authorization }),
      requestTls: this.connectOptions(context),
      proxyTls: this.connectOptions(context),
      clientFactory: (url, options) =>
        new TunnelPool(url, { ...options, connect: withoutAddressAsName(options), headersTimeout }),
      bodyTimeout: 0,
    });
  }

  /** Whatever the settings and NODE_TLS_REJECT_UNAUTHORIZED say: what is sent is worth a sign-in. */
  private connectOptions(context: SecureContext | undefined): {
    timeout: number;
    rejectUnauthorized: true;
    secureContext?: SecureContext;
  } {
    return {
      timeout: this.connectTimeoutMs,
      rejectUnauthorized: true,
      ...(context === undefined ? {} : { secureContext: context }),
    };
  }
}

/** undici names the proxy to TLS even where it is an address, which RFC 6066 forbids. */
function withoutAddressAsName({
  connect,
}: {
  connect?: buildConnector.connector;
}): buildConnector.connector {
  return (options, callback) => {
    const isAddress = isIP(options.hostname.replace(/^\[(.*)\]$/u, '$1')) !== 0;
    connect?.({ ...options, ...(isAddress ? { servername: '' } : {}) }, callback);
  };
}

/** Connections to a proxy. Tells its failures from those of the server behind it. */
class TunnelPool extends Pool {
  override async connect(options: Dispatcher.ConnectOptions): Promise<Dispatcher.ConnectData> {
    let answer: Dispatcher.ConnectData;
    try {
      answer = await super.connect(options);
    } catch (error) {
      throw new ProxyFailure(undefined, error);
    }
    if (answer.statusCode !== 200) {
      answer.socket.on('error', () => undefined).destroy();
      throw new ProxyFailure(answer.statusCode);
    }
    return answer;
  }
}
