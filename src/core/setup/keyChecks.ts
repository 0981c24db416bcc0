import { I99dashError, isI99dashError } from '../errors';
import { abbreviateHome } from '../platform/homePath';
import type { AgentKey } from '../ssh/agent/sshAgent';
import { openKeyFile } from '../ssh/privateKey';
import { plural, t } from '../text/l10n';
import type { SetupCheck } from './setupCheck';

/** The ed25519 keys of the SSH agent; undefined if no agent is used. */
export type AgentKeys = readonly Pick<AgentKey, 'fingerprint'>[] | undefined;

const KEY_SETTING = 'i99dash.ssh.keyPath';

/**
 * Checks the key in the settings, without asking for a passphrase.
 * @param agentKeys The keys of the agent can replace it.
 */
export async function checkKey(path: string, agentKeys: AgentKeys): Promise<SetupCheck> {
  const name = abbreviateHome(path);
  try {
    await openKeyFile(path);
    return { topic: 'key', status: 'ok', message: t('{0} is an ed25519 key.', name) };
  } catch (error) {
    if (isI99dashError(error, 'KEY_ENCRYPTED')) {
      const message = t('{0} has a passphrase, which is asked for once in each window.', name);
      return { topic: 'key', status: 'ok', message };
    }
    if (!(error instanceof I99dashError)) {
      throw error;
    }
    if (error.code === 'KEY_NOT_FOUND' && agentKeys !== undefined && agentKeys.length > 0) {
      const message = t('There is no key at {0}, but your SSH agent has one.', name);
      return { topic: 'key', status: 'ok', message };
    }
    const { code, message } = error;
    const isReplaceable = code === 'KEY_NOT_FOUND' || code === 'KEY_UNSUPPORTED';
    const step = isReplaceable
      ? ({ kind: 'generateKey' } as const)
      : ({ kind: 'openSettings', setting: KEY_SETTING } as const);
    return { topic: 'key', status: 'error', message, step };
  }
}

/**
 * Checks the SSH agent.
 * @param keys The keys, or why the agent did not list them.
 */
export function checkAgent(keys: AgentKeys | I99dashError): SetupCheck {
  if (keys instanceof I99dashError) {
    const step = { kind: 'openSettings', setting: 'i99dash.ssh.agentSocket' } as const;
    return { topic: 'agent', status: 'warning', message: keys.message, step };
  }
  if (keys === undefined) {
    const message = t('No SSH agent is used. A key file is enough.');
    return { topic: 'agent', status: 'skipped', message };
  }
  const message = plural(keys.length, {
    one: 'Your SSH agent has {0} ed25519 key.',
    other: 'Your SSH agent has {0} ed25519 keys.',
  });
  return { topic: 'agent', status: 'ok', message };
}
