import { findAgentSocket } from '../core/auth/agentSocket';
import { agentSigner, listAgentKeys, type AgentKey } from '../core/auth/sshAgent';
import type { Signer } from '../core/ports';
import { settings } from './settings';

/** Where the ssh-agent listens, by the settings, the environment and ssh's configuration; undefined when nothing says so. */
export function agentSocket(): Promise<string | undefined> {
  return findAgentSocket(settings.agentSocket());
}

/** The signer for a key that the ssh-agent holds; undefined when there is no agent, or it is not to be used. @throws AGENT_UNAVAILABLE */
export async function openAgentKey(fingerprint: string): Promise<Signer | undefined> {
  const socket = settings.useAgent() ? await agentSocket() : undefined;
  if (socket === undefined) {
    return undefined;
  }
  const keys = await listAgentKeys(socket);
  const key = keys.find((candidate) => candidate.fingerprint === fingerprint);
  return key === undefined ? undefined : agentSigner(socket, key);
}

/** The ed25519 keys of the ssh-agent; none when it does not answer, or is not to be used. */
export async function agentKeysToOffer(): Promise<AgentKey[]> {
  return settings.useAgent() ? listAgentKeys(await agentSocket()).catch(() => []) : [];
}
