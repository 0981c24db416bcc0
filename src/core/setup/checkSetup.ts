import { I99dashError } from '../errors';
import { checkAgent, checkKey, type AgentKeys } from './keyChecks';
import { checkNetwork, type NetworkDeps } from './networkChecks';
import type { SetupCheck } from './setupCheck';
import { checkNode, checkPackageManager, type ProjectFolder } from './toolChecks';

export interface SetupDeps extends NetworkDeps {
  /** The key in the settings, absolute. */
  keyPath: string;
  /** @throws AGENT_UNAVAILABLE */
  agentKeys: () => Promise<AgentKeys>;
  /** The mini-apps of the workspace. */
  projects: readonly ProjectFolder[];
  /** The environment in which programs are looked for. */
  env: NodeJS.ProcessEnv;
}

/**
 * Checks everything that signing in and publishing need on this computer. Sends no credential, asks
 * the user nothing, and runs nothing of the workspace.
 * @throws CancelledError
 */
export async function checkSetup(deps: SetupDeps, signal: AbortSignal): Promise<SetupCheck[]> {
  const { keyPath, projects, env } = deps;
  const [agent, network, node, packageManager] = await Promise.all([
    readAgent(deps),
    checkNetwork(deps, signal),
    checkNode(env, signal),
    checkPackageManager(projects, env),
  ]);
  const keys = agent instanceof I99dashError ? undefined : agent;
  return [await checkKey(keyPath, keys), checkAgent(agent), ...network, node, packageManager];
}

function readAgent({ agentKeys }: SetupDeps): Promise<AgentKeys | I99dashError> {
  return agentKeys().catch((error: unknown) => {
    if (error instanceof I99dashError) {
      return error;
    }
    throw error;
  });
}
