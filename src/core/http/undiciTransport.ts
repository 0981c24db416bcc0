import { Readable } from 'node:stream';
import { raceSignal } from '../platform/abort';
import { CancelledError, I99dashError, systemErrorCode } from '../errors';
import { t } from '../text/l10n';
import {
  systemClock,
  type Clock,
  type Disposable,
  type HttpRequest,
  type HttpResponse,
  type HttpStreamBody,
  type Transport,
} from '../platform/interfaces';
import { findFirstError, isLostReusedConnection, isUnopenedConnection } from './connectionPool';
import { DispatcherPool } from './dispatcherPool';
import type { NetworkConfiguration } from './networkConfiguration';
import { request, type Dispatcher } from './ownUndici';
import { resolveProxy } from './proxy';
import { readBody } from './responseBody';
import { asTransportError, isUnknownIssuer, RequestExpired } from './transportError';
import { CertificateStore, type CertificateConfiguration } from './certificateStore';

const DEFAULT_TIMEOUT_MS = 30_000;
/** Default limit for a response of the API, in bytes. */
const MAX_RESPONSE_BYTES = 4 * 1024 * 1024;
/** Default limit for the response to an upload, in bytes. */
const MAX_UPLOAD_RESPONSE_BYTES = 64 * 1024;

/** Upper limit for upload data in the system's send buffer, in bytes: the largest on Linux. */
const MAX_IN_FLIGHT_BYTES = 4 * 1024 * 1024;
/**
 * Slowest connection assumed while the send buffer drains: 256 kbit/s, in bytes per millisecond.
 */
const SLOWEST_LINE = 32;

/** All in milliseconds. */
interface Deadlines {
  /** Timeout to connect. With a proxy it applies to each half. */
  connectTimeoutMs: number;
  /**
   * Timeout for one address of a host before the next one is tried. Node.js's default of 250 ms is
   * shorter than connecting takes on many mobile networks. The default here also covers one lost
   * packet, which is retransmitted after a second (RFC 6298).
   */
  addressTimeoutMs: number;
  /** Maximum idle time of a connection. Routers drop idle connections silently. */
  idleTimeoutMs: number;
  /** From the request to the head of the response. Not for uploads. */
  headersTimeoutMs: number;
  /** Between two chunks of a response. */
  bodyTimeoutMs: number;
  /**
   * For uploads: between two chunks, and for the response, plus the time to send the last bytes on
   * a slow connection.
   */
  stallTimeoutMs: number;
}

const DEADLINES: Deadlines = {
  connectTimeoutMs: 10_000,
  addressTimeoutMs: 1_500,
  idleTimeoutMs: 15_000,
  headersTimeoutMs: 25_000,
  bodyTimeoutMs: 10_000,
  stallTimeoutMs: 30_000,
};

interface TransportOptions extends Partial<Deadlines> {
  /** Read for each request, so that changes apply to the next one. Default: a direct connection. */
  network?: () => NetworkConfiguration;
  /** Measures the age of connections and the deadlines of requests. Default: the system clock. */
  clock?: Clock;
  /** The `User-Agent`, as {@link describeUserAgent} returns it. */
  userAgent?: string;
}

const PRODUCT = 'i99dash-vscode';

/**
 * Builds the `User-Agent`, which firewalls in front of APIs require. It does not identify the user.
 */
export function describeUserAgent(options: { version: string; editorVersion: string }): string {
  const { version, editorVersion } = options;
  const { platform, arch } = process;
  const editor = `VSCode ${editorVersion}; ${platform} ${arch}`.replaceAll(/[^\w .;+-]/gu, '');
  return `${PRODUCT}/${version} (${editor})`;
}

/**
 * Creates a transport with its own connection pools. Never changes the global dispatcher or the
 * `fetch` of other extensions. Always verifies certificates, regardless of settings and
 * environment.
 */
export function createUndiciTransport({
  network = () => ({}),
  clock = systemClock,
  userAgent = PRODUCT,
  ...deadlines
}: TransportOptions = {}): Transport {
  const allDeadlines = { ...DEADLINES, ...deadlines };
  const wallClock = (): number => clock.now();
  const dispatchers = new DispatcherPool({ ...allDeadlines, wallClock, userAgent });
  return new UndiciTransport(network, dispatchers, { ...allDeadlines, userAgent }, clock);
}

type ExchangeOptions = Deadlines & { userAgent: string };

class UndiciTransport implements Transport {
  private readonly trust = new CertificateStore();

  constructor(
    private readonly network: () => NetworkConfiguration,
    private readonly dispatchers: DispatcherPool,
    private readonly options: ExchangeOptions,
    private readonly clock: Clock,
  ) {}

  async send(httpRequest: HttpRequest): Promise<HttpResponse> {
    const { url, signal } = httpRequest;
    const { proxy: configured = {}, trust = {} } = this.network();
    const proxy = resolveProxy(url, configured);
    const deadline = new Deadline(httpRequest, this.options.stallTimeoutMs, this.clock);
    const attempt = (): Promise<HttpResponse> => {
      const context = this.trust.contextFor(trust);
      const dispatcher = this.dispatchers.get(proxy, context, httpRequest.onlyElsewhere);
      return exchange(dispatcher, httpRequest, deadline, this.options);
    };
    try {
      return await this.repeatLost(httpRequest, () => this.repeatTrusted(trust, attempt));
    } catch (error) {
      throw signal?.aborted === true ? new CancelledError() : asTransportError(error, url, proxy);
    } finally {
      deadline.clear();
    }
  }

  /** Retries with all trusted certificates. */
  private async repeatTrusted<T>(
    trust: CertificateConfiguration,
    attempt: () => Promise<T>,
  ): Promise<T> {
    const context = this.trust.contextFor(trust);
    try {
      return await attempt();
    } catch (error) {
      // The TLS handshake failed, so nothing was sent.
      if (isUnknownIssuer(error)) {
        await this.trust.extend(trust);
        if (this.trust.contextFor(trust) !== context) {
          return attempt();
        }
      }
      throw error;
    }
  }

  /** Retries once on a new connection when a reused one is lost. */
  private async repeatLost(
    httpRequest: HttpRequest,
    attempt: () => Promise<HttpResponse>,
  ): Promise<HttpResponse> {
    try {
      return await attempt();
    } catch (error) {
      if (!isLostReusedConnection(error)) {
        throw error;
      }
      this.dispatchers.forget(); // other connections are just as old
      if (!isRepeatable(httpRequest)) {
        throw error;
      }
      const answer = await attempt().catch((failure: unknown) => {
        // Nothing is known of the first attempt, even if the second one could not be sent.
        throw isUnopenedConnection(failure) ? error : failure;
      });
      if (mayBeDone(httpRequest, answer)) {
        throw error;
      }
      return answer;
    }
  }
}

function isRepeatable({ method, body, isRepeatable: isMarked }: HttpRequest): boolean {
  const isStream = typeof body === 'object';
  return isMarked === true || ((method === 'GET' || method === 'DELETE') && !isStream);
}

/**
 * Checks whether a retry was rejected possibly because the first attempt succeeded. The outcome is
 * then still unknown.
 */
function mayBeDone({ method }: HttpRequest, { status }: HttpResponse): boolean {
  return method !== 'GET' && status >= 400 && status < 500 && status !== 429;
}

/**
 * Sends one request and reads the response.
 * @throws UPLOAD_FAILED when the source of the body fails
 * @throws The errors of undici.
 */
async function exchange(
  dispatcher: Dispatcher,
  httpRequest: HttpRequest,
  deadline: Deadline,
  { headersTimeoutMs, bodyTimeoutMs, userAgent }: ExchangeOptions,
): Promise<HttpResponse> {
  const { method, url, maxResponseBytes } = httpRequest;
  const upload = httpRequest.body === undefined ? undefined : openBody(httpRequest.body, deadline);
  const streams = upload?.close !== undefined;
  try {
    const sent = request(url, {
      dispatcher,
      method,
      headers: {
        'user-agent': userAgent,
        'accept-encoding': 'identity',
        ...httpRequest.headers,
        ...upload?.headers,
      },
      body: upload?.body ?? null,
      headersTimeout: streams ? 0 : headersTimeoutMs, // the deadline covers uploads
      bodyTimeout: bodyTimeoutMs,
      signal: deadline.signal,
    });
    // undici ignores the signal until it is connected.
    const { statusCode, headers, body } = await raceSignal(sent, deadline.signal);
    const most = maxResponseBytes ?? (streams ? MAX_UPLOAD_RESPONSE_BYTES : MAX_RESPONSE_BYTES);
    const flat = flatten(headers);
    return { status: statusCode, headers: flat, text: await readBody(body, flat, most) };
  } catch (error) {
    throw upload?.sourceError?.() ?? asRequestError(error, deadline);
  } finally {
    upload?.close?.();
  }
}

function asRequestError(error: unknown, { signal }: Deadline): unknown {
  if (signal.aborted) {
    return signal.reason;
  }
  return systemErrorCode(error) === 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH'
    ? fileChanged(error)
    : findFirstError(error);
}

/**
 * Combines the caller's signal with a timeout, for the whole request or since the last chunk of an
 * upload.
 */
class Deadline {
  private readonly expiry = new AbortController();
  private readonly ms: number;
  private timer: Disposable;
  readonly signal: AbortSignal;

  constructor(
    { body, timeoutMs, signal }: HttpRequest,
    stallTimeoutMs: number,
    private readonly clock: Clock,
  ) {
    this.ms = typeof body === 'object' ? stallTimeoutMs : (timeoutMs ?? DEFAULT_TIMEOUT_MS);
    this.timer = this.start();
    this.signal =
      signal === undefined ? this.expiry.signal : AbortSignal.any([this.expiry.signal, signal]);
  }

  /**
   * Restarts the timeout.
   * @param moreMs Additional time, in milliseconds.
   */
  restart(moreMs = 0): void {
    this.clear();
    this.timer = this.start(moreMs);
  }

  clear(): void {
    this.timer.dispose();
  }

  private start(moreMs = 0): Disposable {
    const expire = (): void => this.expiry.abort(new RequestExpired());
    return this.clock.setTimer(this.ms + moreMs, expire);
  }
}

interface OpenBody {
  body: string | Readable;
  headers?: Record<string, string>;
  /** Returns the error of the stream's source, if any. */
  sourceError?: () => I99dashError | undefined;
  close?: () => void;
}

function openBody(body: string | HttpStreamBody, deadline: Deadline): OpenBody {
  if (typeof body === 'string') {
    return { body };
  }
  const source = body.open();
  let failure: unknown;
  // Attached before reading: the source may fail early, or after the connection broke.
  source.on('error', (error) => (failure = error));
  const stream = Readable.from(counted(source, body, deadline), { objectMode: false });
  return {
    body: stream,
    headers: { 'content-length': String(body.length) },
    sourceError: () => (failure === undefined ? undefined : fileChanged(failure)),
    close: () => {
      stream.destroy();
      source.destroy(); // the generator may not have started, or may be waiting
    },
  };
}

async function* counted(
  source: Readable,
  { onProgress }: HttpStreamBody,
  deadline: Deadline,
): AsyncGenerator<Uint8Array> {
  let sent = 0;
  for await (const chunk of source as AsyncIterable<Uint8Array>) {
    yield chunk;
    sent += chunk.length;
    deadline.restart();
    onProgress?.(sent);
  }
  deadline.restart(Math.min(sent, MAX_IN_FLIGHT_BYTES) / SLOWEST_LINE);
}

function fileChanged(cause: unknown): I99dashError {
  return new I99dashError('UPLOAD_FAILED', t('The file changed while it was being sent.'), {
    cause,
  });
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}
