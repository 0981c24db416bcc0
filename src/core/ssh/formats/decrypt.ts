import { createDecipheriv, type Decipher } from 'node:crypto';
import { unknownEncryption } from './keyErrors';

/** Length of an authentication tag, in bytes. */
export const TAG_BYTES = 16;

interface DecryptInput {
  /** OpenSSL's name. */
  cipher: string;
  key: Uint8Array;
  iv: Uint8Array;
  sealed: Uint8Array;
  /** Whether PKCS#7 padding is checked and removed. */
  padded?: boolean;
  /** For GCM: {@link TAG_BYTES} bytes. */
  tag?: Uint8Array;
}

/**
 * Decrypts the content of a key file. Returns undefined when padding or tag show that the key is
 * wrong.
 * @throws KEY_UNREADABLE when the crypto library of this process lacks the cipher (OpenSSL and
 * BoringSSL differ)
 */
export function decrypt(input: DecryptInput, path: string): Buffer | undefined {
  const decipher = startDecipher(input, path);
  try {
    return Buffer.concat([decipher.update(input.sealed), decipher.final()]);
  } catch {
    return undefined;
  }
}

function startDecipher(
  { cipher, key, iv, padded = false, tag }: DecryptInput,
  path: string,
): Decipher {
  try {
    if (tag === undefined) {
      return createDecipheriv(cipher, key, iv).setAutoPadding(padded);
    }
    return createDecipheriv(cipher as 'aes-256-gcm', key, iv, {
      authTagLength: TAG_BYTES,
    }).setAuthTag(tag);
  } catch {
    throw unknownEncryption(path);
  }
}
