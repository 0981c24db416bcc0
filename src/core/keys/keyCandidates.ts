import { basename } from 'node:path';
import { fingerprintOf } from '../auth/publicKey';
import type { AgentKey } from '../auth/sshAgent';
import { readPublicKeyFile } from './publicKeyFile';
import { publicKeyPaths } from './publicKeyPaths';
import { keyName } from './registerKey';

/** A public key that could be registered. */
export interface KeyCandidate {
  /** The public key blob. */
  blob: Buffer;
  fingerprint: string;
  comment: string;
  /** The `.pub` file; undefined for a key that the agent alone has. */
  path?: string;
}

/**
 * The ed25519 public keys of a folder (`~/.ssh`), by file name, then those that the agent alone has; each once. Files that are no such keys
 * are left out, as is a folder that is missing or closed to us.
 * @param registered fingerprints to leave out
 */
export async function findKeyCandidates(
  folder: string,
  agentKeys: readonly AgentKey[],
  registered: ReadonlySet<string>,
): Promise<KeyCandidate[]> {
  let files: (KeyCandidate | undefined)[] = [];
  for (const paths of await publicKeyPaths(folder)) {
    const read = paths.map((path) => readCandidate(path).catch(() => undefined));
    files = files.concat(await Promise.all(read));
  }
  const found = new Map<string, KeyCandidate>();
  for (const candidate of [...files, ...agentKeys.map(fromAgent)]) {
    if (candidate !== undefined && !registered.has(candidate.fingerprint)) {
      const { fingerprint } = candidate;
      found.set(fingerprint, found.get(fingerprint) ?? candidate);
    }
  }
  return [...found.values()];
}

/**
 * A public key file as a candidate.
 * @param path absolute or with `~`
 * @throws as {@link readPublicKeyFile}
 */
export async function readCandidate(path: string): Promise<KeyCandidate> {
  const { blob, comment } = await readPublicKeyFile(path);
  return { blob, comment, fingerprint: fingerprintOf(blob), path };
}

/** The name that a key is registered under when nobody chooses another: its comment, else its file's name. */
export function suggestedName({ comment, path }: Pick<KeyCandidate, 'comment' | 'path'>): string {
  const file = path === undefined ? '' : basename(path).replace(/\.pub$/iu, '');
  return keyName(comment, keyName(file));
}

function fromAgent({ publicBlob, fingerprint, comment }: AgentKey): KeyCandidate {
  return { blob: publicBlob, fingerprint, comment };
}
