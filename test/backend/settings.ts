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
  sshEnabled: boolean;
  deviceCode: boolean;
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
    deviceCode: false,
    deviceLifeSeconds: 600,
    deviceIntervalSeconds: 5,
    reviewStatus: 'pending',
    uploadUrlLifeSeconds: 900,
  };
}
