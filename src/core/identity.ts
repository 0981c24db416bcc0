/** Who is signed in, as the backend tells it. */
export interface Account {
  devId: string;
  email: string | null;
  displayName: string | null;
  isDeveloper: boolean;
}

export type CredentialSource = 'ssh' | 'agent' | 'token' | 'environment';

/** What `whoAmI` and `signIn` return. It never holds a token. */
export interface Identity extends Account {
  source: CredentialSource;
  backendUrl: string;
  fingerprint?: string;
  /** ISO 8601. */
  expiresAt?: string;
}

/** The one name an account is shown by: email, else display name, else id. */
export function accountLabel(account: Account): string {
  return account.email ?? account.displayName ?? account.devId;
}
