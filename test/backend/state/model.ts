import type { TokenScope } from '../jwt';

export type KeyPurpose = 'login' | 'attest';
export type ReviewStatus = 'pending' | 'auto-approved' | 'approved' | 'rejected';

/** All times in this file are milliseconds since the epoch. */
export interface Account {
  readonly devId: string;
  readonly email: string | null;
  readonly displayName?: string | null;
  readonly isDeveloper: boolean;
  readonly hasPendingRequest?: boolean;
  readonly lastNotificationAttempt?: string;
  readonly lastNotificationError?: string;
  readonly wallet?: Wallet;
}

interface Wallet {
  /** In minor units of the currency. */
  readonly balance: number;
  /** ISO 4217. */
  readonly currency: string;
}

export interface RegisteredKey {
  readonly id: string;
  readonly devId: string;
  readonly name: string;
  readonly fingerprint: string;
  readonly keyType: string;
  readonly purpose: KeyPurpose;
  /** Base64 of the 32 bytes of the point. */
  readonly raw: string;
  readonly createdAt: number;
  lastUsedAt: number | null;
}

/** A minted token that has not been revoked. */
export interface IssuedToken {
  readonly jti: string;
  readonly devId: string;
  /** The ID of the key it was minted with, if any. */
  readonly keyId: string | null;
  readonly scope: TokenScope;
  readonly expiresAt: number;
}

interface ApiKey {
  readonly devId: string;
  /** Hex SHA-256 of the key; the key itself is never stored. */
  readonly hash: string;
}

/** A bundle that was announced and possibly received. */
export interface Bundle {
  readonly bundleId: string;
  readonly devId: string;
  /** The id of the app or theme. */
  readonly appId: string;
  /** What it is of; a mini-app when left out. */
  readonly kind?: 'theme';
  readonly contentLength: number;
  readonly sha256: string;
  received?: { readonly bytes: number; readonly sha256: string };
}

export interface Submission {
  readonly version: string;
  readonly bundleId: string;
  readonly sha256: string;
  readonly submittedAt: number;
  reviewStatus: ReviewStatus;
  rejectionReason?: string;
  publishedAt?: number;
}

export interface Beta {
  readonly version: string;
  readonly sha256: string;
  readonly releaseNotes: string | null;
  readonly expiresAt: number;
}

/** A Telegram user whom the developer invited to test an app. */
export interface Tester {
  readonly userId: string;
  readonly telegramUsername: string;
  status: 'invited' | 'accepted' | 'revoked';
  invitedAt: number;
  acceptedAt: number | null;
  revokedAt: number | null;
}

export interface App {
  readonly appId: string;
  readonly devId: string;
  manifest: Record<string, unknown>;
  readonly submissions: Submission[];
  /**
   * Maps a version to the SHA-256 of the bytes that devices receive, which are the first ones
   * published.
   */
  readonly cdn: Record<string, string>;
  beta: Beta | null;
  readonly testers: Tester[];
  updatedAt: number;
}

/** The state that survives a restart. */
export interface StateData {
  readonly version: 1;
  /** The secret that signs access tokens and presigned URLs. */
  readonly secret: string;
  accounts: Account[];
  keys: RegisteredKey[];
  tokens: IssuedToken[];
  apiKeys: ApiKey[];
  bundles: Bundle[];
  apps: App[];
  /** Themes, which have no beta. Absent in the files of older backends. */
  themes?: App[];
}

/** What the parts of the state share. */
export interface Tables {
  readonly data: StateData;
  readonly now: () => number;
  /** Must be called after every change of `data`. */
  readonly changed: () => void;
}
