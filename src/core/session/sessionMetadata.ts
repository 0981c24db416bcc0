import { isJsonObject } from '../platform/json';
import { isTombstone, parseProfile, toProfile } from './sessionRecord';
import type { SessionProfile, SessionRecord, StoredSession } from './sessionRecord';

/** Limit for remembered ended sessions, enough for late refreshes. */
const MAX_ENDED = 8;

/** Non-secret data stored next to the secret. */
export interface SessionMetadata {
  /** The signed-in account. */
  readonly profile?: SessionProfile;
  /** IDs of sessions that were signed out or replaced, oldest first. */
  readonly ended: readonly string[];
}

/** The stored state of a backend. */
export type StoredState =
  | { kind: 'none' }
  | { kind: 'ended' }
  | { kind: 'session'; record: SessionRecord }
  /**
   * There is a session, but its secret is missing or unreadable, because the keyring was lost or
   * never existed. `isSilent`: the keyring does not respond and may still have it.
   */
  | { kind: 'secretLost'; profile: SessionProfile; isSilent?: boolean };

/** Parses untrusted stored data. */
export function parseMetadata(value: unknown): SessionMetadata {
  const fields = isJsonObject(value) ? value : {};
  const profile = parseProfile(fields['profile']);
  const list: unknown[] = Array.isArray(fields['ended']) ? fields['ended'] : [];
  const ended = list.filter((id) => typeof id === 'string');
  return profile === undefined ? { ended } : { profile, ended };
}

/**
 * Returns the data to store after a sign-in, or after a sign-out when `profile` is undefined.
 * @param stored The previous content of the secret.
 * @param held ID of another session that ends.
 */
export function nextMetadata(
  before: SessionMetadata,
  stored: StoredSession | undefined,
  profile: SessionProfile | undefined,
  held?: string,
): SessionMetadata {
  const ids = [...before.ended, stored?.sessionId, before.profile?.sessionId, held];
  const ended = [...new Set(ids)].filter((id) => id !== undefined && id !== profile?.sessionId);
  const latest = ended.filter((id) => id !== undefined).slice(-MAX_ENDED);
  return profile === undefined ? { ended: latest } : { profile: toProfile(profile), ended: latest };
}

/**
 * Reconciles the secret with the non-secret data. They are written one after the other and reach
 * other windows in any order, so both contain the session ID. The secret of an ended session was
 * left by a late refresh or could not be overwritten.
 */
export function reconcile(stored: StoredSession | undefined, notes: SessionMetadata): StoredState {
  const { profile, ended } = notes;
  if (stored !== undefined && !isTombstone(stored) && !ended.includes(stored.sessionId)) {
    return { kind: 'session', record: stored };
  }
  // A tombstone of a session that is not listed as ended is newer than the list.
  const isOutdated = stored?.sessionId !== undefined && ended.includes(stored.sessionId);
  if (profile !== undefined && (stored === undefined || isOutdated)) {
    return { kind: 'secretLost', profile };
  }
  return stored === undefined && ended.length === 0 ? { kind: 'none' } : { kind: 'ended' };
}
