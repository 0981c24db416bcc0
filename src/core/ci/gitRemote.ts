import { dirname, join, resolve } from 'node:path';
import { readTextFile } from '../readTextFile';
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
  /** Absolute: where `.git` is. */
  root: string;
  /** Of `origin`, else of the first remote. */
  remoteUrl?: string;
}

/** Each part begins with a letter or digit, so that none can pass for an option of a program. */
const PATH = /^[A-Za-z0-9][\w.-]*(?:\/(?!\.{1,2}(?:\/|$))[\w.][\w.-]*)+$/u;
const HOST = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/u;

/**
 * Reads `https://…`, `ssh://…`, `git://…` and `user@host:path`; undefined for anything else. Credentials in it are dropped. A host is one of a
 * service by its exact name alone, since it is shown to people as such and may be handed a key.
 */
export function parseRemoteUrl(
  url: string,
  known: KnownHosts = PUBLIC_HOSTS,
): Repository | undefined {
  const parts =
    /^(?<scheme>https?|ssh|git):\/\/(?:[^@/]*@)?(?<host>[^:/]+)(?::\d+)?\/(?<path>.+)$/iu.exec(
      url,
    ) ?? /^(?:[\w.-]+@)?(?<host>[^:/@]{2,}):(?!\/\/)(?<path>.+)$/u.exec(url);
  const { scheme = 'ssh', host = '', path = '' } = parts?.groups ?? {};
  const isSsh = scheme.toLowerCase() === 'ssh';
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

/** The git repository that a folder lies in, looked for upwards; undefined when it lies in none. */
export async function findWorktree(folder: string): Promise<Worktree | undefined> {
  for (let root = resolve(folder); ; root = dirname(root)) {
    const config = await readGitConfig(join(root, '.git'));
    if (config !== undefined) {
      const remoteUrl = remoteOf(config);
      return { root, ...(remoteUrl === undefined ? {} : { remoteUrl }) };
    }
    if (root === dirname(root)) {
      return undefined;
    }
  }
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

/** @param git the folder, or the file that a linked worktree or a submodule has in its place */
async function readGitConfig(git: string): Promise<string | undefined> {
  const config = await readText(join(git, 'config'));
  const pointer = config === undefined ? await readText(git) : undefined;
  const [, target] = /^gitdir: (.+)$/mu.exec(pointer ?? '') ?? [];
  if (target === undefined) {
    return config;
  }
  const folder = resolve(dirname(git), target.trim());
  const common = (await readText(join(folder, 'commondir')))?.trim() ?? '.';
  return readText(join(resolve(folder, common), 'config'));
}

function readText(path: string): Promise<string | undefined> {
  return readTextFile(path).catch(() => undefined);
}

/** The address of `origin`, else of the first remote. */
function remoteOf(config: string): string | undefined {
  const urls = new Map<string, string>();
  let remote: string | undefined;
  for (const line of config.split(/\r?\n/u)) {
    if (/^\s*\[/u.test(line)) {
      remote = /^\s*\[remote "(.+)"\]/u.exec(line)?.[1];
    }
    const [, value = ''] = /^\s*url\s*=(.*)$/iu.exec(line) ?? [];
    const [, url = ''] = /^"?([^"#;]*)"?$/u.exec(value.trim()) ?? [];
    if (remote !== undefined && url !== '' && !urls.has(remote)) {
      urls.set(remote, url.trim());
    }
  }
  return urls.get('origin') ?? [...urls.values()][0];
}
