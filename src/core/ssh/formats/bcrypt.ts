import bcrypt from 'bcrypt-pbkdf';

/** Input of OpenSSH's key derivation. */
export interface BcryptInput {
  passphrase: Uint8Array;
  salt: Uint8Array;
  /** Each round takes tens of milliseconds. */
  rounds: number;
  /** Length of the derived key, in bytes. */
  length: number;
}

/**
 * Derives a key as OpenSSH does, without blocking the caller's event loop.
 * @throws CancelledError
 */
export type DeriveBcrypt = (input: BcryptInput, signal?: AbortSignal) => Promise<Uint8Array>;

/** Derives a key as OpenSSH does. Synchronous: it blocks the thread. */
export function bcryptKey({ passphrase, salt, rounds, length }: BcryptInput): Uint8Array {
  const key = new Uint8Array(length);
  bcrypt.pbkdf(passphrase, passphrase.length, salt, salt.length, key, length, rounds);
  return key;
}
