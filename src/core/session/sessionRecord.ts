import { isRenewable, type Account, type CredentialSource } from '../identity';
import { isJsonObject, parseJson, type JsonObject } from '../platform/json';
import { isTokenText } from '../api/bearerToken';
import { NO_EXPIRY } from '../signIn/accessToken';
import type { AccessToken } from '../signIn/requestToken';

const VERSION = 1;
const SOURCES: readonly CredentialSource[] = ['ssh', 'agent', 'token', 'deviceCode'];

/** A session with one backend, without its secret. */
export interface SessionProfile {
  /** Does not change on refresh, nor when another machine signs in to the same account. */
  sessionId: string;
  account: Account;
  source: CredentialSource;
  /** Fingerprint of the key on this machine. Undefined when it has none for this session. */
  fingerprint?: string;
  keyPath?: string;
  /** A key stored for all machines by a version that supported only one. It is on one of them. */
  formerKey?: FormerKey;
}

export interface FormerKey {
  fingerprint: string;
  keyPath?: string;
}

/** A session with its token, as stored in SecretStorage. Times are milliseconds since the epoch. */
export interface SessionRecord extends SessionProfile, AccessToken {
  /** ID of the machine that issued the token, whose clock the times refer to. */
  machine?: string;
}

/**
 * Checks for a key session without a key on this machine. It uses the token of another machine
 * until it expires.
 */
export function lacksKey({ source, fingerprint }: SessionProfile): boolean {
  return isRenewable(source) && fingerprint === undefined;
}

/** Stored on sign-out, so that a late refresh notices that its session has ended. */
export interface Tombstone {
  signedOutAt: number;
  /** ID of the ended session. */
  sessionId?: string;
}

export type StoredSession = SessionRecord | Tombstone;

/** Checks whether the stored value is a tombstone. */
export function isTombstone(stored: StoredSession): stored is Tombstone {
  return 'signedOutAt' in stored;
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
  const { signedOutAt, sessionId } = value;
  if (isTime(signedOutAt)) {
    return typeof sessionId === 'string' ? { signedOutAt, sessionId } : { signedOutAt };
  }
  const profile = parseProfile(value);
  const minted = parseMinted(value);
  const { machine } = value;
  if (profile === undefined || minted === undefined || !isOptionalText(machine)) {
    return undefined;
  }
  return { ...profile, ...minted, ...(machine === undefined ? {} : { machine }) };
}

/** Parses a profile from untrusted JSON. Returns undefined when it is invalid. */
export function parseProfile(value: unknown): SessionProfile | undefined {
  if (!isJsonObject(value)) {
    return undefined;
  }
  const { sessionId, fingerprint, keyPath } = value;
  const account = parseAccount(value['account']);
  const source = SOURCES.find((name) => name === value['source']);
  if (
    typeof sessionId !== 'string' ||
    sessionId === '' ||
    account === undefined ||
    source === undefined ||
    !isOptionalText(fingerprint) ||
    !isOptionalText(keyPath)
  ) {
    return undefined;
  }
  return {
    sessionId,
    account,
    source,
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(keyPath === undefined ? {} : { keyPath }),
  };
}

/** Removes the secret from a record. */
export function toProfile(record: SessionProfile): SessionProfile {
  const { sessionId, account, source, fingerprint, keyPath, formerKey } = record;
  return {
    sessionId,
    account,
    source,
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(keyPath === undefined ? {} : { keyPath }),
    ...(formerKey === undefined ? {} : { formerKey }),
  };
}

function parseMinted({ token, mintedAt, expiresAt }: JsonObject): AccessToken | undefined {
  return isTokenText(token) && isTime(mintedAt) && isTime(expiresAt)
    ? { token, mintedAt, expiresAt }
    : undefined;
}

function parseAccount(value: unknown): Account | undefined {
  if (!isJsonObject(value)) {
    return undefined;
  }
  const { devId, email, displayName, isDeveloper } = value;
  return typeof devId === 'string' &&
    devId !== '' &&
    isNullableText(email) &&
    isNullableText(displayName) &&
    typeof isDeveloper === 'boolean'
    ? { devId, email, displayName, isDeveloper }
    : undefined;
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
