import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { expandHome } from '../../platform/homePath';
import { readIdentityAgent } from './sshConfig';

const PIPES = '\\\\.\\pipe\\';
const WINDOWS_AGENT = 'openssh-ssh-agent';
/** Timeout for a local socket, in milliseconds. */
const CONNECT_TIMEOUT_MS = 2000;

interface AgentSocketOptions {
  env?: NodeJS.ProcessEnv;
  platform?: NodeJS.Platform;
  /** Lists the names of Windows' named pipes. */
  listPipes?: () => Promise<string[]>;
  user?: string;
}

/**
 * Finds the socket of the SSH agent: the configured path (`~` and on Windows `%NAME%` are
 * expanded), else `SSH_AUTH_SOCK` if it accepts connections, else `IdentityAgent` of
 * `~/.ssh/config`, else on Windows the pipe of the built-in agent, or else of Pageant.
 * @returns undefined when no path is known. A returned path may have no listener.
 */
export async function findAgentSocket(
  configured: string | undefined,
  options: AgentSocketOptions = {},
): Promise<string | undefined> {
  const { env = process.env, platform = process.platform } = options;
  const path = configured?.trim() ?? '';
  if (path !== '') {
    return expandHome(platform === 'win32' ? expandVariables(path, env) : path);
  }
  const fromEnvironment = environmentSocket(env, platform);
  if (fromEnvironment !== undefined && (await isListening(fromEnvironment))) {
    return fromEnvironment;
  }
  const fromConfig = await readIdentityAgent(env, platform);
  return fromConfig ?? (platform === 'win32' ? findWindowsAgent(options) : fromEnvironment);
}

/** On Windows, Git Bash sets a Unix socket, which only its own programs can use. */
function environmentSocket(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string | undefined {
  const path = env['SSH_AUTH_SOCK'] ?? '';
  const isUsable = platform !== 'win32' || /^[\\/]{2}[.?][\\/]pipe[\\/]/iu.test(path);
  return path !== '' && isUsable ? path : undefined;
}

async function findWindowsAgent({
  listPipes = () => readdir(PIPES),
  user = userInfo().username,
}: AgentSocketOptions): Promise<string> {
  const names = await listPipes().catch((): string[] => []);
  const pageant = names.find((name) => name.startsWith(`pageant.${user}.`));
  return PIPES + (names.includes(WINDOWS_AGENT) ? WINDOWS_AGENT : (pageant ?? WINDOWS_AGENT));
}

/** Expands `%NAME%`. A name without a value stays. */
function expandVariables(path: string, env: NodeJS.ProcessEnv): string {
  return path.replace(/%([^%]+)%/gu, (match, name: string) => env[name] ?? match);
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
