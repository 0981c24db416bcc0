/** Milliseconds since the epoch, by this computer's clock. */
export interface TokenTimes {
  /** Start of the request that issued the token. */
  mintedAt: number;
  expiresAt: number;
}

/**
 * Whether a new token can be issued without prompting the user. `none`: a pasted token, which
 * cannot be refreshed.
 */
export type KeyAvailability = 'ready' | 'locked' | 'none';

export type RefreshFailure =
  /**
   * A transient failure, such as no network or a failing server. `asked`: the server requested the
   * delay. `needsUserAction`: it persists until the user acts.
   */
  | {
      kind: 'passing';
      at: number;
      retryAt: number;
      serverRequestedDelay?: boolean;
      needsUserAction?: boolean;
    }
  /**
   * A permanent failure: the server rejected the key, or the key is gone. Only the user can resolve
   * it.
   */
  | { kind: 'final' };

/** A signature request that an agent did not fulfill. */
export interface AgentRefusal {
  at: number;
  /** When background work may ask again, in milliseconds since the epoch. */
  retryAt: number;
}

export type RefreshAction =
  | { kind: 'use' }
  /** Use the current token and refresh it in the background. */
  | { kind: 'useAndRenew' }
  | { kind: 'renewAndWait' }
  | { kind: 'locked' }
  | { kind: 'retryAt'; at: number }
  | { kind: 'rejected' };

export interface RefreshInput {
  now: number;
  /** Undefined when the token is missing or rejected. */
  token: TokenTimes | undefined;
  /** The fraction of its lifetime, from 0 to 1, during which the token counts as fresh. */
  refreshFraction: number;
  signer: KeyAvailability;
  lastFailure?: RefreshFailure;
  /** The agent's last refusal. Unset once the user has acted or the agent lists other keys. */
  refusal?: AgentRefusal;
  /** Minimum remaining lifetime for a token to be used, in milliseconds. */
  minLifetimeMs?: number;
}

/** Default of {@link RefreshInput.minLifetimeMs}. */
export const MIN_LIFETIME_MS = 30_000;
/**
 * Limits the minimum remaining lifetime to this fraction, so that short-lived tokens are used for
 * most of their life.
 */
const MIN_LIFETIME_FRACTION = 0.1;

/**
 * A token counts as fresh for at least this long, whatever its lifetime, in milliseconds. Prevents
 * refreshing in a loop.
 */
const MIN_FRESH_MS = 1_000;
const MIN_FRACTION = 0.35;
const MAX_FRACTION = 0.8;

/**
 * Picks the fraction of its lifetime after which a token is refreshed, once per token. The range is
 * wide: with a narrow one, clients that start together would refresh together all day.
 */
export function drawRefreshFraction(random: () => number): number {
  return MIN_FRACTION + random() * (MAX_FRACTION - MIN_FRACTION);
}

/** Decides what to do about a token. Pure; the table in its test is the specification. */
export function nextRefreshAction(input: RefreshInput): RefreshAction {
  const { now, signer, lastFailure, refusal } = input;
  const usable = isUsable(input);
  if (usable && (isFresh(input) || signer === 'none')) {
    return { kind: 'use' };
  }
  if (signer === 'none' || lastFailure?.kind === 'final') {
    return usable ? { kind: 'use' } : { kind: 'rejected' };
  }
  // A failure in the future means that the clock was set back.
  if (lastFailure !== undefined && lastFailure.at <= now && now < lastFailure.retryAt) {
    return usable ? { kind: 'use' } : { kind: 'retryAt', at: lastFailure.retryAt };
  }
  // An agent that lists the key may still refuse to sign, so only the pause ends a refusal here.
  if (signer === 'locked' || (refusal !== undefined && isRefusalActive(refusal, now))) {
    return usable ? { kind: 'use' } : { kind: 'locked' };
  }
  return { kind: usable ? 'useAndRenew' : 'renewAndWait' };
}

/**
 * Checks whether a refusal still blocks background work. A refusal in the future means that the
 * clock was set back.
 */
export function isRefusalActive({ at, retryAt }: AgentRefusal, now: number): boolean {
  return at <= now && now < retryAt;
}

/** Returns when a fresh token becomes due for a refresh, in milliseconds since the epoch. */
export function getRefreshTime(
  { mintedAt, expiresAt }: TokenTimes,
  refreshFraction: number,
): number {
  return mintedAt + Math.max(MIN_FRESH_MS, refreshFraction * (expiresAt - mintedAt));
}

/** Checks whether a stored token should replace the current one. */
export function supersedes(found: TokenTimes, current: TokenTimes, now: number): boolean {
  return isFromFuture(current, now) || found.mintedAt >= current.mintedAt;
}

/** Checks for a token from the future. The clock was set back, so its age is unknown. */
export function isFromFuture({ mintedAt }: TokenTimes, now: number): boolean {
  return mintedAt > now;
}

function isUsable({ now, token, signer, minLifetimeMs = MIN_LIFETIME_MS }: RefreshInput): boolean {
  if (token === undefined) {
    return false;
  }
  if (signer === 'none') {
    return now < token.expiresAt;
  }
  const life = token.expiresAt - token.mintedAt;
  const reserve = Math.min(minLifetimeMs, life * MIN_LIFETIME_FRACTION);
  return !isFromFuture(token, now) && token.expiresAt - now > reserve;
}

function isFresh({ now, token, refreshFraction }: RefreshInput): boolean {
  return token !== undefined && now < getRefreshTime(token, refreshFraction);
}

const FIRST_USER_ACTION_BACKOFF_MS = 60_000;
const MAX_USER_ACTION_BACKOFF_MS = 15 * 60_000;

const FIRST_REFUSAL_PAUSE_MS = 5 * 60_000;
const REFUSAL_PAUSE_MS = 60 * 60_000;

/**
 * Returns how long background work does not ask an agent again after a refusal, in milliseconds: 5
 * minutes, then an hour. The first pause is short because the user may have been away or made a
 * mistake.
 * @param refusals Number of consecutive refusals, from 1.
 */
export function agentRefusalBackoffMs(refusals: number): number {
  return refusals <= 1 ? FIRST_REFUSAL_PAUSE_MS : REFUSAL_PAUSE_MS;
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
