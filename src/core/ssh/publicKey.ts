import { createHash } from 'node:crypto';
import { sshString } from './formats/sshWire';

/** The only key type that the backend accepts. */
export const ED25519 = 'ssh-ed25519';
/** Length of an ed25519 public key, of its seed, and of half a signature, in bytes. */
export const ED25519_BYTES = 32;

/** Returns OpenSSH's fingerprint of a public key blob: `SHA256:` and unpadded base64. */
export function computeFingerprint(blob: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replaceAll('=', '')}`;
}

/** Valid names of key types. Restricted because they are shown to the user. */
const KEY_TYPE = /^[\w@.-]{1,64}$/u;

/**
 * Returns the key type, the first string of a public key blob (`ssh-ed25519`, `ssh-rsa`, …), or
 * undefined when there is none.
 */
export function readKeyType(blob: Uint8Array): string | undefined {
  const buffer = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
  if (buffer.length < 4) {
    return undefined;
  }
  const length = buffer.readUInt32BE(0);
  const type = buffer.toString('latin1', 4, 4 + Math.min(length, 65));
  return buffer.length >= 4 + length && KEY_TYPE.test(type) ? type : undefined;
}

/** Encodes a raw 32-byte ed25519 public key in the SSH wire format. */
export function ed25519Blob(rawPublicKey: Uint8Array): Buffer {
  return Buffer.concat([sshString(Buffer.from(ED25519)), sshString(rawPublicKey)]);
}

/** Formats a public key as one line: type, base64 blob and optional comment. */
export function publicKeyLine(blob: Uint8Array, comment = ''): string {
  const line = `${readKeyType(blob) ?? ED25519} ${Buffer.from(blob).toString('base64')}`;
  return comment === '' ? line : `${line} ${comment}`;
}

export interface PublicKeyParts {
  type: string;
  blob: Buffer;
  comment: string;
}

/**
 * Parses a `type base64 comment` line. Returns undefined when it is invalid or the blob has another
 * type.
 */
export function parsePublicKeyLine(line: string): PublicKeyParts | undefined {
  const match = /^([\w@.-]+)[ \t]+([A-Za-z0-9+/]+={0,3})(?:[ \t](.*))?$/u.exec(line.trim());
  if (match?.[1] === undefined || match[2] === undefined) {
    return undefined;
  }
  const blob = Buffer.from(match[2], 'base64');
  return readKeyType(blob) === match[1]
    ? { type: match[1], blob, comment: match[3]?.trim() ?? '' }
    : undefined;
}
