/** Who is signed in, as the backend tells it. */
export interface Account {
  devId: string;
  email: string | null;
  displayName: string | null;
  isDeveloper: boolean;
}

export type CredentialSource = 'ssh' | 'agent' | 'token' | 'deviceCode' | 'environment';

/** Whether a key renews what was signed in with. Pasted tokens and API keys are used until they die. */
export function isRenewable(source: CredentialSource): boolean {
  return source === 'ssh' || source === 'agent';
}

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
