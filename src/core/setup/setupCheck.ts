/** What a check is about. */
export type SetupTopic =
  'key' | 'agent' | 'backend' | 'clock' | 'proxy' | 'certificates' | 'node' | 'packageManager';

/** What the user can do about a finding. */
export type SetupStep =
  | { kind: 'generateKey' | 'checkAgain' }
  | { kind: 'openSettings'; setting: string }
  | { kind: 'openPage'; url: string };

/** The result of one check. */
export interface SetupCheck {
  topic: SetupTopic;
  /** `skipped`: there was nothing to check, or another check failed. */
  status: 'ok' | 'warning' | 'error' | 'skipped';
  /** A sentence for the user. */
  message: string;
  /** Set for every warning and error. */
  step?: SetupStep;
}
