import type { I99dashError } from '../errors';
import { canRefresh, type Account, type Identity } from '../identity';
import { NO_EXPIRY } from '../signIn/accessToken';
import type { AccessToken } from '../signIn/requestToken';
import { isUsable, type RefreshFailure, type TimedToken } from './refreshPolicy';
import type { SessionProfile } from './sessionRecord';

/** A session. `minted` is undefined while the token is missing. */
export interface SignedInSession {
  readonly profile: SessionProfile;
  readonly minted: TimedToken | undefined;
}

/** The session of this window, with what is known about its token. */
export interface CurrentSession extends SignedInSession {
  /** Whether the backend rejected the token. */
  readonly isTokenRejected: boolean;
  /**
   * Whether the backend still has to confirm the session: because it was read from the store, its
   * token was rejected, or its new token has a different subject than the previous one.
   */
  readonly needsVerification: boolean;
  /** The last failure since the last success. */
  readonly failure: RefreshFailure | undefined;
}

/** A stable state. */
export type SettledState =
  | { kind: 'signedOut' }
  | ({ kind: 'signedIn' } & SignedInSession)
  /** The token expired and the key cannot be used without the user, for the reason in `failure`. */
  | ({ kind: 'locked'; failure: I99dashError } & SignedInSession)
  /** Refreshing fails with a transient error, or the backend rejects new tokens. */
  | ({ kind: 'offline'; failure: I99dashError; retryAt: number } & SignedInSession)
  /** The backend rejects the key, or the pasted token has expired. */
  | ({ kind: 'rejected'; failure: I99dashError } & SignedInSession);

/** All states of a session that are shown to the user. */
export type SessionState =
  | SettledState
  /** A sign-in is in progress. `settled` applies until it succeeds. */
  | { kind: 'signingIn'; settled: SettledState }
  /**
   * A credential of the environment takes precedence over everything stored. `account` is undefined
   * until the backend has returned it; `failure` is set once the backend has rejected the
   * credential.
   */
  | {
      kind: 'environment';
      variable: string;
      account: Account | undefined;
      failure?: I99dashError;
    };

/** Returns the state to show for a session. */
export function toSettledState(session: CurrentSession | undefined, now: number): SettledState {
  if (session === undefined) {
    return { kind: 'signedOut' };
  }
  const { profile, minted, failure } = session;
  const hasToken = usableToken(session, now) !== undefined;
  switch (failure?.kind) {
    case 'rejected':
      return { kind: 'rejected', profile, minted, failure: failure.error };
    case 'locked':
      if (!hasToken) {
        return { kind: 'locked', profile, minted, failure: failure.error };
      }
      break;
    case 'transient':
      if (!hasToken || failure.isShown) {
        const { error, retryAt } = failure;
        return { kind: 'offline', profile, minted, failure: error, retryAt };
      }
      break;
    case undefined:
  }
  return { kind: 'signedIn', profile, minted };
}

/** Checks whether two states have the same fields. */
export function isSameState(one: SettledState, other: SettledState): boolean {
  const [fields, others]: Record<string, unknown>[] = [{ ...one }, { ...other }];
  return Object.keys({ ...one, ...other }).every((name) => fields?.[name] === others?.[name]);
}

/** Returns the token, unless it is missing, rejected or expired. */
export function usableToken(session: CurrentSession, now: number): TimedToken | undefined {
  const token = session.isTokenRejected ? undefined : session.minted;
  return isUsable({ now, token, isRenewable: canRefresh(session.profile.source) })
    ? token
    : undefined;
}

/** Returns the public information about a session. */
export function toIdentity(
  {
    profile: { account, source, fingerprint },
    minted,
  }: { profile: Omit<SessionProfile, 'sessionId'>; minted: AccessToken | undefined },
  backendUrl: string,
): Identity {
  return {
    ...account,
    source,
    backendUrl,
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(minted === undefined || minted.expiresAt === NO_EXPIRY
      ? {}
      : { expiresAt: new Date(minted.expiresAt).toISOString() }),
  };
}
