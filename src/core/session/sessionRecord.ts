import { canRefresh, type Account, type CredentialSource } from '../identity';
import { isJsonObject, parseJson } from '../platform/json';
import { isTokenText } from '../api/bearerToken';
import { NO_EXPIRY } from '../signIn/accessToken';
import type { AccessToken } from '../signIn/requestToken';

const VERSION = 1;
const SOURCES: readonly unknown[] = ['ssh', 'agent', 'token', 'deviceCode'];
/** Limit for remembered ended sessions, enough for late refreshes. */
const MAX_ENDED = 8;

/** The key that refreshes a session on one machine. */
export interface SessionKey {
  fingerprint?: string;
  /** Undefined for a key of the SSH agent. */
  keyPath?: string;
}

/** A session with one backend, without its secret. It has no key when this machine has none. */
export interface SessionProfile extends SessionKey {
  /** Does not change on refresh, nor when another machine signs in to the same account. */
  sessionId: string;
  account: Account;
  source: CredentialSource;
}

/** A session with its token, as stored in SecretStorage. Times are milliseconds since the epoch. */
export interface SessionRecord extends SessionProfile, AccessToken {
  /** ID of the machine that issued the token, whose clock the times refer to. */
  machine?: string;
}

/** Stored on sign-out, so that a late refresh notices that its session has ended. */
export interface Tombstone {
  signedOutAt: number;
  /** ID of the ended session. */
  sessionId?: string;
}

export type StoredSession = SessionRecord | Tombstone;

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
  /**
   * `minted` is undefined when the keyring has lost the token, or never stored it. `isUnreadable`:
   * the keyring does not respond and may still have it.
   */
  | {
      kind: 'session';
      profile: SessionProfile;
      minted: AccessToken | undefined;
      isUnreadable?: boolean;
    };

/**
 * Checks for a key session without a key on this machine. It uses the token of another machine
 * until it expires.
 */
export function lacksKey({ source, fingerprint }: SessionProfile): boolean {
  return canRefresh(source) && fingerprint === undefined;
}

/** Checks whether two profiles use the same key on this machine. */
export function isSameKey(one: SessionKey, other: SessionKey): boolean {
  return one.fingerprint === other.fingerprint && one.keyPath === other.keyPath;
}

/** Checks whether the stored value is a tombstone. */
export function isTombstone(stored: StoredSession): stored is Tombstone {
  return 'signedOutAt' in stored;
}

/** Removes the secret from a record. */
function toProfile(record: SessionProfile): SessionProfile {
  const { sessionId, account, source } = record;
  return { sessionId, account, source, ...toKey(record) };
}

/** Returns the state in which a record is stored. */
export function toStoredState(record: SessionRecord): StoredState {
  const { token, mintedAt, expiresAt } = record;
  return { kind: 'session', profile: toProfile(record), minted: { token, mintedAt, expiresAt } };
}

/** Returns the key of a profile. */
export function toKey({ fingerprint, keyPath }: SessionKey): SessionKey {
  return {
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(keyPath === undefined ? {} : { keyPath }),
  };
}

/** Serializes a session for {@link parseSession}. */
export function serializeSession(stored: StoredSession): string {
  return JSON.stringify({ version: VERSION, ...stored });
}

/** Parses a stored session. Returns undefined unless it matches this version exactly. */
export function parseSession(text: string): StoredSession | undefined {
  const value = parseJson(text)?.value;
  if (!isJsonObject(value) || value['version'] !== VERSION) {
    return undefined;
  }
  const { signedOutAt, sessionId, token, mintedAt, expiresAt, machine } = value;
  if (isTime(signedOutAt)) {
    return typeof sessionId === 'string' ? { signedOutAt, sessionId } : { signedOutAt };
  }
  const profile = parseProfile(value);
  return profile !== undefined &&
    isTokenText(token) &&
    isTime(mintedAt) &&
    isTime(expiresAt) &&
    isOptionalText(machine)
    ? { ...profile, token, mintedAt, expiresAt, ...(machine === undefined ? {} : { machine }) }
    : undefined;
}

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
 * @param endedIds IDs of other sessions that end.
 */
export function nextMetadata(
  before: SessionMetadata,
  endedIds: readonly (string | undefined)[],
  profile?: SessionProfile,
): SessionMetadata {
  const ids = new Set([...before.ended, ...endedIds, before.profile?.sessionId]);
  ids.delete(profile?.sessionId);
  const ended = [...ids].filter((id) => id !== undefined).slice(-MAX_ENDED);
  return profile === undefined ? { ended } : { profile, ended };
}

/**
 * Reconciles the secret with the non-secret data. They are written one after the other and reach
 * other windows in any order, so both contain the session ID. The secret of an ended session was
 * left by a late refresh or could not be overwritten.
 */
export function reconcile(
  stored: StoredSession | undefined,
  { profile, ended }: SessionMetadata,
): StoredState {
  const isOutdated = stored?.sessionId !== undefined && ended.includes(stored.sessionId);
  if (stored !== undefined && !isTombstone(stored) && !isOutdated) {
    return toStoredState(stored);
  }
  // A tombstone of a session that is not listed as ended is newer than the list.
  if (profile !== undefined && (stored === undefined || isOutdated)) {
    return { kind: 'session', profile, minted: undefined };
  }
  return stored === undefined && ended.length === 0 ? { kind: 'none' } : { kind: 'ended' };
}

function parseProfile(value: unknown): SessionProfile | undefined {
  return isProfile(value) ? toProfile(value) : undefined;
}

// Checked without zod, which activation would have to load.
function isProfile(value: unknown): value is SessionProfile {
  return (
    isJsonObject(value) &&
    typeof value['sessionId'] === 'string' &&
    value['sessionId'] !== '' &&
    isAccount(value['account']) &&
    SOURCES.includes(value['source']) &&
    isOptionalText(value['fingerprint']) &&
    isOptionalText(value['keyPath'])
  );
}

function isAccount(value: unknown): value is Account {
  return (
    isJsonObject(value) &&
    typeof value['devId'] === 'string' &&
    value['devId'] !== '' &&
    isNullableText(value['email']) &&
    isNullableText(value['displayName']) &&
    typeof value['isDeveloper'] === 'boolean'
  );
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value <= NO_EXPIRY;
}

function isNullableText(value: unknown): value is string | null {
  return value === null || typeof value === 'string';
}

function isOptionalText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}
