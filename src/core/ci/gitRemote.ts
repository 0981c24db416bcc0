import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { homeFolder } from '../platform/homePath';
import { runProgram } from '../platform/runProgram';
import { PUBLIC_HOSTS, type KnownHosts } from './knownHosts';

/** The service that runs the pipeline. */
export type CiService = 'github' | 'gitlab';

/** A repository on its host. */
export interface Repository {
  /** Lower case, without a port. */
  host: string;
  /** `owner/name`. GitLab allows groups in between. */
  path: string;
  /** Undefined when the host is not known to belong to a service. */
  service?: CiService;
}

/** A local git working tree. */
export interface Worktree {
  /** Absolute. */
  root: string;
  /** The folder relative to the root, with slashes; '' for the root itself. */
  directory: string;
  /** Push URL of `origin`, else of the first remote. */
  remoteUrl?: string;
}

/** Git only reads local files here. In milliseconds. */
const GIT_TIMEOUT_MS = 10_000;
/** These override the repository of the folder, for example when a git hook started VS Code. */
const REPOSITORY_VARIABLES: ReadonlySet<string> = new Set([
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_COMMON_DIR',
]);
/** Limit for git's output, in bytes. */
const MAX_OUTPUT = 64 * 1024;

/** Each part begins with a letter or digit, so that none can be parsed as a command-line option. */
const REMOTE_PATH = /^[A-Za-z0-9][\w.-]*(?:\/(?!\.{1,2}(?:\/|$))[\w.][\w.-]*)+$/u;
const REMOTE_HOST = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/u;

const SSH_SCHEMES: ReadonlySet<string> = new Set(['ssh', 'git+ssh', 'ssh+git']);

/**
 * Parses `https://…`, `ssh://…` (`git+ssh://…`, `ssh+git://…`), `git://…` and `user@host:path`.
 * Returns undefined for anything else. Drops credentials. Hosts must match a service exactly,
 * because the user sees the service name and a key may be sent there.
 */
export function parseRemoteUrl(
  url: string,
  known: KnownHosts = PUBLIC_HOSTS,
): Repository | undefined {
  const parts =
    /^(?<scheme>https?|(?:git\+)?ssh|(?:ssh\+)?git):\/\/(?:[^@/]*@)?(?<host>[^:/]+)(?::\d+)?\/(?<path>.+)$/iu.exec(
      url,
    ) ?? /^(?:[\w.-]+@)?(?<host>[^:/@]{2,}):(?!\/\/)(?<path>.+)$/u.exec(url);
  const { scheme = 'ssh', host = '', path = '' } = parts?.groups ?? {};
  const isSsh = SSH_SCHEMES.has(scheme.toLowerCase());
  const name = realHost(host.toLowerCase(), isSsh ? known.sshAliases : new Map());
  const trimmed = withoutSlashes(path).replace(/\.git$/iu, '');
  if (!REMOTE_HOST.test(name) || !REMOTE_PATH.test(trimmed)) {
    return undefined;
  }
  const service = identifyService(name, known);
  return { host: name, path: trimmed, ...(service === undefined ? {} : { service }) };
}

/**
 * Trims slashes at both ends. A regular expression for the trailing ones is slow when there are
 * many in the middle.
 */
function withoutSlashes(path: string): string {
  const parts = path.split('/');
  const isFilled = (part: string): boolean => part !== '';
  return parts.slice(parts.findIndex(isFilled), parts.findLastIndex(isFilled) + 1).join('/');
}

/**
 * Finds the repository of a folder and its push URL with git. Call it for trusted folders only.
 * Never rejects.
 * @param program The git executable; a bare name is looked up on PATH.
 * @returns undefined when the folder is in no repository or git is missing
 */
export async function findWorktree(folder: string, program = 'git'): Promise<Worktree | undefined> {
  const git = (...args: string[]): Promise<string | undefined> => runGit(program, folder, args);
  const [top, prefix, remotes] = await Promise.all([
    git('rev-parse', '--show-toplevel'),
    git('rev-parse', '--show-prefix'),
    git('remote'),
  ]);
  if (top === undefined || top === '' || prefix === undefined) {
    return undefined;
  }
  const names = remotes?.split('\n') ?? [];
  const name = names.includes('origin') ? 'origin' : (names[0] ?? '');
  const remoteUrl = name === '' ? undefined : await git('remote', 'get-url', '--push', '--', name);
  return {
    root: await findRoot(folder, prefix, top),
    directory: prefix.replace(/\/$/u, ''),
    ...(remoteUrl === undefined || remoteUrl === '' ? {} : { remoteUrl }),
  };
}

/** Git resolves symbolic links in the root. Keeps the path as the user opened it. */
async function findRoot(folder: string, prefix: string, top: string): Promise<string> {
  const upwards = prefix.split('/').map((part) => (part === '' ? '.' : '..'));
  const root = resolve(folder, ...upwards);
  const isSame = (await realpath(root).catch(() => root)) === (await realpath(top).catch(() => ''));
  return isSame ? root : resolve(top);
}

/** Runs git and returns its output without the line end, or undefined when it fails. */
async function runGit(
  program: string,
  folder: string,
  args: readonly string[],
): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  const exitCode = await runProgram(program, ['-C', folder, ...args], {
    cwd: homeFolder(),
    env: Object.fromEntries(
      Object.entries(process.env).filter(([variable]) => !REPOSITORY_VARIABLES.has(variable)),
    ),
    timeoutMs: GIT_TIMEOUT_MS,
    onOutput: (chunk) => {
      size += chunk.length;
      if (size <= MAX_OUTPUT) {
        chunks.push(chunk);
      }
    },
  });
  return exitCode === 0 && size <= MAX_OUTPUT
    ? Buffer.concat(chunks)
        .toString()
        .replace(/\r?\n$/u, '')
    : undefined;
}

/** Resolves an SSH alias, and the hosts that serve SSH over the HTTPS port. */
function realHost(host: string, aliases: ReadonlyMap<string, string>): string {
  const real = aliases.get(host) ?? host;
  switch (real) {
    case 'ssh.github.com':
      return 'github.com';
    case 'altssh.gitlab.com':
      return 'gitlab.com';
    default:
      return real;
  }
}

function identifyService(host: string, { github, gitlab }: KnownHosts): CiService | undefined {
  // GitHub Enterprise Cloud with data residency uses subdomains of ghe.com with one label.
  if (host === 'github.com' || /^[a-z0-9-]+\.ghe\.com$/u.test(host) || github.includes(host)) {
    return 'github';
  }
  return host === 'gitlab.com' || gitlab.includes(host) ? 'gitlab' : undefined;
}
