import type { SessionState } from '../session/sessionState';
import { isI99dashError, type I99dashError } from '../errors';
import { Emitter } from '../platform/events';
import type { Clock, Disposable, HttpRequest, Transport } from '../platform/interfaces';

/**
 * The first wait before an unreachable backend is tried again, and the longest, in milliseconds.
 */
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 60_000;
/**
 * Where a probe goes. It carries no token: any answer, also "not found", shows that the backend is
 * there.
 */
const PROBE_PATH = '/';

/** True for an error that tells that a server could not be asked, or gave no answer. */
export function isUnreachable(error: unknown): error is I99dashError {
  return (
    isI99dashError(error, 'OFFLINE') ||
    isI99dashError(error, 'TIMEOUT') ||
    isI99dashError(error, 'TLS')
  );
}

/**
 * A session as it is shown: one that is signed in is offline while the backend cannot be reached.
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
   * The backend in force.
   * @throws BACKEND_REFUSED
   */
  backendUrl: () => string;
  /** Whether to try again in the background. */
  isWanted: () => boolean;
}

/**
 * The one place that knows whether the backend can be reached: it watches what every request to the
 * backend ends with. While the backend cannot be reached, it is tried again in the background.
 */
export class Reachability implements Disposable {
  private lastFailure: { origin: string; error: I99dashError } | undefined;
  private attempts = 0;
  private timer: Disposable | undefined;
  private retryTime = 0;
  private readonly changes = new Emitter<void>();

  constructor(private readonly deps: ReachabilityDeps) {}

  readonly onDidChange = this.changes.event;

  /** Why the backend in force cannot be reached; undefined while it can, or nobody has tried. */
  get failure(): I99dashError | undefined {
    const { origin, error } = this.lastFailure ?? {};
    return origin === this.origin() ? error : undefined;
  }

  /** When it is tried next, in milliseconds since the epoch. */
  get retryAt(): number {
    return this.retryTime;
  }

  /** A transport whose outcomes are watched. */
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
    const isNew = this.lastFailure?.origin !== origin;
    this.lastFailure = { origin, error };
    if (isNew) {
      this.attempts = 0;
      this.probeLater();
      this.changes.fire();
    }
  }

  private probeLater(): void {
    this.timer?.dispose();
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.attempts);
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
