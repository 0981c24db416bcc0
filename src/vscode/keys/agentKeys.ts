import * as vscode from 'vscode';
import { findAgentSocket } from '../../core/ssh/agent/agentSocket';
import { INTERACTIVE_SIGN_TIMEOUT_MS } from '../../core/session/signatureRequests';
import { agentSigner, listAgentKeys, type AgentKey } from '../../core/ssh/agent/sshAgent';
import type { Signer } from '../../core/platform/interfaces';
import { withDelayedProgress } from '../ui/progress';
import { settings } from '../settings';

/**
 * Finds the socket of the ssh-agent in the settings, the environment and the SSH configuration.
 * @returns Undefined if none of them names a socket.
 */
export function agentSocket(): Promise<string | undefined> {
  return findAgentSocket(settings.agentSocket());
}

/**
 * Returns a signer for a key of the ssh-agent.
 * @param interactive Whether a user is waiting. The agent then has minutes to prompt them.
 * @returns Undefined if there is no agent, it is disabled in the settings, or it lacks the key.
 * @throws AGENT_UNAVAILABLE
 */
export async function openAgentKey(
  fingerprint: string,
  interactive: boolean,
): Promise<Signer | undefined> {
  const socket = settings.useAgent() ? await agentSocket() : undefined;
  if (socket === undefined) {
    return undefined;
  }
  const keys = await listAgentKeys(socket);
  const key = keys.find((candidate) => candidate.fingerprint === fingerprint);
  if (key === undefined) {
    return undefined;
  }
  return interactive ? patientSigner(socket, key) : agentSigner(socket, key);
}

/** Creates a signer for actions that the user started. The agent has minutes to prompt them. */
export function patientSigner(socket: string, key: AgentKey): Signer {
  return agentSigner(socket, key, { timeoutMs: INTERACTIVE_SIGN_TIMEOUT_MS });
}

/**
 * Wraps a signer so that it reports when it waits for an agent that prompts the user.
 * @param report Shows a message.
 */
export function announcing(signer: Signer, report: (message: string) => void): Signer {
  return {
    ...signer,
    sign: (data, signal) => {
      if (signer.mayPromptUser === true) {
        report(waitingForAgent());
      }
      return signer.sign(data, signal);
    },
  };
}

/**
 * Returns a signer for token refreshes, like {@link openAgentKey}. If a user is waiting, a
 * notification shows that and lets them cancel.
 * @throws AGENT_UNAVAILABLE
 */
export async function openSessionKey(
  fingerprint: string,
  interactive: boolean,
): Promise<Signer | undefined> {
  const signer = await openAgentKey(fingerprint, interactive);
  return signer !== undefined && interactive ? withNotification(signer) : signer;
}

function withNotification(signer: Signer): Signer {
  return {
    ...signer,
    sign: (data, signal) =>
      withDelayedProgress(waitingForAgent(), (cancelled) =>
        signer.sign(data, signal === undefined ? cancelled : AbortSignal.any([signal, cancelled])),
      ),
  };
}

function waitingForAgent(): string {
  return vscode.l10n.t('Waiting for your SSH agent…');
}

/**
 * Lists the ed25519 keys of the ssh-agent. The list is empty if the agent does not respond or is
 * disabled in the settings.
 */
export async function agentKeysToOffer(): Promise<AgentKey[]> {
  return settings.useAgent() ? listAgentKeys(await agentSocket()).catch(() => []) : [];
}
