import type { SecureContext } from 'node:tls';
import { createPool } from './connectionPool';
import { createConnector, createProxyConnector, createTunnelConnector } from './connector';
import { lookUpElsewhere } from './localAddresses';
import { Agent, type buildConnector, type Dispatcher } from './ownUndici';
import type { Proxy } from './proxy';

/**
 * Limit for cached dispatchers: direct and through a proxy, before and after a configuration
 * change.
 */
const MAX_OPEN = 4;
/**
 * When the wall clock gains this much on the monotonic clock, the computer slept. In milliseconds.
 */
const SUSPENDED_MS = 2_000;

export interface DispatcherOptions {
  /** Timeout for a connection, and for the proxy's response to CONNECT, each in milliseconds. */
  connectTimeoutMs: number;
  /** How long one address of a host is tried before the next one, in milliseconds. */
  addressTimeoutMs: number;
  /**
   * Upper limit for the idle time of a connection, regardless of the server's `Keep-Alive`, in
   * milliseconds.
   */
  idleTimeoutMs: number;
  /** Milliseconds since the epoch. */
  wallClock: () => number;
  /** `User-Agent` sent to proxies. */
  userAgent: string;
}

interface Way {
  proxy: string;
  context: SecureContext | undefined;
  dispatcher: Dispatcher;
  close: () => void;
}

/** Caches one connection pool for each proxy and certificate configuration. */
export class DispatcherPool {
  private readonly open: Way[] = [];
  private gain: number;

  constructor(private readonly options: DispatcherOptions) {
    this.gain = this.measureGain();
  }

  /**
   * Returns the dispatcher for a proxy and a set of certificates.
   * @param context The trusted certificates. Undefined for Node.js's own.
   * @param onlyElsewhere Whether to reject names that resolve to this computer.
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
      return known.dispatcher;
    }
    const dispatcher = {
      proxy: key,
      context,
      ...(proxy === undefined ? this.direct(context, onlyElsewhere) : this.through(proxy, context)),
    };
    this.open.push(dispatcher);
    if (this.open.length > MAX_OPEN) {
      this.open.shift()?.close();
    }
    return dispatcher.dispatcher;
  }

  /** Discards all open connections. Requests in progress are completed. */
  forget(): void {
    for (const dispatcher of this.open.splice(0)) {
      dispatcher.close();
    }
  }

  /**
   * Timers stop while the computer sleeps, so dead connections would be reused and requests on them
   * would hang.
   */
  private forgetAfterSleep(): void {
    const gain = this.measureGain();
    if (Math.abs(gain - this.gain) > SUSPENDED_MS) {
      this.forget();
    }
    this.gain = gain;
  }

  private measureGain(): number {
    return this.options.wallClock() - performance.now();
  }

  private direct(
    context: SecureContext | undefined,
    onlyElsewhere: boolean,
  ): Pick<Way, 'dispatcher' | 'close'> {
    const options = {
      ...this.connectOptions(context),
      ...(onlyElsewhere ? { lookup: lookUpElsewhere } : {}),
    };
    const agent = this.createAgent(createConnector(options));
    return { dispatcher: agent, close: () => void agent.close() };
  }

  private through(
    { origin, authorization }: Proxy,
    context: SecureContext | undefined,
  ): Pick<Way, 'dispatcher' | 'close'> {
    const options = this.connectOptions(context);
    const toProxy = createPool(origin, {
      connect: createProxyConnector(options),
      headersTimeout: this.options.connectTimeoutMs,
    });
    const headers = {
      'user-agent': this.options.userAgent,
      ...(authorization === undefined ? {} : { 'proxy-authorization': authorization }),
    };
    const connect = createTunnelConnector(toProxy, headers, createConnector(options));
    const agent = this.createAgent(connect);
    // A request that is waiting for its tunnel still needs the proxy.
    const close = (): void => void agent.close().then(() => toProxy.close());
    return { dispatcher: agent, close };
  }

  private createAgent(connect: buildConnector.connector): Agent {
    return new Agent({
      connect,
      factory: (origin, options) => createPool(origin, options),
      keepAliveMaxTimeout: this.options.idleTimeoutMs,
      bodyTimeout: 0,
    });
  }

  /**
   * Always verifies certificates, regardless of settings and NODE_TLS_REJECT_UNAUTHORIZED, because
   * requests carry credentials.
   */
  private connectOptions(context: SecureContext | undefined): {
    timeout: number;
    autoSelectFamilyAttemptTimeout: number;
    rejectUnauthorized: true;
    secureContext?: SecureContext;
  } {
    return {
      timeout: this.options.connectTimeoutMs,
      autoSelectFamilyAttemptTimeout: this.options.addressTimeoutMs,
      rejectUnauthorized: true,
      ...(context === undefined ? {} : { secureContext: context }),
    };
  }
}
