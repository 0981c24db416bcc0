import { isIP } from 'node:net';
import type { SecureContext } from 'node:tls';
import { lookUpElsewhere } from './ownAddresses';
import { withoutBrackets } from './noProxy';
import { Agent, Pool, ProxyAgent, type buildConnector, type Dispatcher } from './ownUndici';
import type { Proxy } from './proxy';

/** As many ways to the network as are kept open: directly and through a proxy, before and after a change. */
const MAX_OPEN = 4;
/**
 * How long one address of a host is tried before the next one, in milliseconds. Node.js's quarter of a second is less than the way to a
 * backend takes from many a mobile network, and gives up a host all of whose addresses are far. This is enough for a lost packet, too, which
 * is repeated after a second (RFC 6298).
 */
const ADDRESS_TIMEOUT_MS = 1_500;
/** A wall clock that gains this much on the one that stands still in sleep tells of one, in milliseconds. */
const SLEPT_MS = 2_000;

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

  private gain: number;

  /**
   * @param connectTimeoutMs for a connection, and for a proxy's word that it stands, each in milliseconds
   * @param idleTimeoutMs the longest that a connection is kept which nobody uses, whatever the server says, in milliseconds
   * @param wallClock milliseconds since the epoch
   */
  constructor(
    private readonly connectTimeoutMs: number,
    private readonly idleTimeoutMs: number,
    private readonly wallClock: () => number,
  ) {
    this.gain = this.measureGain();
  }

  /**
   * @param context the certificates to trust; undefined for Node.js's own
   * @param onlyElsewhere whether names that lead to this computer are refused
   */
  get(
    proxy: Proxy | undefined,
    context: SecureContext | undefined,
    onlyElsewhere = false,
  ): Dispatcher {
    this.forgetAfterSleep();
    const key = `${proxy?.origin ?? ''} ${proxy?.authorization ?? ''} ${onlyElsewhere}`;
    const known = this.open.find((each) => each.proxy === key && each.context === context);
    if (known !== undefined) {
      return known.way;
    }
    const way =
      proxy === undefined ? this.direct(context, onlyElsewhere) : this.through(proxy, context);
    this.open.push({ proxy: key, context, way });
    if (this.open.length > MAX_OPEN) {
      void this.open.shift()?.way.close();
    }
    return way;
  }

  /** Timers stand still while the computer sleeps: connections that died long ago pass for fresh ones, and whoever uses them waits in vain. */
  private forgetAfterSleep(): void {
    const gain = this.measureGain();
    if (Math.abs(gain - this.gain) > SLEPT_MS) {
      for (const { way } of this.open.splice(0)) {
        void way.close(); // once what is under way has ended
      }
    }
    this.gain = gain;
  }

  private measureGain(): number {
    return this.wallClock() - performance.now();
  }

  private direct(context: SecureContext | undefined, onlyElsewhere: boolean): Dispatcher {
    return new Agent({
      connect: {
        ...this.connectOptions(context),
        ...(onlyElsewhere ? { lookup: lookUpElsewhere } : {}),
      },
      keepAliveMaxTimeout: this.idleTimeoutMs,
      bodyTimeout: 0,
    });
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
      keepAliveMaxTimeout: this.idleTimeoutMs,
      bodyTimeout: 0,
    });
  }

  /** Whatever the settings and NODE_TLS_REJECT_UNAUTHORIZED say: what is sent is worth a sign-in. */
  private connectOptions(context: SecureContext | undefined): {
    timeout: number;
    autoSelectFamilyAttemptTimeout: number;
    rejectUnauthorized: true;
    secureContext?: SecureContext;
  } {
    return {
      timeout: this.connectTimeoutMs,
      autoSelectFamilyAttemptTimeout: ADDRESS_TIMEOUT_MS,
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
    const isAddress = isIP(withoutBrackets(options.hostname)) !== 0;
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
