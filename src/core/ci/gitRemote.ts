import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { homeFolder } from '../homePath';
import { runProgram } from '../runProgram';
import { PUBLIC_HOSTS, type KnownHosts } from './knownHosts';

/** Where pipelines run. */
export type CiService = 'github' | 'gitlab';

/** A repository as its host knows it. */
export interface Repository {
  /** Lower case, without a port. */
  host: string;
  /** `owner/name`; on GitLab there may be groups between. */
  path: string;
  /** Undefined for a host that is not known to be one of a service. */
  service?: CiService;
}

/** A folder's git repository on this computer. */
export interface Worktree {
  /** Absolute. */
  root: string;
  /** The folder below the root, with slashes; '' for the root itself. */
  directory: string;
  /** Where git pushes to: of `origin`, else of the first remote. */
  remoteUrl?: string;
}

/** Git answers from files; in milliseconds. */
const TIMEOUT_MS = 10_000;
/** They name another repository than the folder's, as where VS Code was started by a hook. */
const REPOSITORY_VARIABLES: ReadonlySet<string> = new Set([
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_COMMON_DIR',
]);
/** What git prints is shorter, in bytes. */
const MAX_OUTPUT = 64 * 1024;

/** Each part begins with a letter or digit, so that none can pass for an option of a program. */
const PATH = /^[A-Za-z0-9][\w.-]*(?:\/(?!\.{1,2}(?:\/|$))[\w.][\w.-]*)+$/u;
const HOST = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/u;

const SSH_SCHEMES: ReadonlySet<string> = new Set(['ssh', 'git+ssh', 'ssh+git']);

/**
 * Reads `https://…`, `ssh://…` (`git+ssh://…`, `ssh+git://…`), `git://…` and `user@host:path`; undefined for anything else. Credentials in it are dropped. A host is one of a
 * service by its exact name alone, since it is shown to people as such and may be handed a key.
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
  if (!HOST.test(name) || !PATH.test(trimmed)) {
    return undefined;
  }
  const service = serviceOf(name, known);
  return { host: name, path: trimmed, ...(service === undefined ? {} : { service }) };
}

/** Without those at its ends. A pattern for those at the end is slow where many stand in the middle. */
function withoutSlashes(path: string): string {
  const parts = path.split('/');
  const isFilled = (part: string): boolean => part !== '';
  return parts.slice(parts.findIndex(isFilled), parts.findLastIndex(isFilled) + 1).join('/');
}

/**
 * Asks git which repository a folder lies in, and where that is pushed to. Run it in trusted folders only. Never rejects.
 * @param program git, looked up on PATH where it is no path
 * @returns undefined where the folder lies in no repository, or there is no git
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

/** Git tells the root without links. People know it by the way that they have opened the folder. */
async function findRoot(folder: string, prefix: string, top: string): Promise<string> {
  const upwards = prefix.split('/').map((part) => (part === '' ? '.' : '..'));
  const root = resolve(folder, ...upwards);
  const isSame = (await realpath(root).catch(() => root)) === (await realpath(top).catch(() => ''));
  return isSame ? root : resolve(top);
}

/** What git prints, without the line end; undefined when it fails. */
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
    timeoutMs: TIMEOUT_MS,
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

/** The host behind an alias of ssh; and behind the hosts that offer SSH over HTTPS's port. */
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

function serviceOf(host: string, { github, gitlab }: KnownHosts): CiService | undefined {
  // A company that has its data in one region of GitHub has a host of one label below ghe.com.
  if (host === 'github.com' || /^[a-z0-9-]+\.ghe\.com$/u.test(host) || github.includes(host)) {
    return 'github';
  }
  return host === 'gitlab.com' || gitlab.includes(host) ? 'gitlab' : undefined;
}
