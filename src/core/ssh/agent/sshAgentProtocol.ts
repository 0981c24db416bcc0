import { I99dashError } from '../../errors';
import { t } from '../../text/l10n';
import { ED25519 } from '../publicKey';
import { SshReader, sshString, sshUint32 } from '../formats/sshWire';

/** Message numbers of draft-ietf-sshm-ssh-agent. */
const FAILURE = 5;
/** Failure codes of SSH.com agents and of old OpenSSH agents. */
const OTHER_FAILURES = [30, 102];
const REQUEST_IDENTITIES = 11;
const IDENTITIES_ANSWER = 12;
const SIGN_REQUEST = 13;
const SIGN_RESPONSE = 14;

/** Length of the prefix of each message, in bytes. */
export const LENGTH_BYTES = 4;
/** Limit for an agent's response, in bytes. The same as in OpenSSH. */
const MAX_ANSWER_BYTES = 256 * 1024;
const MAX_AGENT_COMMENT = 200;
/** Includes bytes that sanitizing removes. */
const MAX_AGENT_COMMENT_BYTES = 8 * MAX_AGENT_COMMENT;

/** A key of any type, as the agent lists it. */
export interface AgentIdentity {
  /** The public key blob. */
  blob: Buffer;
  /** One line of at most 200 characters, without control characters. */
  comment: string;
}

/** Builds the message that requests the public keys. */
export function identitiesRequest(): Buffer {
  return message(Buffer.of(REQUEST_IDENTITIES));
}

/** Builds the message that requests a signature over `data` with the key of this blob. */
export function signRequest(publicBlob: Uint8Array, data: Uint8Array): Buffer {
  const flags = sshUint32(0);
  return message(Buffer.of(SIGN_REQUEST), sshString(publicBlob), sshString(data), flags);
}

/**
 * Reads the length of a response in bytes, without the prefix.
 * @param head At least {@link LENGTH_BYTES} bytes.
 * @throws AGENT_UNAVAILABLE when it is above the limit
 */
export function answerLength(head: Buffer): number {
  const length = head.readUInt32BE(0);
  if (length > MAX_ANSWER_BYTES) {
    throw senseless();
  }
  return length;
}

/**
 * Parses the response to {@link identitiesRequest}, without its length prefix. Returns undefined
 * when the agent refused.
 * @throws AGENT_UNAVAILABLE when the response is invalid
 */
export function readIdentities(answer: Buffer): AgentIdentity[] | undefined {
  const reader = openAnswer(answer, IDENTITIES_ANSWER);
  if (reader === undefined) {
    return undefined;
  }
  const identities: AgentIdentity[] = [];
  for (let left = reader.uint32(); left > 0; left--) {
    const blob = reader.string();
    identities.push({ blob, comment: cleanComment(reader.string()) });
  }
  return identities;
}

/**
 * Parses the response to {@link signRequest}, without its length prefix. Returns undefined when the
 * agent refused.
 * @returns The raw 64-byte ed25519 signature. The caller must verify it.
 * @throws AGENT_UNAVAILABLE when the response is invalid
 */
export function readSignature(answer: Buffer): Buffer | undefined {
  const reader = openAnswer(answer, SIGN_RESPONSE);
  if (reader === undefined) {
    return undefined;
  }
  const blob = new SshReader(reader.string(), senseless);
  const type = blob.string().toString('latin1');
  if (type !== ED25519) {
    throw senseless();
  }
  return blob.string();
}

/** Creates the error for an invalid response. */
export function senseless(): I99dashError {
  return new I99dashError('AGENT_UNAVAILABLE', t("The SSH agent's answer makes no sense."));
}

function openAnswer(answer: Buffer, expected: number): SshReader | undefined {
  const reader = new SshReader(answer, senseless);
  const type = reader.byte();
  if (type === FAILURE || OTHER_FAILURES.includes(type)) {
    return undefined;
  }
  if (type !== expected) {
    throw senseless();
  }
  return reader;
}

/**
 * Sanitizes a comment, which may come from another computer: it must not break lines or hide text.
 */
function cleanComment(bytes: Buffer): string {
  const begin = bytes.toString('utf8', 0, MAX_AGENT_COMMENT_BYTES);
  const text = begin.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, '');
  return Array.from(text.trim()).slice(0, MAX_AGENT_COMMENT).join('');
}

function message(...parts: Uint8Array[]): Buffer {
  return sshString(Buffer.concat(parts));
}
