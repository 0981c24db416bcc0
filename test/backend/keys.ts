import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';

/** A parsed OpenSSH ed25519 public key. */
export interface Ed25519PublicKey {
  readonly keyType: 'ssh-ed25519';
  /** The 32 bytes of the point. */
  readonly raw: Buffer;
  readonly fingerprint: string;
  readonly comment: string;
}

/** The reason why a public key line was rejected. */
export class PublicKeyError extends Error {
  constructor(
    readonly reason: 'malformed' | 'unsupported',
    message: string,
  ) {
    super(message);
    this.name = 'PublicKeyError';
  }
}

const KEY_TYPE = 'ssh-ed25519';
/** SubjectPublicKeyInfo of an ed25519 key up to the point (RFC 8410). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * Parses one line `ssh-ed25519 <base64> [comment]`.
 * @throws PublicKeyError `unsupported` for another key type, `malformed` for everything else
 */
export function parsePublicKey(line: string): Ed25519PublicKey {
  const [type, encoded, ...comment] = line.trim().split(' ');
  if (/[\r\n]/.test(line.trim()) || type === undefined || encoded === undefined) {
    throw new PublicKeyError('malformed', 'not one line of an OpenSSH public key');
  }
  const blob = Buffer.from(encoded, 'base64');
  if (blob.toString('base64') !== encoded) {
    throw new PublicKeyError('malformed', 'the key is not base64');
  }
  const [blobType, raw, ...rest] = readStrings(blob);
  if (blobType?.toString('latin1') !== type || raw === undefined) {
    throw new PublicKeyError('malformed', 'the key blob does not fit its type');
  }
  if (type !== KEY_TYPE)
    throw new PublicKeyError('unsupported', `only ${KEY_TYPE} keys are supported`);
  if (raw.length !== 32 || rest.length > 0) {
    throw new PublicKeyError('malformed', 'an ed25519 key has 32 bytes');
  }
  return { keyType: KEY_TYPE, raw, fingerprint: fingerprintOf(blob), comment: comment.join(' ') };
}

/** Computes OpenSSH's `SHA256:` fingerprint of a public key blob. */
function fingerprintOf(blob: Buffer): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

/** Creates the node:crypto key of a 32-byte ed25519 point. */
function toKeyObject(raw: Buffer): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' });
}

/**
 * Checks whether `signature` is the raw 64-byte ed25519 signature of `message` by the key `raw`.
 */
export function verifySignature(raw: Buffer, message: Buffer, signature: Buffer): boolean {
  return signature.length === 64 && verify(null, message, toKeyObject(raw), signature);
}

/** Reads the length-prefixed strings of an SSH blob. */
function readStrings(blob: Buffer): Buffer[] {
  const strings: Buffer[] = [];
  let offset = 0;
  while (offset < blob.length) {
    const end = offset + 4 <= blob.length ? offset + 4 + blob.readUInt32BE(offset) : Infinity;
    if (end > blob.length) throw new PublicKeyError('malformed', 'the key blob is cut short');
    strings.push(blob.subarray(offset + 4, end));
    offset = end;
  }
  return strings;
}
