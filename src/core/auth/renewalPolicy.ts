/** Milliseconds since the epoch, by this computer's clock. */
export interface TokenTimes {
  /** The start of the request that minted the token. */
  mintedAt: number;
  expiresAt: number;
}

/** Whether a new token can be minted without asking anybody. `none`: a pasted token, which nothing renews. */
export type SignerReadiness = 'ready' | 'locked' | 'none';

export type RenewalFailure =
  /**
   * Something that passes: no network, a server in trouble. `asked`: the server itself said when to come back. `isForPerson`: it passes when
   * somebody mends it.
   */
  | { kind: 'passing'; at: number; retryAt: number; asked?: boolean; isForPerson?: boolean }
  /** The server's definite word, or a key that is gone: only the user can help. */
  | { kind: 'final' };

/** An agent that was asked for a signature and gave none. */
export interface Refusal {
  at: number;
  /** From when on background work may ask again, in milliseconds since the epoch. */
  retryAt: number;
}

export type Decision =
  | { kind: 'use' }
  /** Serve the token that is there and mint the next one behind it. */
  | { kind: 'useAndRenew' }
  | { kind: 'renewAndWait' }
  | { kind: 'locked' }
  | { kind: 'retryAt'; at: number }
  | { kind: 'rejected' };

export interface RenewalSituation {
  now: number;
  /** Undefined: the token is lost, or known to be refused. */
  token: TokenTimes | undefined;
  /** The share of its life, from 0 to 1, up to which this token counts as young. */
  share: number;
  signer: SignerReadiness;
  lastFailure?: RenewalFailure;
  /** The last refusal of the agent that holds the key, unless a person has acted since or the agent lists other keys. */
  refusal?: Refusal;
  /** A token with less left than this is not handed out, in milliseconds. */
  minLifetimeMs?: number;
}

/** The default of {@link RenewalSituation.minLifetimeMs}. */
export const MIN_LIFETIME_MS = 30_000;
/** A short-lived token keeps most of its life: it is served until this share of it is left. */
const MIN_LIFETIME_SHARE = 0.1;

/** A token is young for so long whatever the backend says of its life, in milliseconds: it is left in peace in between. */
const MIN_YOUTH_MS = 1_000;
const MIN_SHARE = 0.35;
const MAX_SHARE = 0.8;

/**
 * Draws the share of its life after which a token is renewed, once for each token. The draw is wide: with a narrow one, a fleet that wakes
 * together would renew together all day.
 */
export function drawRenewalShare(random: () => number): number {
  return MIN_SHARE + random() * (MAX_SHARE - MIN_SHARE);
}

/** What to do about a token now. Pure; the table of its test is its specification. */
export function decide(situation: RenewalSituation): Decision {
  const { now, signer, lastFailure, refusal } = situation;
  const usable = isUsable(situation);
  if (usable && (isYoung(situation) || signer === 'none')) {
    return { kind: 'use' };
  }
  if (signer === 'none' || lastFailure?.kind === 'final') {
    return usable ? { kind: 'use' } : { kind: 'rejected' };
  }
  // A failure from the future belongs to a clock that has been set back since.
  if (lastFailure !== undefined && lastFailure.at <= now && now < lastFailure.retryAt) {
    return usable ? { kind: 'use' } : { kind: 'retryAt', at: lastFailure.retryAt };
  }
  // That the agent lists the key does not show that it signs: only the pause ends a refusal here.
  if (signer === 'locked' || (refusal !== undefined && isStanding(refusal, now))) {
    return usable ? { kind: 'use' } : { kind: 'locked' };
  }
  return { kind: usable ? 'useAndRenew' : 'renewAndWait' };
}

/** Whether a refusal still keeps background work from asking. One from the future belongs to a clock that has been set back since. */
export function isStanding({ at, retryAt }: Refusal, now: number): boolean {
  return at <= now && now < retryAt;
}

/** When a token that is young now stops being so, in milliseconds since the epoch. */
export function renewalDueAt({ mintedAt, expiresAt }: TokenTimes, share: number): number {
  return mintedAt + Math.max(MIN_YOUTH_MS, share * (expiresAt - mintedAt));
}

/** Whether a token that was found in the store is to take the place of another one that is in hand. */
export function supersedes(found: TokenTimes, inHand: TokenTimes, now: number): boolean {
  return isFromFuture(inHand, now) || found.mintedAt >= inHand.mintedAt;
}

/** Such a token belongs to a clock that has been set back since: nobody can say how old it is. */
export function isFromFuture({ mintedAt }: TokenTimes, now: number): boolean {
  return mintedAt > now;
}

function isUsable({
  now,
  token,
  signer,
  minLifetimeMs = MIN_LIFETIME_MS,
}: RenewalSituation): boolean {
  if (token === undefined) {
    return false;
  }
  if (signer === 'none') {
    return now < token.expiresAt;
  }
  const life = token.expiresAt - token.mintedAt;
  const reserve = Math.min(minLifetimeMs, life * MIN_LIFETIME_SHARE);
  return !isFromFuture(token, now) && token.expiresAt - now > reserve;
}

function isYoung({ now, token, share }: RenewalSituation): boolean {
  return token !== undefined && now < renewalDueAt(token, share);
}

const FIRST_PATIENCE_MS = 60_000;
const MAX_PATIENCE_MS = 15 * 60_000;

const FIRST_REFUSAL_PAUSE_MS = 5 * 60_000;
const REFUSAL_PAUSE_MS = 60 * 60_000;

/**
 * How long background work leaves an agent alone that did not sign, in milliseconds: 5 minutes, then an hour. Whoever was away or hit
 * the wrong button is asked once more soon.
 * @param refusals how many there have been in a row, from 1
 */
export function refusalPauseMs(refusals: number): number {
  return refusals <= 1 ? FIRST_REFUSAL_PAUSE_MS : REFUSAL_PAUSE_MS;
}

const FIRST_BACKOFF_MS = 2_000;
const MAX_BACKOFF_MS = 60_000;
const MIN_BACKOFF_MS = 250;

/**
 * How long to wait after a passing failure, in milliseconds: full jitter under a ceiling that doubles from 2 to 60 s, and never less than the
 * server asked for.
 * @param failures how many there have been in a row, from 1
 */
export function backoffMs(failures: number, random: () => number, retryAfterMs = 0): number {
  const ceiling = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(failures - 1, 10));
  return Math.max(MIN_BACKOFF_MS, random() * ceiling, retryAfterMs);
}

/**
 * How long to wait after a failure that a person has to mend, in milliseconds: the later half of a time that doubles from 1 to 15 minutes. A
 * proxy that is shown a wrong password more often locks the account.
 * @param failures how many there have been in a row, from 1
 */
export function patienceMs(failures: number, random: () => number): number {
  const ceiling = Math.min(MAX_PATIENCE_MS, FIRST_PATIENCE_MS * 2 ** Math.min(failures - 1, 10));
  return ceiling * (1 + random()) * 0.5;
}
