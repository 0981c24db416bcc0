import bcrypt from 'bcrypt-pbkdf';

/** What OpenSSH's key derivation takes. */
export interface BcryptInput {
  passphrase: Uint8Array;
  salt: Uint8Array;
  /** Each takes tens of milliseconds. */
  rounds: number;
  /** Bytes of the derived key. */
  length: number;
}

/**
 * Derives a key as OpenSSH does, without blocking the caller's event loop.
 * Rejects with CancelledError.
 */
export type DeriveBcrypt = (input: BcryptInput, signal?: AbortSignal) => Promise<Uint8Array>;

/** Derives a key as OpenSSH does. It blocks the thread for as long as it takes. */
export function bcryptKey({ passphrase, salt, rounds, length }: BcryptInput): Uint8Array {
  const key = new Uint8Array(length);
  bcrypt.pbkdf(passphrase, passphrase.length, salt, salt.length, key, length, rounds);
  return key;
}
