import { randomUUID } from 'node:crypto';
import { parsePublicKey } from '../keys';
import type { Account, KeyPurpose, RegisteredKey, Tables } from './model';

/** Accounts and the SSH keys registered with them. */
export class Accounts {
  constructor(private readonly tables: Tables) {}

  /** Returns all accounts, oldest first. */
  list(): readonly Account[] {
    return this.tables.data.accounts;
  }

  find(devId: string): Account | undefined {
    return this.tables.data.accounts.find((account) => account.devId === devId);
  }

  /** Adds an account, or replaces the one with the same devId. */
  put(account: Account): Account {
    const { data, changed } = this.tables;
    const index = data.accounts.findIndex(({ devId }) => devId === account.devId);
    if (index < 0) data.accounts.push(account);
    else data.accounts[index] = account;
    changed();
    return account;
  }

  keysOf(devId: string): RegisteredKey[] {
    return this.tables.data.keys.filter((key) => key.devId === devId);
  }

  findKey(fingerprint: string): RegisteredKey | undefined {
    return this.tables.data.keys.find((key) => key.fingerprint === fingerprint);
  }

  /**
   * Registers an OpenSSH public key.
   * @throws PublicKeyError for a line that is not an ed25519 key
   * @throws DuplicateKeyError when any account already has the key
   */
  addKey(devId: string, line: string, name: string, purpose: KeyPurpose): RegisteredKey {
    const parsed = parsePublicKey(line);
    if (this.findKey(parsed.fingerprint) !== undefined) throw new DuplicateKeyError();
    const key: RegisteredKey = {
      id: `key_${randomUUID()}`,
      devId,
      name,
      fingerprint: parsed.fingerprint,
      keyType: parsed.keyType,
      purpose,
      raw: parsed.raw.toString('base64'),
      createdAt: this.tables.now(),
      lastUsedAt: null,
    };
    this.tables.data.keys.push(key);
    this.tables.changed();
    return key;
  }

  /** Removes a key by ID or fingerprint and returns it; undefined when there is none. */
  removeKey(idOrFingerprint: string): RegisteredKey | undefined {
    const { data, changed } = this.tables;
    const index = data.keys.findIndex(
      (key) => key.id === idOrFingerprint || key.fingerprint === idOrFingerprint,
    );
    if (index < 0) return undefined;
    const [removed] = data.keys.splice(index, 1);
    changed();
    return removed;
  }

  /** Records that a key has just signed in. */
  touchKey(key: RegisteredKey): void {
    key.lastUsedAt = this.tables.now();
    this.tables.changed();
  }
}

/** The key is already registered with this or another account. */
export class DuplicateKeyError extends Error {
  constructor() {
    super('this key is registered already');
    this.name = 'DuplicateKeyError';
  }
}
