import { connect } from 'node:net';
import { expandHome } from '../homePath';
import { readIdentityAgent } from './sshConfig';

const WINDOWS_PIPE = '\\\\.\\pipe\\openssh-ssh-agent';
/** A socket answers at once or not at all, in milliseconds. */
const CONNECT_TIMEOUT_MS = 2000;

interface AgentSocketOptions {
  env?: NodeJS.ProcessEnv;
  platform?: NodeJS.Platform;
}

/**
 * Where the agent listens: the path the user set (`~` stands for the home folder), else what `SSH_AUTH_SOCK` names if somebody listens
 * there, else the `IdentityAgent` of `~/.ssh/config`, else on Windows the pipe of its own agent.
 * @returns undefined when nothing says so; nobody need be listening
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
