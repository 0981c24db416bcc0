import type { I99dashError } from '../errors';
import type { Account } from '../identity';
import type { MintedToken } from './mint';
import type { SessionProfile } from './sessionRecord';

/** Someone is signed in; `minted` is undefined while the token is lost. */
export interface Held {
  profile: SessionProfile;
  minted: MintedToken | undefined;
}

/** A state that lasts. */
export type SettledState =
  | { kind: 'signedOut' }
  | ({ kind: 'signedIn' } & Held)
  /** The token is spent and the key cannot be used without the user: `failure` says why. */
  | ({ kind: 'locked'; failure: I99dashError } & Held)
  /** Renewing fails for a reason that passes, or the backend refuses what it has just minted. */
  | ({ kind: 'offline'; failure: I99dashError; retryAt: number } & Held)
  /** The backend no longer accepts the key, or the pasted token has died. */
  | ({ kind: 'rejected'; failure: I99dashError } & Held);

/** Everything the user can be shown about a session. */
export type SessionState =
  | SettledState
  /** A sign-in is under way; `settled` counts meanwhile, and again when it fails. */
  | { kind: 'signingIn'; settled: SettledState }
  /**
   * A credential of the environment wins over everything stored. `account` is undefined until the backend has told; `failure` is there once
   * the backend has refused it.
   */
  | {
      kind: 'environment';
      variable: string;
      account: Account | undefined;
      failure?: I99dashError;
    };

export type SessionEvent =
  | { kind: 'taken'; profile: SessionProfile; minted: MintedToken | undefined }
  | { kind: 'ended' }
  /** The rest happen to a session, and mean nothing to any other. */
  | { kind: 'renewed'; sessionId: string; minted: MintedToken }
  /** As `renewed`, after the backend has refused a token that was as new: an offline session stays so. */
  | { kind: 'replaced'; sessionId: string; minted: MintedToken }
  | { kind: 'locked'; sessionId: string; failure: I99dashError }
  | { kind: 'failed'; sessionId: string; failure: I99dashError; retryAt: number }
  | { kind: 'rejected'; sessionId: string; failure: I99dashError }
  /** The backend answers again, and the token is as good as it was. */
  | { kind: 'recovered'; sessionId: string };

/** The one place where a session changes. Events of a session that is no longer there change nothing. */
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
