/** What a deployment decides. A running backend reads it at every request, so a test may change it. */
export interface Settings {
  /** Life of an access token, seconds. */
  tokenLifeSeconds: number;
  /** Life of a challenge, seconds. */
  challengeLifeSeconds: number;
  /** Whether a challenge says how long it lives. */
  announceChallengeLife: boolean;
  /** Makes the nonce for a fingerprint; the default is random. */
  nonce: ((fingerprint: string) => string) | undefined;
  /** Whether sign-in with an SSH key is switched on. */
  sshEnabled: boolean;
  /** Whether this deployment has heard of SSH keys at all; where not, their routes do not exist. */
  sshKeys: boolean;
  deviceCode: boolean;
  /** Whether mini-apps are published here; where not, their routes do not exist. */
  miniApps: boolean;
  /** Whether accounts have a wallet; where not, its route does not exist. */
  wallet: boolean;
  /** Life of a device code, seconds. */
  deviceLifeSeconds: number;
  /** Least seconds between two polls for a device token; 0 never asks to slow down. */
  deviceIntervalSeconds: number;
  /** What a submission gets. */
  reviewStatus: 'pending' | 'auto-approved';
  /** Life of a presigned upload URL, seconds. */
  uploadUrlLifeSeconds: number;
}

/** The settings of an ordinary deployment. */
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
