import type { SshKey } from '../api/sshKeys';

/** Side effects of removing a key. */
export interface RemovalConsequences {
  /** Whether the current session uses the key and ends. */
  endsSession: boolean;
  /** Whether no key for sign-in would remain. */
  isLastLoginKey: boolean;
}

/**
 * Determines the side effects of removing a key.
 * @param keys All keys of the account.
 * @param sessionFingerprint Fingerprint of the key that the session uses, if any.
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
