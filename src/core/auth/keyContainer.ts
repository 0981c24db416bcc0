import type { I99dashError } from '../errors';
import type { DeriveBcrypt } from './bcrypt';

/** What opens an encrypted key. */
export interface KeyUnlock {
  passphrase: string;
  deriveBcrypt: DeriveBcrypt;
  signal?: AbortSignal;
}

/** A private key as a file holds it. */
export interface KeyContainer {
  format: 'openssh' | 'putty' | 'pkcs8';
  encrypted: boolean;
  /** `ssh-ed25519` … where the format says so in the clear. */
  keyType?: string;
  /** The public key blob where the format holds it in the clear. */
  publicBlob?: Buffer;
  /** Why no passphrase opens the key here; undefined when one may. */
  refusal?: (path: string) => I99dashError | undefined;
  /**
   * The 32-byte seed of an ed25519 key. That it belongs to `publicBlob` is for the caller to check.
   * @param unlock needed when the key is encrypted
   * Rejects with KEY_WRONG_PASSPHRASE, KEY_UNREADABLE, KEY_UNSUPPORTED, CancelledError.
   */
  readSeed: (path: string, unlock?: KeyUnlock) => Promise<Buffer>;
}
