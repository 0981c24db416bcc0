import { join } from 'node:path';
import { Accounts } from './state/accounts';
import { Apps } from './state/apps';
import { Bundles } from './state/bundles';
import { Challenges } from './state/challenges';
import { DeviceCodes } from './state/device-codes';
import type { Account, KeyPurpose, RegisteredKey, Tables } from './state/model';
import { emptyState, loadState, saveState } from './state/store';
import { type TokenRequest, Tokens } from './state/tokens';

export interface StateOptions {
  /** The folder for bundles and, with `persistent`, for everything else. */
  readonly folder: string;
  /** Whether accounts, keys, tokens and apps are loaded from and saved to the folder. */
  readonly persistent: boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The backend's whole state, with shortcuts for tests. */
export class BackendState {
  readonly accounts: Accounts;
  readonly tokens: Tokens;
  readonly challenges: Challenges;
  readonly devices: DeviceCodes;
  readonly bundles: Bundles;
  readonly apps: Apps;
  readonly themes: Apps;
  private readonly tables: Tables;

  constructor({ folder, persistent, now }: StateOptions) {
    const data = persistent ? loadState(folder) : emptyState();
    const changed = persistent ? () => saveState(folder, data) : () => undefined;
    this.tables = { data, now, changed };
    this.accounts = new Accounts(this.tables);
    this.tokens = new Tokens(this.tables);
    this.challenges = new Challenges(now);
    this.devices = new DeviceCodes(now);
    this.bundles = new Bundles(this.tables, join(folder, 'bundles'));
    this.apps = new Apps(this.tables);
    this.themes = new Apps(this.tables, 'themes');
  }

  /** The secret that signs presigned URLs. */
  get secret(): string {
    return this.tables.data.secret;
  }

  /** Adds an account, or replaces the one with the same devId. */
  addAccount(account: Account): Account {
    return this.accounts.put(account);
  }

  /**
   * Changes some fields of an account.
   * @throws Error when there is none
   */
  updateAccount(devId: string, change: Partial<Omit<Account, 'devId'>>): Account {
    const account = this.accounts.find(devId);
    if (account === undefined) throw new Error(`no account ${devId}`);
    return this.accounts.put({ ...account, ...change });
  }

  /**
   * Registers a key.
   * @throws PublicKeyError
   * @throws DuplicateKeyError
   */
  addKey(
    devId: string,
    publicKeyLine: string,
    { name = 'test key', purpose = 'login' }: { name?: string; purpose?: KeyPurpose } = {},
  ): RegisteredKey {
    return this.accounts.addKey(devId, publicKeyLine, name, purpose);
  }

  /** Removes a key by ID or fingerprint and revokes every token minted with it. */
  removeKey(idOrFingerprint: string): boolean {
    const removed = this.accounts.removeKey(idOrFingerprint);
    if (removed !== undefined) this.tokens.revoke({ keyId: removed.id });
    return removed !== undefined;
  }

  /** Mints an access token without a key, like one that a user pastes. */
  mintToken(request: TokenRequest): string {
    return this.tokens.mint(request);
  }

  /**
   * Revokes the tokens that match all given fields, or all tokens without any, and returns their
   * number.
   */
  revokeTokens(match: { jti?: string; devId?: string; keyId?: string } = {}): number {
    return this.tokens.revoke(match);
  }

  /** Mints the API key of an account; the previous one becomes invalid. */
  addApiKey(devId: string): string {
    return this.tokens.mintApiKey(devId);
  }

  /**
   * Decides on the latest submission of an app.
   * @throws Error when there is none
   */
  review(appId: string, decision: 'approved' | 'rejected', reason?: string): void {
    this.apps.review(appId, decision, reason);
  }
}
