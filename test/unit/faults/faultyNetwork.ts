import { setImmediate } from 'node:timers/promises';
import { createUndiciTransport } from '../../../src/core/http/undiciTransport';
import type { HttpRequest, HttpResponse, Transport } from '../../../src/core/platform/interfaces';
import type { Backend } from '../../backend/server';
import { FakeClock } from '../../support/fakes';
import type { Elsewhere } from './elsewhere';
import type { NetworkFault, Times } from './networkFaults';

/** Selects the requests that a fault applies to. */
export interface Match {
  readonly method: string;
  readonly path: RegExp;
}

/** Longer than any request may take, in milliseconds. */
const TOO_LONG_MS = 600_000;

/** A request sent to the backend. */
export interface SentRequest {
  readonly path: string;
  readonly hasAuthorization: boolean;
}

/**
 * The network between the product and a backend: real sockets for the faulty call, none for the
 * others.
 */
export class FaultyNetwork implements Transport {
  /**
   * When the requests of the faulty call were sent, in milliseconds on the clock of the product.
   */
  readonly attempts: number[] = [];
  /** Secrets that no message and no log may contain. */
  readonly secrets = new Set<string>();
  /** The requests of the product, whether they arrived or not. */
  readonly sent: SentRequest[] = [];
  private strikes = 0;
  /** The clock of endless requests: it advances as soon as the backend lets them hang. */
  private readonly deadlines = new FakeClock();
  private readonly endless = createUndiciTransport({ clock: this.deadlines });
  private armed: { match: Match; fault: NetworkFault } | undefined;

  constructor(
    private readonly sockets: Transport,
    /** For calls without faults. */
    private readonly direct: Transport,
    private readonly elapsed: () => number,
  ) {}

  /** Activates the fault for the call. */
  arm(
    { faults }: Pick<Backend, 'faults'>,
    elsewhere: Elsewhere,
    { match, fault, times }: { match: Match; fault: NetworkFault; times: Times },
  ): void {
    this.armed = { match, fault };
    this.strikes = times === 'once' ? 1 : Infinity;
    if (fault.backend !== undefined) {
      const onEndless = (): void => this.deadlines.advance(TOO_LONG_MS);
      const count = times === 'once' ? 1 : 'always';
      faults.inject({ match, times: count, fault: fault.backend(elsewhere, onEndless) });
    }
  }

  heal({ faults }: Pick<Backend, 'faults'>): void {
    this.strikes = 0;
    faults.clear();
  }

  async send(request: HttpRequest): Promise<HttpResponse> {
    this.learn(request);
    const { armed, direct, sockets } = this;
    if (armed === undefined || !isMatch(request, armed.match)) {
      return direct.send(request);
    }
    this.attempts.push(this.elapsed());
    const { isEndless, isKept, detour } = armed.fault;
    const strikes = this.strikes > 0;
    this.strikes -= 1;
    const url = strikes && detour !== undefined ? divert(request.url, detour) : request.url;
    if (strikes && isKept === true) {
      return (await openConnection(new URL('/', url))).send({ ...request, url });
    }
    const transport = strikes && isEndless === true ? this.endless : sockets;
    return transport.send({ ...request, url });
  }

  private learn({ url, headers, body }: HttpRequest): void {
    const hasAuthorization = headers?.['authorization'] !== undefined;
    this.sent.push({ path: url.pathname, hasAuthorization });
    const deviceCode =
      typeof body === 'string' ? new URLSearchParams(body).get('device_code') : null;
    const bearer = headers?.['authorization']?.replace('Bearer ', '');
    for (const secret of [bearer, url.searchParams.get('X-Signature'), deviceCode]) {
      if (secret) this.secrets.add(secret);
    }
  }
}

/** Gives a transport one connection that has served a request and is idle. */
async function openConnection(url: URL): Promise<Transport> {
  const transport = createUndiciTransport();
  await transport.send({ method: 'GET', url });
  // undici reuses a connection one turn of the event loop after its answer.
  await setImmediate();
  return transport;
}

function isMatch({ method, url }: HttpRequest, match: Match): boolean {
  return method === match.method && match.path.test(url.pathname);
}

function divert({ pathname, search }: URL, origin: string): URL {
  return new URL(pathname + search, origin);
}
