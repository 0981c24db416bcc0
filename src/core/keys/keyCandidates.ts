import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fingerprintOf } from '../auth/publicKey';
import type { AgentKey } from '../auth/sshAgent';
import { readPublicKeyFile } from './publicKeyFile';
import { keyName } from './registerKey';

/** A `~/.ssh` larger than this is somebody's archive; the rest is reached by browsing. */
const MAX_FILES = 500;
/** So many are read at once: a process may hold only so many files open. */
const AT_ONCE = 32;

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
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const paths = entries
    .filter((entry) => (entry.isFile() || entry.isSymbolicLink()) && /\.pub$/iu.test(entry.name))
    .map(({ name }) => join(folder, name))
    .sort((a, b) => Number(isUsual(b)) - Number(isUsual(a)) || (a < b ? -1 : 1))
    .slice(0, MAX_FILES)
    .sort();
  const files: (KeyCandidate | undefined)[] = [];
  for (let from = 0; from < paths.length; from += AT_ONCE) {
    const batch = paths.slice(from, from + AT_ONCE);
    const read = batch.map((path) => readCandidate(path).catch(() => undefined));
    files.push(...(await Promise.all(read)));
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

/** As `ssh-keygen` names a key. */
function isUsual(path: string): boolean {
  return basename(path).startsWith('id_');
}

function fromAgent({ publicBlob, fingerprint, comment }: AgentKey): KeyCandidate {
  return { blob: publicBlob, fingerprint, comment };
}
