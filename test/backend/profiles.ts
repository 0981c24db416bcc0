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

/** The deployments there are: the same handlers, and what differs. */
export const PROFILES = {
  /** What developers sign in to. */
  developer: { accounts: [DEFAULT_ACCOUNT] },
  /** What operators sign in to: a wallet, and no mini-apps. */
  operator: { accounts: [OPERATOR_ACCOUNT], wallet: true, miniApps: false },
  /** Before SSH keys came: device code and API keys alone. */
  older: { accounts: [DEFAULT_ACCOUNT], sshKeys: false, deviceCode: true },
} satisfies Record<string, BackendOptions & { accounts: readonly [Account] }>;

export type ProfileName = keyof typeof PROFILES;

/** The profile of that name. Throws when there is none. */
export function profileNamed(name: string): (typeof PROFILES)[ProfileName] {
  const found = Object.entries(PROFILES).find(([known]) => known === name);
  if (found === undefined) {
    throw new Error(`--profile: not one of ${Object.keys(PROFILES).join(', ')}`);
  }
  return found[1];
}
