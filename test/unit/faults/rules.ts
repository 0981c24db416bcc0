import type { ErrorCode } from '../../../src/core/errors';
import type { Match } from './faultyNetwork';
import type { NetworkFault, Outcome, Times } from './networkFaults';

/** What the contract says of a call, from which the outcome of every fault follows. */
export interface Rules {
  /**
   * It carries the session's token: a 401 names the token that failed, and the call is repeated once with a newer one. `fixed`: a token that
   * nothing renews.
   */
  readonly bearer?: true | 'fixed';
  /** What it does is of use without the call: it never fails because of it. */
  readonly optional?: true;
  /** Although it is optional, it tells that there is no network when asking twice fails. */
  readonly needsNetwork?: true;
  /** Nobody reads the answer's data. */
  readonly ignoresAnswer?: true;
  /** The backend's own state tells whether a request arrived whose answer is lost. */
  readonly findsOut?: true;
  /** Which failures are tried again: see {@link isRepeated}. */
  readonly repeats?: 'passing' | 'over';
  /**
   * What becomes of a call when a kept connection is lost before the answer, as every GET and DELETE
   * is sent once more. `safe`: so is this one. `once`: so is this one, but the second is refused
   * where the first was handled.
   */
  readonly onLostConnection?: 'safe' | 'once';
  /** A repeated call gives up instead of waiting longer than this, in milliseconds. Default {@link PATIENCE_MS}. */
  readonly patienceMs?: number;
  /** A refusal with this status is made good by another way. */
  readonly makesGood?: readonly number[];
  /** As `makesGood`, where the other way is the same call once more. */
  readonly repeatsOn?: readonly number[];
  /** Statuses that have a code of their own here. */
  readonly codes?: Readonly<Partial<Record<number, ErrorCode>>>;
  /** The code of whatever the server answers but success, in place of SERVER. */
  readonly refusedAs?: ErrorCode;
  /** The code of what would pass, once waiting for it is over. */
  readonly givesUpAs?: ErrorCode;
}

/** The longest wait that nobody is asked about, in milliseconds. */
const PATIENCE_MS = 10_000;

/** What a flow must end with when a fault strikes one of its calls; undefined is success. */
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
    // The first one has used up what the second one needs.
    return fault.handled && rules.givesUpAs !== undefined ? rules.givesUpAs : undefined;
  }
  return codeOf(rules, fault);
}

/** The call is answered on another connection. */
function isSentOnceMore(
  { onLostConnection }: Rules,
  { method }: Match,
  { isKept, handled }: NetworkFault,
): boolean {
  const isSafe = method === 'GET' || onLostConnection === 'safe';
  const isRepeated = isSafe || method === 'DELETE' || onLostConnection === 'once';
  return isKept === true && isRepeated && (isSafe || !handled);
}

/** The call has done its work, or another way has. */
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

/** Whether the next try of a call comes by itself. */
function isRepeated(rules: Rules, fault: NetworkFault): boolean {
  const { bearer, repeats, repeatsOn = [], patienceMs = PATIENCE_MS } = rules;
  const { status, retryAfterMs = 0 } = fault;
  if (status !== undefined && (repeatsOn.includes(status) || (bearer === true && status === 401))) {
    return true;
  }
  if (repeats === undefined || retryAfterMs > patienceMs) {
    return false;
  }
  return repeats === 'passing' ? isPassing(fault) : isOver(fault);
}

/** No network, no answer, a server in trouble. */
function isPassing({ code, status = 0 }: NetworkFault): boolean {
  return code === 'OFFLINE' || code === 'TIMEOUT' || status === 429 || status >= 500;
}

/** Nobody can tell from the answer alone whether the server has acted; too many requests means that it has not. */
function mayHaveArrived(fault: NetworkFault): boolean {
  return (isPassing(fault) && fault.status !== 429) || fault.code === 'PROTOCOL';
}

/** The server is not at work any more, whether it has acted or not; on what it has not answered in time it may still be. */
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
