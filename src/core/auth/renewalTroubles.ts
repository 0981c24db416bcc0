import { I99dashError, isI99dashError, type ErrorCode } from '../errors';
import { t } from '../l10n';
import type { Clock } from '../ports';
import { isPassing } from '../retry';
import { INVALID_CHALLENGE } from './mint';
import {
  backoffMs,
  patienceMs,
  type Refusal,
  type RenewalFailure,
  type SignerReadiness,
} from './renewalPolicy';
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
/** One failure may be a blip, this many in a row are none. */
const SERIOUS_FROM = 2;
/** The server's definite word. */
const FINAL: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['KEY_REJECTED', 'SSH_AUTH_DISABLED']);

/**
 * As often is "invalid challenge" heard before it counts for the word on a key that older backends mean by it: it is also what a backend says
 * that has lost its challenges, by a restart or among several machines.
 */
const MOST_INVALID_CHALLENGES = 5;

export type Trouble = 'locked' | 'final' | 'passing';

/** A failure that passes, and when to try again in milliseconds since the epoch. */
export interface Pause {
  failure: I99dashError;
  retryAt: number;
}

/** Remembers what has gone wrong since the last renewal that went well. */
export class RenewalTroubles {
  /** Why the key cannot be used without the user; undefined while it can, as far as we know. */
  lock: I99dashError | undefined;
  lastFailure: RenewalFailure | undefined;
  /** The agent's refusal to sign that still stands. That the agent lists the key does not end it. */
  refusal: { failure: I99dashError; refusal: Refusal } | undefined;
  /** Passing failures in a row. */
  private count = 0;
  /** Those of them, to the last, that somebody has to mend. */
  private countForPerson = 0;
  /** How many failures have been noted, ever. */
  noted = 0;
  /** The backend has refused a token that was just minted: that another one is minted says nothing, then. */
  refused = false;
  private passing: I99dashError | undefined;
  private invalidChallenges = 0;

  constructor(
    private readonly clock: Clock,
    private readonly random: () => number,
  ) {}

  get signer(): SignerReadiness {
    return this.lock === undefined ? 'ready' : 'locked';
  }

  /** When to try again after a passing failure, in milliseconds since the epoch. */
  get retryAt(): number | undefined {
    return this.lastFailure?.kind === 'passing' ? this.lastFailure.retryAt : undefined;
  }

  /** What we wait for to pass; undefined when nothing keeps us from trying. */
  get pause(): Pause | undefined {
    const { retryAt, passing: failure } = this;
    return retryAt === undefined || failure === undefined ? undefined : { failure, retryAt };
  }

  /** Whether what we wait for is worth telling though the token still lives. */
  get isSerious(): boolean {
    return this.refused || this.countForPerson > 0 || this.count >= SERIOUS_FROM;
  }

  isWaiting(): boolean {
    return this.retryAt !== undefined && this.clock.now() < this.retryAt;
  }

  /** What a failure is to be taken for: a refusal that may be the challenge's passes, the first few times. */
  weigh(failure: I99dashError): I99dashError {
    const refusal = refusalOfChallenge(failure);
    if (refusal === undefined) {
      return failure;
    }
    this.invalidChallenges += 1;
    return this.invalidChallenges < MOST_INVALID_CHALLENGES ? refusal : failure;
  }

  /** Notes a failure. */
  note(failure: I99dashError): Trouble {
    this.noted += 1;
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
    this.refused ||= isRefusal(failure);
    const isForPerson = failure.code === 'OFFLINE' && !isPassing(failure); // a proxy's refusal
    this.countForPerson = isForPerson ? this.countForPerson + 1 : 0;
    const at = this.clock.now();
    const wait = isForPerson
      ? patienceMs(this.countForPerson, this.random)
      : backoffMs(this.count, this.random, failure.retryAfterMs);
    const asked = failure.retryAfterMs !== undefined;
    this.passing = failure;
    this.lastFailure = { kind: 'passing', at, retryAt: at + wait, asked, isForPerson };
    return 'passing';
  }

  /** All is well again, or somebody else's session counts now. */
  forget(): void {
    this.lock = undefined;
    this.lastFailure = undefined;
    this.refusal = undefined;
    this.count = 0;
    this.countForPerson = 0;
    this.invalidChallenges = 0;
    this.refused = false;
  }

  /** A token was minted: all is well, unless the backend has refused one that was as new. */
  renewed(): void {
    const { refused, count } = this;
    this.forget();
    this.refused = refused;
    this.count = refused ? count : 0;
  }

  /**
   * A reason to try at once: a wake from sleep, the focus, a view. What the server asked us to wait for is waited for all the same.
   * @param options.byPerson a command, or settings that have changed: what somebody has to mend may be mended
   */
  hurry({ byPerson = false } = {}): void {
    const { lastFailure } = this;
    if (lastFailure?.kind !== 'passing' || lastFailure.asked === true) {
      return;
    }
    if (byPerson || lastFailure.isForPerson !== true) {
      this.lastFailure = undefined;
    }
  }
}

/** The backend's own words where a key counts as refused for want of a valid challenge; else undefined. */
function refusalOfChallenge(failure: I99dashError): I99dashError | undefined {
  const refusal = isI99dashError(failure.cause, 'KEY_NOT_REGISTERED') && failure.cause.cause;
  return isI99dashError(refusal, 'SERVER') && refusal.serverCode === INVALID_CHALLENGE
    ? refusal
    : undefined;
}

/** True for the backend's word that it does not accept a token that was minted for the very call. */
export function isRefusal(error: unknown): boolean {
  return isI99dashError(error, 'NOT_SIGNED_IN') && error.status === 401;
}

/** What a renewal failed with, in the words for somebody who was signed in: a key that is unknown now was known once. */
export function asRenewalFailure(error: unknown): I99dashError {
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
