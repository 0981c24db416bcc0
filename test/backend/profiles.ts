import { type BackendOptions, DEFAULT_ACCOUNT } from './server';
import type { Account } from './state/model';

/** The operator of the `operator` profile. */
export const OPERATOR_ACCOUNT: Account = {
  devId: 'op_local',
  email: 'operator@example.com',
  displayName: 'Local Operator',
  isDeveloper: false,
  wallet: { balance: 12_550, currency: 'EUR' },
};

/** The simulated deployments: they share the handlers and differ in these options. */
export const PROFILES = {
  /** The deployment that developers sign in to. */
  developer: { accounts: [DEFAULT_ACCOUNT] },
  /** The deployment that operators sign in to: with a wallet and without mini-apps. */
  operator: { accounts: [OPERATOR_ACCOUNT], wallet: true, miniApps: false },
  /** A deployment without support for SSH keys: device code and API keys only. */
  older: { accounts: [DEFAULT_ACCOUNT], sshKeys: false, deviceCode: true },
} satisfies Record<string, BackendOptions & { accounts: readonly [Account] }>;

export type ProfileName = keyof typeof PROFILES;

/**
 * Returns the profile of that name.
 * @throws Error when there is none
 */
export function profileNamed(name: string): (typeof PROFILES)[ProfileName] {
  const found = Object.entries(PROFILES).find(([known]) => known === name);
  if (found === undefined) {
    throw new Error(`--profile: not one of ${Object.keys(PROFILES).join(', ')}`);
  }
  return found[1];
}
