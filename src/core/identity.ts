/** The signed-in account, as the backend reports it. */
export interface Account {
  devId: string;
  email: string | null;
  displayName: string | null;
  isDeveloper: boolean;
}

export type CredentialSource = 'ssh' | 'agent' | 'token' | 'deviceCode' | 'environment';

/**
 * Checks whether the credential can be refreshed with a key. Pasted tokens and API keys are used
 * until they expire.
 */
export function canRefresh(source: CredentialSource): boolean {
  return source === 'ssh' || source === 'agent';
}

/** The result of `whoAmI` and `signIn`. Never contains a token. */
export interface Identity extends Account {
  source: CredentialSource;
  backendUrl: string;
  fingerprint?: string;
  /** ISO 8601. */
  expiresAt?: string;
}

/** Returns the display name of an account: email, else display name, else ID. */
export function accountLabel(account: Account): string {
  return account.email ?? account.displayName ?? account.devId;
}
