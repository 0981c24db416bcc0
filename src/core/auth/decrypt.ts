import { createDecipheriv, type Decipher } from 'node:crypto';
import { unknownEncryption } from './keyErrors';

/** Of an authenticating cipher, in bytes. */
export const TAG_BYTES = 16;

interface DecryptInput {
  /** As OpenSSL names it. */
  cipher: string;
  key: Uint8Array;
  iv: Uint8Array;
  sealed: Uint8Array;
  /** Whether the padding of PKCS#7 is checked and left out. */
  padded?: boolean;
  /** Of GCM: {@link TAG_BYTES} bytes. */
  tag?: Uint8Array;
}

/**
 * Decrypts what a key file holds; undefined when padding or tag show that the key is a wrong one.
 * @throws KEY_UNREADABLE when the crypto library of this process does not have the cipher (OpenSSL and BoringSSL differ)
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
