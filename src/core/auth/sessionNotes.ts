import { isJsonObject } from '../json';
import { isTombstone, parseProfile, profileOf } from './sessionRecord';
import type { SessionProfile, SessionRecord, StoredSession } from './sessionRecord';

/** As many ends are remembered as late renewals may meet. */
const MAX_ENDED = 8;

/** What plain state holds beside the secret. */
export interface SessionNotes {
  /** Who is signed in. */
  readonly profile?: SessionProfile;
  /** The ids of sessions that were signed out of or replaced, the latest last. */
  readonly ended: readonly string[];
}

/** What the store holds for a backend. */
export type StoredState =
  | { kind: 'none' }
  | { kind: 'ended' }
  | { kind: 'session'; record: SessionRecord }
  /**
   * Someone is signed in, but the secret is gone or unreadable: a keyring that was lost, or never was. `isSilent`: one that does not
   * answer, and may still have it.
   */
  | { kind: 'secretLost'; profile: SessionProfile; isSilent?: boolean };

/** Reads notes out of untrusted plain state. */
export function parseNotes(value: unknown): SessionNotes {
  const fields = isJsonObject(value) ? value : {};
  const profile = parseProfile(fields['profile']);
  const list: unknown[] = Array.isArray(fields['ended']) ? fields['ended'] : [];
  const ended = list.filter((id) => typeof id === 'string');
  return profile === undefined ? { ended } : { profile, ended };
}

/**
 * The notes after a sign-in, or after a sign-out when `profile` is undefined.
 * @param stored what the secret held until now
 * @param held the id of a session that ends beside those that are known
 */
export function nextNotes(
  before: SessionNotes,
  stored: StoredSession | undefined,
  profile: SessionProfile | undefined,
  held?: string,
): SessionNotes {
  const ids = [...before.ended, stored?.sessionId, before.profile?.sessionId, held];
  const ended = [...new Set(ids)].filter((id) => id !== undefined && id !== profile?.sessionId);
  const latest = ended.filter((id) => id !== undefined).slice(-MAX_ENDED);
  return profile === undefined ? { ended: latest } : { profile: profileOf(profile), ended: latest };
}

/**
 * What secret and notes say together. They are written one after the other and reach other windows in any order, so both name their
 * session: a secret of a session that has ended is what a late renewal left there, or what could not be overwritten.
 */
export function judge(stored: StoredSession | undefined, notes: SessionNotes): StoredState {
  const { profile, ended } = notes;
  if (stored !== undefined && !isTombstone(stored) && !ended.includes(stored.sessionId)) {
    return { kind: 'session', record: stored };
  }
  // A mark whose end the notes do not know is younger than they are.
  const isOutdated = stored?.sessionId !== undefined && ended.includes(stored.sessionId);
  if (profile !== undefined && (stored === undefined || isOutdated)) {
    return { kind: 'secretLost', profile };
  }
  return stored === undefined && ended.length === 0 ? { kind: 'none' } : { kind: 'ended' };
}
