import * as vscode from 'vscode';
import { findAgentSocket } from '../../core/ssh/agent/agentSocket';
import { INTERACTIVE_SIGN_TIMEOUT_MS } from '../../core/session/signatureRequests';
import { agentSigner, listAgentKeys, type AgentKey } from '../../core/ssh/agent/sshAgent';
import type { Signer } from '../../core/platform/interfaces';
import { withDelayedProgress } from '../ui/progress';
import { settings } from '../settings';

/**
 * Where the ssh-agent listens, by the settings, the environment and ssh's configuration; undefined
 * when nothing says so.
 */
export function agentSocket(): Promise<string | undefined> {
  return findAgentSocket(settings.agentSocket());
}

/**
 * The signer for a key that the ssh-agent holds; undefined when there is no agent, or it is not to
 * be used.
 * @param interactive whether a person waits: the agent then has minutes to ask them
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

/** A signer for what a person has started: the agent has minutes to ask them. */
export function patientSigner(socket: string, key: AgentKey): Signer {
  return agentSigner(socket, key, { timeoutMs: INTERACTIVE_SIGN_TIMEOUT_MS });
}

/** Says that the agent is waited for, where it takes long. @param report what shows a message */
export function announcing(signer: Signer, report: (message: string) => void): Signer {
  return {
    ...signer,
    sign: (data, signal) => {
      if (signer.asksPerson === true) {
        report(waitingForAgent());
      }
      return signer.sign(data, signal);
    },
  };
}

/**
 * As {@link openAgentKey}, for renewals: where a person waits, a notification says so, and lets
 * them cancel.
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
 * The fingerprints of the keys that the ssh-agent lists; none when it is not to be used.
 * @throws AGENT_UNAVAILABLE
 */
export async function agentFingerprints(): Promise<string[]> {
  const keys = settings.useAgent() ? await listAgentKeys(await agentSocket()) : [];
  return keys.map(({ fingerprint }) => fingerprint);
}

/** The ed25519 keys of the ssh-agent; none when it does not answer, or is not to be used. */
export async function agentKeysToOffer(): Promise<AgentKey[]> {
  return settings.useAgent() ? listAgentKeys(await agentSocket()).catch(() => []) : [];
}
