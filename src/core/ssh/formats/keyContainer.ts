import type { I99dashError } from '../../errors';
import type { DeriveBcrypt } from './bcrypt';

/** Input to decrypt a key. */
export interface KeyUnlock {
  passphrase: string;
  deriveBcrypt: DeriveBcrypt;
  signal?: AbortSignal;
}

/** A private key in a file. */
export interface KeyContainer {
  format: 'openssh' | 'putty' | 'pkcs8';
  encrypted: boolean;
  /** `ssh-ed25519`, … if the format states it unencrypted. */
  keyType?: string;
  /** The public key blob, if the format contains it unencrypted. */
  publicBlob?: Buffer;
  /** Returns why this key cannot be opened with any passphrase, or undefined when it can. */
  refusal?: (path: string) => I99dashError | undefined;
  /**
   * Reads the 32-byte seed of an ed25519 key. The caller must check that it matches `publicBlob`.
   * @param unlock Required when the key is encrypted.
   * @throws KEY_WRONG_PASSPHRASE, KEY_UNREADABLE, KEY_UNSUPPORTED, CancelledError
   */
  readSeed: (path: string, unlock?: KeyUnlock) => Promise<Buffer>;
}
