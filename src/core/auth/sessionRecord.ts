import { isRenewable, type Account, type CredentialSource } from '../identity';
import { isJsonObject, parseJson, type JsonObject } from '../json';
import { isTokenText } from '../api/bearerToken';
import { NEVER } from './accessToken';
import type { MintedToken } from './mint';

const VERSION = 1;
const SOURCES: readonly CredentialSource[] = ['ssh', 'agent', 'token', 'deviceCode'];

/** A sign-in to one backend, without its secret. */
export interface SessionProfile {
  /** Stays the same through renewals, and when another machine signs in to the same account. */
  sessionId: string;
  account: Account;
  source: CredentialSource;
  /** Of the key on this machine; undefined when it has none for this session. */
  fingerprint?: string;
  keyPath?: string;
  /** A key that was stored for all machines, by a version that knew only one; it is on one of them. */
  formerKey?: FormerKey;
}

export interface FormerKey {
  fingerprint: string;
  keyPath?: string;
}

/** A sign-in with its token, as it is kept in SecretStorage. Times are milliseconds since the epoch. */
export interface SessionRecord extends SessionProfile, MintedToken {
  /** The id of the machine that minted the token, by whose clock the times are. */
  machine?: string;
}

/** Whether a key renews the session, but this machine has none for it: it uses the token of another machine until that ends. */
export function lacksKey({ source, fingerprint }: SessionProfile): boolean {
  return isRenewable(source) && fingerprint === undefined;
}

/** What sign-out leaves behind, so that a late renewal finds that its session has ended. */
export interface Tombstone {
  signedOutAt: number;
  /** The session that has ended. */
  sessionId?: string;
}

export type StoredSession = SessionRecord | Tombstone;

/** True for what sign-out leaves behind. */
export function isTombstone(stored: StoredSession): stored is Tombstone {
  return 'signedOutAt' in stored;
}

/** The text that {@link parseSession} reads. */
export function serializeSession(stored: StoredSession): string {
  return JSON.stringify({ version: VERSION, ...stored });
}

/** Reads a stored session; undefined for anything that is not exactly one of this version. */
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

/** Reads a profile out of untrusted JSON; undefined when it is none. */
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

/** A record without its secret. */
export function profileOf(record: SessionProfile): SessionProfile {
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

function parseMinted({ token, mintedAt, expiresAt }: JsonObject): MintedToken | undefined {
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
  return typeof value === 'number' && value > 0 && value <= NEVER;
}

function isNullableText(value: unknown): value is string | null {
  return value === null || typeof value === 'string';
}

function isOptionalText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}
