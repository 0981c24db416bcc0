import type { Account, CredentialSource } from '../identity';
import { isJsonObject, parseJson, type JsonObject } from '../json';
import { isTokenText } from './accessToken';

const VERSION = 1;
const SOURCES: readonly CredentialSource[] = ['ssh', 'token'];

/** One sign-in to one backend, as it is kept in SecretStorage. Times are milliseconds since the epoch. */
export interface SessionRecord {
  /** Stays the same through renewals. */
  sessionId: string;
  account: Account;
  source: CredentialSource;
  fingerprint?: string;
  keyPath?: string;
  token: string;
  mintedAt: number;
  expiresAt: number;
}

/** What sign-out leaves behind, so that a late renewal finds that its session has ended. */
export interface Tombstone {
  signedOutAt: number;
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
  return isTime(value['signedOutAt']) ? { signedOutAt: value['signedOutAt'] } : parseRecord(value);
}

function parseRecord(value: JsonObject): SessionRecord | undefined {
  const { sessionId, token, mintedAt, expiresAt, fingerprint, keyPath } = value;
  const account = parseAccount(value['account']);
  const source = SOURCES.find((name) => name === value['source']);
  if (
    typeof sessionId !== 'string' ||
    sessionId === '' ||
    account === undefined ||
    source === undefined ||
    !isTokenText(token) ||
    !isTime(mintedAt) ||
    !isTime(expiresAt) ||
    !isOptionalText(fingerprint) ||
    !isOptionalText(keyPath)
  ) {
    return undefined;
  }
  return {
    sessionId,
    account,
    source,
    token,
    mintedAt,
    expiresAt,
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(keyPath === undefined ? {} : { keyPath }),
  };
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
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

function isNullableText(value: unknown): value is string | null {
  return value === null || typeof value === 'string';
}

function isOptionalText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}
