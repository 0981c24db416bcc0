import { I99dashError, isI99dashError, type ErrorCode } from '../errors';
import { t } from '../text/l10n';
import { isTransient } from '../http/retry';
import { INVALID_CHALLENGE, type AccessToken } from '../signIn/requestToken';

/** Why the session cannot get a new token. */
export type RefreshFailure =
  /** The key cannot be used without the user. */
  | { kind: 'locked'; error: I99dashError }
  /** The backend rejects the key, or the token cannot be refreshed. Only the user can help. */
  | { kind: 'rejected'; error: I99dashError }
  | TransientFailure;

export interface TransientFailure {
  kind: 'transient';
  error: I99dashError;
  /**
   * `proxy`: a proxy refuses, which the user must fix. `token`: the backend rejects new tokens; a
   * successful refresh then does not show that the session works. `challenge`: the backend calls
   * its challenge invalid. `network`: anything else, such as no network or a failing server.
   */
  cause: 'network' | 'proxy' | 'token' | 'challenge';
  /** Number of consecutive failures with this cause. */
  attempts: number;
  /** Whether it is shown although the token is still valid. A single failure may be a glitch. */
  isShown: boolean;
  /** Milliseconds since the epoch, like `retryAt`. */
  at: number;
  retryAt: number;
}

/** The lifetime of a token. */
export type TokenTimes = Omit<AccessToken, 'token'>;

/** A token, and when to refresh it, in milliseconds since the epoch. */
export interface TimedToken extends AccessToken {
  refreshAt: number;
}

/** What to do about a token that is due. A usable token is used in any case. */
export type RefreshAction = 'none' | 'refresh' | 'wait' | 'locked' | 'rejected';

export interface RefreshInput {
  now: number;
  /** Undefined when the token is missing or rejected. */
  token: Omit<TimedToken, 'token'> | undefined;
  /** Whether a key can refresh the token. Pasted tokens and API keys cannot be refreshed. */
  isRenewable: boolean;
  failure: RefreshFailure | undefined;
}

/** Minimum remaining lifetime for a token to be used, in milliseconds. */
export const MIN_LIFETIME_MS = 30_000;
/**
 * Limits the minimum remaining lifetime to this fraction, so that short-lived tokens are used for
 * most of their life.
 */
const MIN_LIFETIME_FRACTION = 0.1;

/**
 * A token is not refreshed for at least this long, whatever its lifetime, in milliseconds. Prevents
 * refreshing in a loop.
 */
const MIN_FRESH_MS = 1_000;
const MIN_FRACTION = 0.35;
const MAX_FRACTION = 0.8;

/** Decides what to do about a token. Pure; the table in its test is the specification. */
export function nextRefreshAction(input: RefreshInput): RefreshAction {
  const { now, token, isRenewable, failure } = input;
  const hasToken = isUsable(input);
  if (!isRenewable) {
    return hasToken ? 'none' : 'rejected';
  }
  if (token !== undefined && hasToken && now < token.refreshAt) {
    return 'none';
  }
  if (failure?.kind === 'transient') {
    return isWaiting(failure, now) ? 'wait' : 'refresh';
  }
  return failure?.kind ?? 'refresh';
}

/** Checks whether a token can be used now. */
export function isUsable({
  now,
  token,
  isRenewable,
}: {
  now: number;
  token: TokenTimes | undefined;
  isRenewable: boolean;
}): boolean {
  if (token === undefined || !isRenewable) {
    return token !== undefined && now < token.expiresAt;
  }
  const life = token.expiresAt - token.mintedAt;
  const reserve = Math.min(MIN_LIFETIME_MS, life * MIN_LIFETIME_FRACTION);
  return !isFromFuture(token, now) && token.expiresAt - now > reserve;
}

/**
 * Picks when to refresh a token, in milliseconds since the epoch: between 35 and 80 % of its
 * lifetime. With a narrow range, clients that start together would refresh together all day.
 */
export function pickRefreshTime({ mintedAt, expiresAt }: TokenTimes, random: () => number): number {
  const fraction = MIN_FRACTION + random() * (MAX_FRACTION - MIN_FRACTION);
  return mintedAt + Math.max(MIN_FRESH_MS, fraction * (expiresAt - mintedAt));
}

/** Checks whether a stored token should replace the current one. */
export function supersedes(
  found: AccessToken,
  current: AccessToken | undefined,
  now: number,
): boolean {
  return (
    current === undefined ||
    (found.token !== current.token &&
      (isFromFuture(current, now) || found.mintedAt >= current.mintedAt))
  );
}

/** Checks for a token from the future. The clock was set back, so its age is unknown. */
export function isFromFuture({ mintedAt }: TokenTimes, now: number): boolean {
  return mintedAt > now;
}

/** Error codes that mean that the key cannot be used without the user. */
const LOCKING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'KEY_ENCRYPTED',
  'KEY_NOT_FOUND',
  'KEY_UNREADABLE',
  'KEY_UNSUPPORTED',
  'KEY_WRONG_PASSPHRASE',
  'AGENT_UNAVAILABLE',
]);
/** Permanent rejections by the server. */
const FINAL: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['KEY_REJECTED', 'SSH_AUTH_DISABLED']);

/**
 * How often "invalid challenge" counts as transient before it counts as a rejection of the key.
 * Older backends use it for that, but a backend that lost its challenges returns it too, after a
 * restart or when load-balanced.
 */
const MAX_INVALID_CHALLENGES = 5;

/**
 * Classifies the error of a refresh.
 * @param previous The last failure since the last success.
 */
export function toRefreshFailure(
  thrown: unknown,
  previous: RefreshFailure | undefined,
  { now, random }: { now: number; random: () => number },
): RefreshFailure {
  const error = toRefreshError(thrown);
  if (LOCKING.has(error.code)) {
    return { kind: 'locked', error };
  }
  const refusal = findChallengeRefusal(error);
  const cause = refusal === undefined ? findCause(error) : 'challenge';
  const before = previous?.kind === 'transient' ? previous : undefined;
  const attempts = before?.cause === cause ? before.attempts + 1 : 1;
  if (FINAL.has(error.code) && (refusal === undefined || attempts >= MAX_INVALID_CHALLENGES)) {
    return { kind: 'rejected', error };
  }
  const wait =
    cause === 'proxy'
      ? userActionBackoffMs(attempts, random)
      : backoffMs(attempts, random, error.retryAfterMs);
  return {
    ...{ kind: 'transient', error: refusal ?? error, cause, attempts },
    isShown: before !== undefined || cause === 'proxy' || cause === 'token',
    ...{ at: now, retryAt: now + wait },
  };
}

/**
 * Ends the backoff after an event such as wake from sleep, focus or opening a view. A delay that
 * the server requested still applies.
 * @param options.userInitiated Whether the user ran a command or changed settings, which may have
 * fixed the cause.
 */
export function withoutBackoff(
  failure: RefreshFailure | undefined,
  { userInitiated = false }: { userInitiated?: boolean } = {},
): RefreshFailure | undefined {
  if (failure?.kind !== 'transient' || failure.error.retryAfterMs !== undefined) {
    return failure;
  }
  const isOver = userInitiated || failure.cause !== 'proxy';
  return isOver ? { ...failure, retryAt: failure.at } : failure;
}

/**
 * Checks whether a failure delays the next attempt. A failure in the future means that the clock
 * was set back.
 */
export function isWaiting(
  failure: RefreshFailure | undefined,
  now: number,
): failure is TransientFailure {
  return failure?.kind === 'transient' && failure.at <= now && now < failure.retryAt;
}

/** Checks whether the backend rejected a token that was issued for this call. */
export function isTokenRejection(error: unknown): boolean {
  return isI99dashError(error, 'NOT_SIGNED_IN') && error.status === 401;
}

/**
 * Converts the error of a refresh to one for a signed-in user: a key that is now unknown was
 * registered before.
 */
export function toRefreshError(error: unknown): I99dashError {
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

function findCause(error: I99dashError): 'network' | 'proxy' | 'token' {
  if (isTokenRejection(error)) {
    return 'token';
  }
  return error.code === 'OFFLINE' && !isTransient(error) ? 'proxy' : 'network';
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

const FIRST_BACKOFF_MS = 2_000;
const MAX_BACKOFF_MS = 60_000;
const MIN_BACKOFF_MS = 250;

/**
 * Computes the backoff after a transient failure, in milliseconds: full jitter below a ceiling that
 * doubles from 2 to 60 s, and never shorter than the server requested.
 * @param failures Number of consecutive failures, from 1.
 */
export function backoffMs(failures: number, random: () => number, retryAfterMs = 0): number {
  const ceiling = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(failures - 1, 10));
  return Math.max(MIN_BACKOFF_MS, random() * ceiling, retryAfterMs);
}

const FIRST_USER_ACTION_BACKOFF_MS = 60_000;
const MAX_USER_ACTION_BACKOFF_MS = 15 * 60_000;

/**
 * Computes the backoff after a failure that the user must fix, in milliseconds: the upper half of a
 * ceiling that doubles from 1 to 15 minutes. A proxy locks the account after too many attempts with
 * a wrong password.
 * @param failures Number of consecutive failures, from 1.
 */
export function userActionBackoffMs(failures: number, random: () => number): number {
  const ceiling = Math.min(
    MAX_USER_ACTION_BACKOFF_MS,
    FIRST_USER_ACTION_BACKOFF_MS * 2 ** Math.min(failures - 1, 10),
  );
  return ceiling * (1 + random()) * 0.5;
}
