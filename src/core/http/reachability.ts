import type { SessionState } from '../session/sessionState';
import { isI99dashError, type I99dashError } from '../errors';
import { Emitter } from '../platform/events';
import type { Clock, Disposable, HttpRequest, Transport } from '../platform/interfaces';
import { isTransient } from './retry';

/**
 * The initial and the maximum delay before an unreachable backend is probed again, in milliseconds.
 */
const FIRST_PROBE_MS = 2_000;
const MAX_PROBE_MS = 60_000;
/**
 * The delay after a proxy refused a request, in milliseconds. The user must fix that, and a proxy
 * may lock an account that shows a wrong password more often.
 */
const REFUSED_WAIT_MS = 15 * 60_000;
/**
 * The path of a probe. A probe has no token: any answer, even "not found", shows that the backend
 * is reachable.
 */
const PROBE_PATH = '/';

/** Checks whether an error means that a server was not reached or did not answer. */
export function isUnreachable(error: unknown): error is I99dashError {
  return (
    isI99dashError(error, 'OFFLINE') ||
    isI99dashError(error, 'TIMEOUT') ||
    isI99dashError(error, 'TLS')
  );
}

function isProxyRefusal(error: unknown): boolean {
  return isI99dashError(error, 'OFFLINE') && !isTransient(error);
}

/**
 * Returns the session state to show: a signed-in session is offline while the backend is
 * unreachable.
 */
export function withReachability(
  state: SessionState,
  reachability: Pick<Reachability, 'failure' | 'retryAt'> | undefined,
): SessionState {
  const { failure, retryAt = 0 } = reachability ?? {};
  return state.kind === 'signedIn' && failure !== undefined
    ? { ...state, kind: 'offline', failure, retryAt }
    : state;
}

export interface ReachabilityDeps {
  transport: Transport;
  clock: Clock;
  /**
   * Returns the current backend.
   * @throws BACKEND_REFUSED
   */
  backendUrl: () => string;
  /** Whether to probe in the background. */
  isWanted: () => boolean;
}

/**
 * Tracks whether the backend is reachable, from the outcome of every request to it. Probes an
 * unreachable backend in the background, with a growing delay.
 */
export class Reachability implements Disposable {
  private lastFailure: { origin: string; error: I99dashError } | undefined;
  private attempts = 0;
  private timer: Disposable | undefined;
  private retryTime = 0;
  private readonly changes = new Emitter<void>();

  constructor(private readonly deps: ReachabilityDeps) {}

  readonly onDidChange = this.changes.event;

  /**
   * The error that shows that the current backend is unreachable; undefined if it is reachable, or
   * there was no request yet.
   */
  get failure(): I99dashError | undefined {
    const { origin, error } = this.lastFailure ?? {};
    return origin === this.origin() ? error : undefined;
  }

  /** The time of the next probe, in milliseconds since the epoch. */
  get retryAt(): number {
    return this.retryTime;
  }

  /** A transport that records the outcome of each request. */
  get transport(): Transport {
    return { send: (request) => this.send(request) };
  }

  dispose(): void {
    this.timer?.dispose();
  }

  private async send(request: HttpRequest): ReturnType<Transport['send']> {
    const { origin } = request.url;
    try {
      const response = await this.deps.transport.send(request);
      this.recordAnswer(origin);
      return response;
    } catch (error) {
      this.recordFailure(origin, error);
      throw error;
    }
  }

  private recordAnswer(origin: string): void {
    if (this.lastFailure?.origin === origin) {
      this.timer?.dispose();
      this.lastFailure = undefined;
      this.attempts = 0;
      this.changes.fire();
    }
  }

  private recordFailure(origin: string, error: unknown): void {
    if (origin !== this.origin() || !isUnreachable(error)) {
      return;
    }
    const isNew =
      this.lastFailure?.origin !== origin ||
      isProxyRefusal(this.lastFailure.error) !== isProxyRefusal(error);
    this.lastFailure = { origin, error };
    if (isNew) {
      this.attempts = 0;
      this.probeLater();
      this.changes.fire();
    }
  }

  private probeLater(): void {
    this.timer?.dispose();
    const wait = isProxyRefusal(this.lastFailure?.error)
      ? REFUSED_WAIT_MS
      : Math.min(MAX_PROBE_MS, FIRST_PROBE_MS * 2 ** this.attempts);
    this.attempts++;
    this.retryTime = this.deps.clock.now() + wait;
    this.timer = this.deps.clock.setTimer(wait, () => void this.probe());
  }

  private async probe(): Promise<void> {
    const origin = this.origin();
    if (origin === undefined || !this.hasFailed(origin)) {
      return;
    }
    if (this.deps.isWanted()) {
      await this.send({ method: 'GET', url: new URL(PROBE_PATH, origin) }).catch(() => undefined);
    }
    if (this.hasFailed(origin)) {
      this.probeLater();
      this.changes.fire();
    }
  }

  private hasFailed(origin: string): boolean {
    return this.lastFailure?.origin === origin;
  }

  private origin(): string | undefined {
    try {
      return new URL(this.deps.backendUrl()).origin;
    } catch {
      return undefined;
    }
  }
}
