import { CancelledError, I99dashError } from '../../src/core/errors';
import type { HttpRequest, HttpResponse, Transport } from '../../src/core/platform/interfaces';
import type { BackendRequest, BackendResponse, Context } from '../backend/exchange';
import { type Outcome, runExchange } from '../backend/fault-effects';
import { Faults } from '../backend/faults';
import { handle } from '../backend/router';
import { DEFAULT_ACCOUNT } from '../backend/server';
import { defaultSettings } from '../backend/settings';
import { BackendState } from '../backend/state';
import type { Account } from '../backend/state/model';

/** A request that a {@link MemoryBackend} has answered. */
export interface MemoryRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

/**
 * The development backend without sockets: its handlers as a {@link Transport}. It does not support
 * uploads.
 */
export class MemoryBackend {
  readonly state: BackendState;
  readonly settings = defaultSettings();
  readonly faults = new Faults();
  readonly requests: MemoryRequest[] = [];
  /** True: no request reaches the backend. */
  offline = false;
  private readonly context: Context;
  private sent = 0;

  /**
   * @param options.url the origin, without a trailing slash
   * @param options.now milliseconds since the epoch
   * @param options.passage resolves when a request has arrived
   */
  constructor(
    private readonly options: {
      url: string;
      now: () => number;
      accounts?: readonly Account[];
      passage?: () => Promise<void>;
    },
  ) {
    const { now, url, accounts = [DEFAULT_ACCOUNT] } = options;
    this.state = new BackendState({ folder: '', persistent: false, now });
    for (const account of accounts) this.state.addAccount(account);
    this.context = { state: this.state, settings: this.settings, now, baseUrl: () => url };
  }

  get url(): string {
    return this.options.url;
  }

  readonly transport: Transport = {
    send: async (request) => {
      await this.travel(request);
      const incoming = this.toBackendRequest(request);
      const fault = this.faults.take(incoming.method, incoming.path);
      const signal = request.signal ?? new AbortController().signal;
      const next = (): Promise<BackendResponse> => handle(incoming, this.context);
      const outcome = await runExchange(fault, { request: incoming, next, signal });
      await this.travel(request);
      return this.toResponse(outcome, request);
    },
  };

  private async travel({ url, signal }: HttpRequest): Promise<void> {
    await this.options.passage?.();
    if (signal?.aborted) throw new CancelledError();
    if (this.offline || url.origin !== this.url) throw unreachable(url);
  }

  private toBackendRequest({ method, url, headers, body }: HttpRequest): BackendRequest {
    if (typeof body === 'object') throw new Error('there are no uploads in memory');
    this.sent += 1;
    return {
      id: String(this.sent),
      method,
      path: url.pathname,
      query: url.searchParams,
      headers: headers ?? {},
      remoteAddress: '127.0.0.1',
      body: Buffer.from(body ?? ''),
      stream: emptyStream(),
    };
  }

  private async toResponse(outcome: Outcome, { method, url, signal }: HttpRequest) {
    if (outcome.type === 'hang') await cancellation(signal);
    if (outcome.type !== 'respond') throw unreachable(url);
    const { status, headers, body } = outcome.response;
    if (typeof body !== 'string' && !Buffer.isBuffer(body)) throw new Error('no text');
    this.requests.push({ method, path: url.pathname, status });
    return { status, headers, text: body.toString() } satisfies HttpResponse;
  }
}

function unreachable({ host }: URL): I99dashError {
  return new I99dashError('OFFLINE', `${host} cannot be reached.`);
}

function cancellation(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(new CancelledError()), { once: true });
  });
}

async function* emptyStream(): AsyncGenerator<Buffer> {
  // The body is already in `body`.
}
