import { createCipheriv, createHash, createPrivateKey } from 'node:crypto';

/** Creates a PuTTY key file in PuTTYgen's format. Its MAC, which is not checked, is invalid. */
export function toPutty(
  { pem, publicKeyLine }: { pem: string; publicKeyLine: string },
  version: 2 | 3,
  passphrase?: string | Buffer,
): string {
  const seed = createPrivateKey(pem).export({ format: 'der', type: 'pkcs8' }).subarray(-32);
  // PuTTY stores the seed as a number, without the leading zeros of its most significant end.
  const bytes = seed.at(-1) === 0 ? seed.subarray(0, -1) : seed;
  const privateBlob = Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
  const lines = publicKeyLine.split(' ')[1]?.match(/.{1,64}/g) ?? [];
  return [
    `PuTTY-User-Key-File-${version}: ssh-ed25519`,
    `Encryption: ${passphrase === undefined ? 'none' : 'aes256-cbc'}`,
    'Comment: from putty',
    `Public-Lines: ${lines.length}`,
    ...lines,
    ...(version === 3 && passphrase !== undefined ? ['Key-Derivation: Argon2id'] : []),
    'Private-Lines: 1',
    (passphrase === undefined ? privateBlob : sealForPutty2(privateBlob, passphrase)).toString(
      'base64',
    ),
    'Private-MAC: 0000000000000000000000000000000000000000',
    '',
  ].join('\r\n');
}

function sealForPutty2(bytes: Buffer, passphrase: string | Buffer): Buffer {
  const hash = (count: number): Buffer =>
    createHash('sha1')
      .update(Buffer.of(0, 0, 0, count))
      .update(passphrase)
      .digest();
  const key = Buffer.concat([hash(0), hash(1)]).subarray(0, 32);
  const cipher = createCipheriv('aes-256-cbc', key, Buffer.alloc(16)).setAutoPadding(false);
  const padded = Buffer.concat([bytes], Math.ceil(bytes.length / 16) * 16);
  return Buffer.concat([cipher.update(padded), cipher.final()]);
}
