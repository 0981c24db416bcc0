import type { SshKey } from '../api/sshKeys';

/** What the removal of a key would bring about, beside the key's being gone. */
export interface RemovalConsequences {
  /** The session in this editor is signed in with it, and ends. */
  endsSession: boolean;
  /** No key would be left to sign in with. */
  isLastLoginKey: boolean;
}

/**
 * What the removal of a key would bring about.
 * @param keys all of the account's
 * @param sessionFingerprint of the key that the session signs with; undefined when it has none
 */
export function consequencesOfRemoval(
  key: SshKey,
  keys: readonly SshKey[],
  sessionFingerprint: string | undefined,
): RemovalConsequences {
  const signsIn = ({ purpose }: SshKey): boolean => purpose !== 'attest';
  return {
    endsSession: key.fingerprint === sessionFingerprint,
    isLastLoginKey: signsIn(key) && !keys.some((other) => other.id !== key.id && signsIn(other)),
  };
}
