import type { ErrorCode } from '../../../src/core/errors';
import type { Match } from './faultyNetwork';
import type { NetworkFault, Outcome, Times } from './networkFaults';

/** The contract of a call, which determines the outcome of every fault. */
export interface Rules {
  /**
   * The call carries the token of the session: a 401 reports the rejected token, and the call is
   * repeated once with a newer one. `fixed`: a token that cannot be refreshed.
   */
  readonly bearer?: true | 'fixed';
  /** The flow works without the call and never fails because of it. */
  readonly optional?: true;
  /** Although it is optional, it tells that there is no network when asking twice fails. */
  readonly needsNetwork?: true;
  /** Nobody reads the answer's data. */
  readonly ignoresAnswer?: true;
  /** The state of the backend shows whether a request with a lost answer arrived. */
  readonly findsOut?: true;
  /** Which failures are retried, see {@link isRepeated}. */
  readonly repeats?: 'passing' | 'over' | 'unsent';
  /**
   * What happens when a kept-alive connection is lost before the answer. Every GET and DELETE is
   * resent. `safe`: so is this call. `once`: so is this call, but the second request is rejected if
   * the first was handled.
   */
  readonly onLostConnection?: 'safe' | 'once';
  /**
   * A repeated call gives up instead of waiting longer than this, in milliseconds. Default {@link
   * PATIENCE_MS}.
   */
  readonly patienceMs?: number;
  /** Rejections with these statuses are handled by a fallback. */
  readonly makesGood?: readonly number[];
  /** Like `makesGood`, with the same call as the fallback. */
  readonly repeatsOn?: readonly number[];
  /** Statuses with a specific error code. */
  readonly codes?: Readonly<Partial<Record<number, ErrorCode>>>;
  /** The code for any answer without success, instead of SERVER. */
  readonly refusedAs?: ErrorCode;
  /** The code of a transient error once retries have ended. */
  readonly givesUpAs?: ErrorCode;
}

/** The longest wait without asking the user, in milliseconds. */
const PATIENCE_MS = 10_000;

/**
 * Returns the expected outcome of a flow when a fault affects one of its calls; undefined is
 * success.
 */
export function expectedOutcome(
  { rules, match }: { rules: Rules; match: Match },
  fault: NetworkFault,
  times: Times,
): Outcome {
  const isOnFreshConnection = times === 'once' && isSentOnceMore(rules, match, fault);
  if (rules.needsNetwork === true && times === 'always' && codeOf(rules, fault) === 'OFFLINE') {
    return 'OFFLINE';
  }
  if (rules.optional === true || isOnFreshConnection || isHarmless(rules, fault)) {
    return undefined;
  }
  if (times === 'once' && isRepeated(rules, fault)) {
    // The first request has consumed what the second one needs.
    return fault.handled && rules.givesUpAs !== undefined ? rules.givesUpAs : undefined;
  }
  return codeOf(rules, fault);
}

/** Checks whether the call is answered on another connection. */
function isSentOnceMore(
  { onLostConnection }: Rules,
  { method }: Match,
  { isKept, handled }: NetworkFault,
): boolean {
  const isSafe = method === 'GET' || onLostConnection === 'safe';
  const isRepeated = isSafe || method === 'DELETE' || onLostConnection === 'once';
  return isKept === true && isRepeated && (isSafe || !handled);
}

/** Checks whether the call has done its work or has a fallback. */
function isHarmless(
  { ignoresAnswer, findsOut, makesGood = [] }: Rules,
  { handled, isNonsense, status }: NetworkFault,
): boolean {
  const isUnread = ignoresAnswer === true && isNonsense === true;
  return (
    (handled && (isUnread || findsOut === true)) ||
    (status !== undefined && makesGood.includes(status))
  );
}

/** Checks whether the call is retried automatically. */
function isRepeated(rules: Rules, fault: NetworkFault): boolean {
  const { bearer, repeats, repeatsOn = [], patienceMs = PATIENCE_MS } = rules;
  const { status, retryAfterMs = 0 } = fault;
  if (status !== undefined && (repeatsOn.includes(status) || (bearer === true && status === 401))) {
    return true;
  }
  if (repeats === undefined || retryAfterMs > patienceMs) {
    return false;
  }
  return { passing: isPassing, over: isOver, unsent: isUnsent }[repeats](fault);
}

/** The backend certainly has not acted: there was no connection, or too many requests. */
export function isUnsent({ detour, status }: NetworkFault): boolean {
  return detour !== undefined || status === 429;
}

/** No network, no answer, or a server error. */
function isPassing({ code, status = 0 }: NetworkFault): boolean {
  return code === 'OFFLINE' || code === 'TIMEOUT' || status === 429 || status >= 500;
}

/**
 * The answer does not reveal whether the server has acted. Too many requests means that it has not.
 */
function mayHaveArrived(fault: NetworkFault): boolean {
  return (isPassing(fault) && fault.status !== 429) || fault.code === 'PROTOCOL';
}

/**
 * The server has finished, whether it has acted or not. After a timeout it may still be working.
 */
function isOver(fault: NetworkFault): boolean {
  return (isPassing(fault) || mayHaveArrived(fault)) && fault.code !== 'TIMEOUT';
}

function codeOf(rules: Rules, fault: NetworkFault): ErrorCode {
  const { bearer, codes = {}, refusedAs, givesUpAs } = rules;
  const { status, code } = fault;
  if (givesUpAs !== undefined && isPassing(fault)) {
    return givesUpAs;
  }
  if (status === undefined) {
    return code;
  }
  const signedOut = bearer !== undefined && status === 401 ? 'NOT_SIGNED_IN' : undefined;
  return codes[status] ?? signedOut ?? refusedAs ?? code;
}
