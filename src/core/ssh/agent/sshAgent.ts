/**
 * Two requests of the SSH agent protocol over node:net. The available packages are unmaintained or
 * include a complete SSH client.
 */
import { verify } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { CancelledError, I99dashError, systemErrorCode, throwIfCancelled } from '../../errors';
import { abbreviateHome } from '../../platform/homePath';
import { t } from '../../text/l10n';
import type { Signer } from '../../platform/interfaces';
import { ED25519_BYTES, ed25519Blob, computeFingerprint, publicKeyLine } from '../publicKey';
import {
  LENGTH_BYTES,
  answerLength,
  identitiesRequest,
  readIdentities,
  readSignature,
  senseless,
  signRequest,
} from './sshAgentProtocol';

const LIST_TIMEOUT_MS = 5000;
/** For background work. Longer, because the agent may prompt the user. */
const SIGN_TIMEOUT_MS = 20_000;

/** An ed25519 key in an agent. */
export interface AgentKey {
  /** `SHA256:` and unpadded base64. */
  fingerprint: string;
  /** One line of at most 200 characters; '' if there is none. */
  comment: string;
  /** The OpenSSH public key line: `ssh-ed25519 AAAA… comment`. */
  publicKey: string;
  publicBlob: Buffer;
}

/**
 * Lists the plain ed25519 keys of an agent, in its order. Leaves out hardware keys (which require a
 * touch), certificates and other types. A locked agent lists none.
 * @param socketPath As `findAgentSocket` returns it.
 * @param options.timeoutMs For the whole exchange, in milliseconds. Default 5,000.
 * @throws AGENT_UNAVAILABLE, CancelledError
 */
export async function listAgentKeys(
  socketPath: string | undefined,
  { signal, timeoutMs = LIST_TIMEOUT_MS }: { signal?: AbortSignal; timeoutMs?: number } = {},
): Promise<AgentKey[]> {
  const identities = readIdentities(
    await askAgent(socketPath, identitiesRequest(), timeoutMs, signal),
  );
  if (identities === undefined) {
    throw unavailable(t('The SSH agent refused to list its keys.'));
  }
  return identities
    .filter(({ blob }) => blob.equals(ed25519Blob(getRawKey(blob))))
    .map(({ blob, comment }) => ({
      fingerprint: computeFingerprint(blob),
      comment,
      publicKey: publicKeyLine(blob, comment),
      // Copied, because a slice would keep the whole response in memory.
      publicBlob: Buffer.from(blob),
    }));
}

/**
 * Creates a signer for a key in the agent. Each signature is verified before it is returned. `sign`
 * rejects with AGENT_UNAVAILABLE (unreachable, refused, locked, key removed, invalid signature) or
 * CancelledError.
 * @param options.timeoutMs For one signature, in milliseconds. Default 20,000, for background work.
 */
export function agentSigner(
  socketPath: string | undefined,
  key: AgentKey,
  { timeoutMs = SIGN_TIMEOUT_MS }: { timeoutMs?: number } = {},
): Signer {
  return {
    fingerprint: key.fingerprint,
    publicKey: key.publicKey,
    mayPromptUser: true,
    sign: async (data, signal) => {
      const request = signRequest(key.publicBlob, data);
      const signature = readSignature(await askAgent(socketPath, request, timeoutMs, signal));
      if (signature === undefined) {
        throw unavailable(
          t(
            'The SSH agent refused to sign with the key {0}. It may be locked, or no longer hold the key.',
            key.fingerprint,
          ),
        );
      }
      if (!isSignedBy(key.publicBlob, data, signature)) {
        throw senseless();
      }
      return Buffer.from(signature);
    },
  };
}

/** Sends one request over a new connection. Returns the response without its length prefix. */
async function askAgent(
  socketPath: string | undefined,
  request: Buffer,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  throwIfCancelled(signal);
  if (socketPath === undefined || socketPath === '') {
    throw unavailable(t('There is no SSH agent: {0} is not set.', 'SSH_AUTH_SOCK'));
  }
  const where = abbreviateHome(socketPath);
  const socket = connect({ path: socketPath });
  const cancel = (): void => void socket.destroy(new CancelledError());
  const timer = setTimeout(() => {
    socket.destroy(unavailable(t('The SSH agent at {0} did not answer in time.', where)));
  }, timeoutMs);
  signal?.addEventListener('abort', cancel);
  try {
    socket.write(request);
    return await readAnswer(socket, where);
  } catch (error) {
    throw asAgentError(error, where);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
    socket.destroy();
  }
}

async function readAnswer(socket: Socket, where: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let received = 0;
  let expected: number | undefined;
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    received += chunk.length;
    if (expected === undefined && received >= LENGTH_BYTES) {
      expected = LENGTH_BYTES + answerLength(Buffer.concat(chunks));
    }
    if (expected !== undefined && received >= expected) {
      return Buffer.concat(chunks).subarray(LENGTH_BYTES, expected);
    }
  }
  throw connectionClosed(where);
}

function isSignedBy(publicBlob: Buffer, data: Uint8Array, signature: Buffer): boolean {
  const key = { kty: 'OKP', crv: 'Ed25519', x: getRawKey(publicBlob).toString('base64url') };
  return verify(null, data, { key, format: 'jwk' }, signature);
}

function getRawKey(publicBlob: Buffer): Buffer {
  return publicBlob.subarray(-ED25519_BYTES);
}

function asAgentError(error: unknown, where: string): Error {
  if (error instanceof I99dashError || error instanceof CancelledError) {
    return error;
  }
  const code = systemErrorCode(error) ?? t('unknown error');
  return /^(ECONNRESET|EPIPE|ERR_STREAM_PREMATURE_CLOSE)$/u.test(code)
    ? connectionClosed(where, error)
    : unavailable(t('The SSH agent cannot be reached at {0} ({1}).', where, code), error);
}

function connectionClosed(where: string, cause?: unknown): I99dashError {
  return unavailable(t('The SSH agent at {0} broke the connection off.', where), cause);
}

function unavailable(message: string, cause?: unknown): I99dashError {
  return new I99dashError('AGENT_UNAVAILABLE', message, cause === undefined ? {} : { cause });
}
