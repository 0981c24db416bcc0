import type { SecureContext } from 'node:tls';
import { createPool } from './connection';
import { createConnector, createProxyConnector, createTunnelConnector } from './connector';
import { lookUpElsewhere } from './ownAddresses';
import { Agent, type buildConnector, type Dispatcher } from './ownUndici';
import type { Proxy } from './proxy';

/** As many ways to the network as are kept open: directly and through a proxy, before and after a change. */
const MAX_OPEN = 4;
/** A wall clock that gains this much on the one that stands still in sleep tells of one, in milliseconds. */
const SLEPT_MS = 2_000;

export interface DispatcherOptions {
  /** For a connection, and for a proxy's word that it stands, each in milliseconds. */
  connectTimeoutMs: number;
  /** How long one address of a host is tried before the next one, in milliseconds. */
  addressTimeoutMs: number;
  /** The longest that a connection is kept which nobody uses, whatever the server says, in milliseconds. */
  idleTimeoutMs: number;
  /** Milliseconds since the epoch. */
  wallClock: () => number;
  /** What a proxy is told of who asks. */
  userAgent: string;
}

interface Way {
  proxy: string;
  context: SecureContext | undefined;
  dispatcher: Dispatcher;
  close: () => void;
}

/** Hands out one connection pool for each way to the network. */
export class Dispatchers {
  private readonly open: Way[] = [];
  private gain: number;

  constructor(private readonly options: DispatcherOptions) {
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
      return known.dispatcher;
    }
    const way = {
      proxy: key,
      context,
      ...(proxy === undefined ? this.direct(context, onlyElsewhere) : this.through(proxy, context)),
    };
    this.open.push(way);
    if (this.open.length > MAX_OPEN) {
      this.open.shift()?.close();
    }
    return way.dispatcher;
  }

  /** Uses no connection again that is open now. What is under way goes on to its end. */
  forget(): void {
    for (const way of this.open.splice(0)) {
      way.close();
    }
  }

  /** Timers stand still while the computer sleeps: connections that died long ago pass for fresh ones, and whoever uses them waits in vain. */
  private forgetAfterSleep(): void {
    const gain = this.measureGain();
    if (Math.abs(gain - this.gain) > SLEPT_MS) {
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
    // A request that waits for its tunnel needs the proxy until it is done.
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

  /** Whatever the settings and NODE_TLS_REJECT_UNAUTHORIZED say: what is sent is worth a sign-in. */
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
