import type { I99dashError } from '../errors';
import type { Account } from '../identity';
import type { AccessToken } from '../signIn/requestToken';
import type { SessionProfile } from './sessionRecord';

/** A session. `minted` is undefined while the token is missing. */
export interface SignedInSession {
  profile: SessionProfile;
  minted: AccessToken | undefined;
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

export type SessionEvent =
  | { kind: 'taken'; profile: SessionProfile; minted: AccessToken | undefined }
  | { kind: 'ended' }
  /** The remaining events apply to one session and are ignored for any other. */
  | { kind: 'renewed'; sessionId: string; minted: AccessToken }
  /** Like `renewed`, but the backend had rejected a new token before: the session stays offline. */
  | { kind: 'replaced'; sessionId: string; minted: AccessToken }
  | { kind: 'locked'; sessionId: string; failure: I99dashError }
  | { kind: 'failed'; sessionId: string; failure: I99dashError; retryAt: number }
  | { kind: 'rejected'; sessionId: string; failure: I99dashError }
  /** The backend is reachable again and the token is still valid. */
  | { kind: 'recovered'; sessionId: string };

/**
 * Computes the next state: the only place where a session changes. Ignores events of previous
 * sessions.
 */
export function transition(state: SettledState, event: SessionEvent): SettledState {
  if (event.kind === 'ended') {
    return state.kind === 'signedOut' ? state : { kind: 'signedOut' };
  }
  if (event.kind === 'taken') {
    const { profile, minted } = event;
    return { kind: 'signedIn', profile, minted };
  }
  if (state.kind === 'signedOut' || state.profile.sessionId !== event.sessionId) {
    return state;
  }
  const { profile, minted } = state;
  switch (event.kind) {
    case 'renewed':
      return { kind: 'signedIn', profile, minted: event.minted };
    case 'replaced': {
      const { minted: newer } = event;
      return state.kind === 'offline'
        ? { ...state, minted: newer }
        : { kind: 'signedIn', profile, minted: newer };
    }
    case 'recovered':
      return state.kind === 'signedIn' ? state : { kind: 'signedIn', profile, minted };
    case 'locked':
      return { kind: 'locked', profile, minted, failure: event.failure };
    case 'failed':
      return { kind: 'offline', profile, minted, failure: event.failure, retryAt: event.retryAt };
    case 'rejected':
      return { kind: 'rejected', profile, minted, failure: event.failure };
  }
}
