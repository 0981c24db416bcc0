/**
 * The settings of a deployment. A running backend reads them at every request, so a test may change
 * them.
 */
export interface Settings {
  /** Lifetime of an access token in seconds. */
  tokenLifeSeconds: number;
  /** Lifetime of a challenge in seconds. */
  challengeLifeSeconds: number;
  /** Whether a challenge includes its lifetime. */
  announceChallengeLife: boolean;
  /** Creates the nonce for a fingerprint; random by default. */
  nonce: ((fingerprint: string) => string) | undefined;
  /** Whether sign-in with an SSH key is switched on. */
  sshEnabled: boolean;
  /** Whether this deployment supports SSH keys; without, their routes do not exist. */
  sshKeys: boolean;
  deviceCode: boolean;
  /** Whether this deployment publishes mini-apps; without, their routes do not exist. */
  miniApps: boolean;
  /** Whether accounts have a wallet; without, its route does not exist. */
  wallet: boolean;
  /** Lifetime of a device code in seconds. */
  deviceLifeSeconds: number;
  /** Minimum number of seconds between two polls for a device token; 0 never asks to slow down. */
  deviceIntervalSeconds: number;
  /** The review status of a new submission. */
  reviewStatus: 'pending' | 'auto-approved';
  /** Lifetime of a presigned upload URL in seconds. */
  uploadUrlLifeSeconds: number;
}

/** Returns the settings of an ordinary deployment. */
export function defaultSettings(): Settings {
  return {
    tokenLifeSeconds: 900,
    challengeLifeSeconds: 120,
    announceChallengeLife: true,
    nonce: undefined,
    sshEnabled: true,
    sshKeys: true,
    deviceCode: false,
    miniApps: true,
    wallet: false,
    deviceLifeSeconds: 600,
    deviceIntervalSeconds: 5,
    reviewStatus: 'pending',
    uploadUrlLifeSeconds: 900,
  };
}
