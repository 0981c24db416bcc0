import { generateKeyPairSync, sign } from 'node:crypto';
import sshpk from 'sshpk';
import { ED25519_BYTES, ed25519Blob, fingerprintOf, publicKeyLine } from '../auth/publicKey';
import type { Signer } from '../ports';

/** An ed25519 key pair that is in memory alone. */
export interface KeyPair {
  /** The public key blob. */
  blob: Buffer;
  /** The private key file in OpenSSH's format. Whoever has used it fills it with zeros. */
  file: Buffer;
  signer: Signer;
}

/**
 * Makes an ed25519 key pair without touching the disk.
 * @param comment one line
 * @param passphrase '' leaves the private key unencrypted
 */
export function makeKeyPair(comment: string, passphrase = ''): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const point = publicKey.export({ format: 'der', type: 'spki' }).subarray(-ED25519_BYTES);
  const secret = privateKey.export({ format: 'der', type: 'pkcs8' });
  const phrase = Buffer.from(passphrase);
  const blob = ed25519Blob(point);
  try {
    const file = toOpenSshFile(point, secret.subarray(-ED25519_BYTES), comment, phrase);
    const signer = {
      fingerprint: fingerprintOf(blob),
      publicKey: publicKeyLine(blob, comment),
      sign: (data: Uint8Array) => Promise.resolve(sign(null, data, privateKey)),
    };
    return { blob, file, signer };
  } finally {
    secret.fill(0);
    phrase.fill(0);
  }
}

/** Sealed, where there is a passphrase, as OpenSSH did until 9.4: aes256-ctr, and bcrypt of 16 rounds (24 since). */
function toOpenSshFile(point: Buffer, seed: Buffer, comment: string, passphrase: Buffer): Buffer {
  const parts: sshpk.KeyPart[] = [
    { name: 'A', data: point },
    { name: 'k', data: seed },
  ];
  const key = new sshpk.PrivateKey({ type: 'ed25519', parts });
  key.comment = comment; // its constructor would drop it
  const seal = passphrase.length === 0 ? {} : { passphrase, cipher: 'aes256-ctr' as const };
  return key.toBuffer('ssh-private', seal);
}
