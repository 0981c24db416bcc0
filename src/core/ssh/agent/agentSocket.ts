import { connect } from 'node:net';
import { expandHome } from '../../platform/homePath';
import { readIdentityAgent } from './sshConfig';

const WINDOWS_PIPE = '\\\\.\\pipe\\openssh-ssh-agent';
/** Timeout for a local socket, in milliseconds. */
const CONNECT_TIMEOUT_MS = 2000;

interface AgentSocketOptions {
  env?: NodeJS.ProcessEnv;
  platform?: NodeJS.Platform;
}

/**
 * Finds the socket of the SSH agent: the configured path (`~` is expanded), else `SSH_AUTH_SOCK` if
 * it accepts connections, else `IdentityAgent` of `~/.ssh/config`, else on Windows the pipe of the
 * built-in agent.
 * @returns undefined when no path is known. A returned path may have no listener.
 */
export async function findAgentSocket(
  configured: string | undefined,
  { env = process.env, platform = process.platform }: AgentSocketOptions = {},
): Promise<string | undefined> {
  const path = configured?.trim() ?? '';
  if (path !== '') {
    return expandHome(path);
  }
  const fromEnvironment = env['SSH_AUTH_SOCK'] === '' ? undefined : env['SSH_AUTH_SOCK'];
  if (fromEnvironment !== undefined && (await isListening(fromEnvironment))) {
    return fromEnvironment;
  }
  const fromConfig = await readIdentityAgent(env, platform);
  return fromConfig ?? (platform === 'win32' ? WINDOWS_PIPE : fromEnvironment);
}

async function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    const settle = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => settle(false));
  });
}
