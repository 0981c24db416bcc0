import { setImmediate } from 'node:timers/promises';
import { createUndiciTransport } from '../../../src/core/api/undiciTransport';
import type { HttpRequest, HttpResponse, Transport } from '../../../src/core/ports';
import type { Backend } from '../../backend/server';
import { FakeClock } from '../../support/fakes';
import type { Elsewhere } from './elsewhere';
import type { NetworkFault, Times } from './networkFaults';

/** Which requests a fault strikes. */
export interface Match {
  readonly method: string;
  readonly path: RegExp;
}

/** Longer than any request may take, in milliseconds. */
const TOO_LONG_MS = 600_000;

/** What was sent to the backend. */
export interface SentRequest {
  readonly path: string;
  readonly hasAuthorization: boolean;
}

/** What stands between the product and a backend: real sockets for the call that goes wrong, none for the others. */
export class FaultyNetwork implements Transport {
  /** When the requests of the faulty call were sent, in milliseconds of the product's time. */
  readonly attempts: number[] = [];
  /** What no message and no log may hold. */
  readonly secrets = new Set<string>();
  /** What the product sent, whether it arrived or not. */
  readonly sent: SentRequest[] = [];
  private strikes = 0;
  /** Of requests that would never end: it moves on as soon as the backend has let them hang. */
  private readonly deadlines = new FakeClock();
  private readonly endless = createUndiciTransport({ clock: this.deadlines });
  private armed: { match: Match; fault: NetworkFault } | undefined;

  constructor(
    private readonly sockets: Transport,
    /** For calls that no fault strikes. */
    private readonly direct: Transport,
    private readonly elapsed: () => number,
  ) {}

  /** From now on the call goes wrong. */
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

/** Makes a transport whose only connection has served one request and is free for the next. */
async function openConnection(url: URL): Promise<Transport> {
  const transport = createUndiciTransport();
  await transport.send({ method: 'GET', url });
  // undici uses a connection again one turn of the event loop after its answer.
  await setImmediate();
  return transport;
}

function isMatch({ method, url }: HttpRequest, match: Match): boolean {
  return method === match.method && match.path.test(url.pathname);
}

function divert({ pathname, search }: URL, origin: string): URL {
  return new URL(pathname + search, origin);
}
