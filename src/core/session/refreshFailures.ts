import { I99dashError, isI99dashError, type ErrorCode } from '../errors';
import { t } from '../text/l10n';
import type { Clock } from '../platform/interfaces';
import { isTransient } from '../http/retry';
import { INVALID_CHALLENGE } from '../signIn/requestToken';
import {
  backoffMs,
  userActionBackoffMs,
  type AgentRefusal,
  type RefreshFailure,
  type KeyAvailability,
} from './refreshPolicy';
import { SignatureRefused } from './signatureRequests';

/** The key cannot be used without the user. */
const LOCKING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'KEY_ENCRYPTED',
  'KEY_NOT_FOUND',
  'KEY_UNREADABLE',
  'KEY_UNSUPPORTED',
  'KEY_WRONG_PASSPHRASE',
  'AGENT_UNAVAILABLE',
]);
/** A single failure may be a glitch; this many in a row are reported. */
const SHOW_FROM_FAILURE = 2;
/** Permanent rejections by the server. */
const FINAL: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['KEY_REJECTED', 'SSH_AUTH_DISABLED']);

/**
 * How often "invalid challenge" counts as transient before it counts as a rejection of the key.
 * Older backends use it for that, but a backend that lost its challenges returns it too, after a
 * restart or when load-balanced.
 */
const MAX_INVALID_CHALLENGES = 5;

export type FailureKind = 'locked' | 'final' | 'passing';

/** A transient failure, and when to retry in milliseconds since the epoch. */
export interface Backoff {
  failure: I99dashError;
  retryAt: number;
}

/** Tracks the failures since the last successful refresh. */
export class RefreshFailures {
  /** Why the key cannot be used without the user. Undefined while it is usable, as far as known. */
  lock: I99dashError | undefined;
  lastFailure: RefreshFailure | undefined;
  /**
   * The agent's last refusal to sign, while it is in effect. The agent listing the key does not end
   * it.
   */
  refusal: { failure: I99dashError; refusal: AgentRefusal } | undefined;
  /** Number of consecutive transient failures. */
  private count = 0;
  /** Number of consecutive failures, up to the last one, that the user must fix. */
  private userActionCount = 0;
  /** Total number of recorded failures. */
  failureCount = 0;
  /**
   * Whether the backend rejected a new token. A successful refresh then no longer shows that the
   * session works.
   */
  refused = false;
  private passing: I99dashError | undefined;
  private invalidChallenges = 0;

  constructor(
    private readonly clock: Clock,
    private readonly random: () => number,
  ) {}

  get keyAvailability(): KeyAvailability {
    return this.lock === undefined ? 'ready' : 'locked';
  }

  /** When to retry after a transient failure, in milliseconds since the epoch. */
  get retryAt(): number | undefined {
    return this.lastFailure?.kind === 'passing' ? this.lastFailure.retryAt : undefined;
  }

  /** The current backoff. Undefined when nothing prevents an attempt. */
  get backoff(): Backoff | undefined {
    const { retryAt, passing: failure } = this;
    return retryAt === undefined || failure === undefined ? undefined : { failure, retryAt };
  }

  /** Whether the failure should be shown although the token is still valid. */
  get shouldShow(): boolean {
    return this.refused || this.userActionCount > 0 || this.count >= SHOW_FROM_FAILURE;
  }

  isWaiting(): boolean {
    return this.retryAt !== undefined && this.clock.now() < this.retryAt;
  }

  /**
   * Reclassifies a failure: a rejection that may be due to the challenge is transient the first few
   * times.
   */
  classify(failure: I99dashError): I99dashError {
    const refusal = findChallengeRefusal(failure);
    if (refusal === undefined) {
      return failure;
    }
    this.invalidChallenges += 1;
    return this.invalidChallenges < MAX_INVALID_CHALLENGES ? refusal : failure;
  }

  /** Records a failure. */
  recordFailure(failure: I99dashError): FailureKind {
    this.failureCount += 1;
    if (failure instanceof SignatureRefused) {
      this.refusal = { failure, refusal: failure.refusal };
      return 'locked';
    }
    if (LOCKING.has(failure.code)) {
      this.lock = failure;
      return 'locked';
    }
    if (FINAL.has(failure.code)) {
      this.lastFailure = { kind: 'final' };
      return 'final';
    }
    this.count += 1;
    this.refused ||= isTokenRejection(failure);
    const needsUserAction = failure.code === 'OFFLINE' && !isTransient(failure); // refused by a proxy
    this.userActionCount = needsUserAction ? this.userActionCount + 1 : 0;
    const at = this.clock.now();
    const wait = needsUserAction
      ? userActionBackoffMs(this.userActionCount, this.random)
      : backoffMs(this.count, this.random, failure.retryAfterMs);
    const serverRequestedDelay = failure.retryAfterMs !== undefined;
    this.passing = failure;
    this.lastFailure = {
      kind: 'passing',
      at,
      retryAt: at + wait,
      serverRequestedDelay,
      needsUserAction,
    };
    return 'passing';
  }

  /** Clears all failures, after a recovery or for a different session. */
  clear(): void {
    this.lock = undefined;
    this.lastFailure = undefined;
    this.refusal = undefined;
    this.count = 0;
    this.userActionCount = 0;
    this.invalidChallenges = 0;
    this.refused = false;
  }

  /** Clears the failures after a refresh, except when the backend had rejected a new token. */
  renewed(): void {
    const { refused, count } = this;
    this.clear();
    this.refused = refused;
    this.count = refused ? count : 0;
  }

  /**
   * Resets the backoff after an event such as wake from sleep, focus or opening a view. A delay
   * that the server requested still applies.
   * @param options.userInitiated Whether the user ran a command or changed settings, which may have
   * fixed the cause.
   */
  resetBackoff({ userInitiated = false } = {}): void {
    const { lastFailure } = this;
    if (lastFailure?.kind !== 'passing' || lastFailure.serverRequestedDelay === true) {
      return;
    }
    if (userInitiated || lastFailure.needsUserAction !== true) {
      this.lastFailure = undefined;
    }
  }
}

/**
 * Returns the backend's error when the key was rejected because of an invalid challenge, else
 * undefined.
 */
function findChallengeRefusal(failure: I99dashError): I99dashError | undefined {
  const refusal = isI99dashError(failure.cause, 'KEY_NOT_REGISTERED') && failure.cause.cause;
  return isI99dashError(refusal, 'SERVER') && refusal.serverCode === INVALID_CHALLENGE
    ? refusal
    : undefined;
}

/** Checks whether the backend rejected a token that was issued for this call. */
export function isTokenRejection(error: unknown): boolean {
  return isI99dashError(error, 'NOT_SIGNED_IN') && error.status === 401;
}

/**
 * Converts the error of a refresh to one for a signed-in user: a key that is now unknown was
 * registered before.
 */
export function toRefreshFailure(error: unknown): I99dashError {
  if (isI99dashError(error, 'KEY_NOT_REGISTERED')) {
    return new I99dashError(
      'KEY_REJECTED',
      t(
        'The backend no longer accepts the key you signed in with. It was removed from your account, or replaced.',
      ),
      { cause: error, ...(error.publicKey === undefined ? {} : { publicKey: error.publicKey }) },
    );
  }
  return isI99dashError(error)
    ? error
    : new I99dashError('PROTOCOL', t('The session could not be renewed.'), { cause: error });
}
