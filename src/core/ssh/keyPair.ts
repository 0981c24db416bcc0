import { generateKeyPairSync, sign } from 'node:crypto';
import sshpk from 'sshpk';
import type { KeyUnlock } from './formats/keyContainer';
import { writeEncryptedOpenSshKey } from './formats/openSshWriter';
import { ED25519_BYTES, ed25519Blob, computeFingerprint, publicKeyLine } from './publicKey';
import type { Signer } from '../platform/interfaces';

/** An ed25519 key pair that exists only in memory. */
export interface KeyPair {
  /** The public key blob. */
  blob: Buffer;
  /** The private key file in OpenSSH format. The caller must zero it after use. */
  file: Buffer;
  signer: Signer;
}

/**
 * Generates an ed25519 key pair without writing to disk.
 * @param comment One line.
 * @param unlock Encrypts the private key. Without it the key is not encrypted.
 * @throws CancelledError
 */
export async function makeKeyPair(comment: string, unlock?: KeyUnlock): Promise<KeyPair> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const point = publicKey.export({ format: 'der', type: 'spki' }).subarray(-ED25519_BYTES);
  const secret = privateKey.export({ format: 'der', type: 'pkcs8' });
  const blob = ed25519Blob(point);
  try {
    const seed = secret.subarray(-ED25519_BYTES);
    const file =
      unlock === undefined
        ? writeOpenSshKey(point, seed, comment)
        : await writeEncryptedOpenSshKey({ point, seed, comment }, unlock);
    const signer = {
      fingerprint: computeFingerprint(blob),
      publicKey: publicKeyLine(blob, comment),
      sign: (data: Uint8Array) => Promise.resolve(sign(null, data, privateKey)),
    };
    return { blob, file, signer };
  } finally {
    secret.fill(0);
  }
}

function writeOpenSshKey(point: Buffer, seed: Buffer, comment: string): Buffer {
  const parts: sshpk.KeyPart[] = [
    { name: 'A', data: point },
    { name: 'k', data: seed },
  ];
  const key = new sshpk.PrivateKey({ type: 'ed25519', parts });
  key.comment = comment; // its constructor ignores the comment
  return key.toBuffer('ssh-private', {});
}
