import { basename } from 'node:path';
import { computeFingerprint } from '../ssh/publicKey';
import type { AgentKey } from '../ssh/agent/sshAgent';
import { readPublicKeys } from '../ssh/keyFolder';
import { readPublicKeyFile } from '../ssh/publicKeyFile';
import { toKeyName } from './registerKey';

/** A public key that can be registered. */
export interface KeyCandidate {
  /** The public key blob. */
  blob: Buffer;
  fingerprint: string;
  comment: string;
  /** The `.pub` file. Undefined for a key that is only in the agent. */
  path?: string;
}

/**
 * Finds the ed25519 public keys in a folder (`~/.ssh`), sorted by file name, then those that are
 * only in the agent. Returns each key once. Ignores other files, and a folder that is missing or
 * not readable.
 * @param registered Fingerprints to leave out.
 */
export async function findKeyCandidates(
  folder: string,
  agentKeys: readonly AgentKey[],
  registered: ReadonlySet<string>,
): Promise<KeyCandidate[]> {
  const candidates: KeyCandidate[] = [];
  for await (const key of readPublicKeys(folder)) {
    candidates.push(toCandidate(key));
  }
  const found = new Map<string, KeyCandidate>();
  for (const candidate of [...candidates, ...agentKeys.map(fromAgent)]) {
    const { fingerprint } = candidate;
    if (!registered.has(fingerprint) && !found.has(fingerprint)) {
      found.set(fingerprint, candidate);
    }
  }
  return [...found.values()];
}

/**
 * Reads a public key file.
 * @param path Absolute or with `~`.
 * @throws The errors of {@link readPublicKeyFile}.
 */
export async function readCandidate(path: string): Promise<KeyCandidate> {
  return toCandidate({ ...(await readPublicKeyFile(path)), path });
}

/** Returns the default name for a key: its comment, else its file name. */
export function suggestedName({ comment, path }: Pick<KeyCandidate, 'comment' | 'path'>): string {
  const file = path === undefined ? '' : basename(path).replace(/\.pub$/iu, '');
  return toKeyName(comment, toKeyName(file));
}

function toCandidate(key: { blob: Buffer; comment: string; path: string }): KeyCandidate {
  const { blob, comment, path } = key;
  return { blob, comment, fingerprint: computeFingerprint(blob), path };
}

function fromAgent({ publicBlob, fingerprint, comment }: AgentKey): KeyCandidate {
  return { blob: publicBlob, fingerprint, comment };
}
