import { join } from 'node:path';
import { homeFolder } from '../platform/homePath';
import { readTextFile } from '../platform/readTextFile';
import { readSshAliases } from './sshAliases';

/** The repository hosts configured on this computer. */
export interface KnownHosts {
  /** Hosts that the GitHub CLI is signed in to, lower case. */
  github: readonly string[];
  /** Hosts that the GitLab CLI is signed in to, lower case. */
  gitlab: readonly string[];
  /** Real hosts of the aliases in `~/.ssh/config`, lower case. */
  sshAliases: ReadonlyMap<string, string>;
}

/** Contains only the public hosts. */
export const PUBLIC_HOSTS: KnownHosts = { github: [], gitlab: [], sshAliases: new Map() };

/** Limit for a configuration file, in bytes. */
const MAX_HOSTS_FILE_BYTES = 256 * 1024;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the known hosts from the configuration files of `gh`, `glab` and `ssh`. Runs no program.
 * Never rejects.
 */
export async function readKnownHosts(
  environment: Environment = process.env,
  home = homeFolder(),
): Promise<KnownHosts> {
  const [gh, glab, sshAliases] = await Promise.all([
    readHostsFile(join(ghFolder(environment, home), 'hosts.yml')),
    readHostsFile(join(glabFolder(environment, home), 'config.yml')),
    readSshAliases(join(home, '.ssh')),
  ]);
  return { github: parseGhHosts(gh), gitlab: parseGlabHosts(glab), sshAliases };
}

function ghFolder(
  { GH_CONFIG_DIR: own, XDG_CONFIG_HOME: xdg, APPDATA }: Environment,
  home: string,
): string {
  if (isSet(own)) {
    return own;
  }
  if (isSet(xdg)) {
    return join(xdg, 'gh');
  }
  return process.platform === 'win32' && isSet(APPDATA)
    ? join(APPDATA, 'GitHub CLI')
    : join(home, '.config', 'gh');
}

function glabFolder(
  { GLAB_CONFIG_DIR: own, XDG_CONFIG_HOME: xdg }: Environment,
  home: string,
): string {
  return isSet(own) ? own : join(isSet(xdg) ? xdg : join(home, '.config'), 'glab-cli');
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

function readHostsFile(path: string): Promise<string> {
  return readTextFile(path, MAX_HOSTS_FILE_BYTES).catch(() => '');
}

/** `gh` has one entry per host and removes it on sign-out. */
function parseGhHosts(text: string): string[] {
  return parseMapping(text.split(/\r?\n/u)).map(({ key }) => key);
}

/** `glab` also lists public hosts without a session. Those have no token and no user. */
function parseGlabHosts(text: string): string[] {
  const hosts = parseMapping(text.split(/\r?\n/u)).find(({ key }) => key === 'hosts')?.lines ?? [];
  return parseMapping(hosts)
    .filter(({ lines }) =>
      parseMapping(lines).some(
        ({ key, value }) =>
          (key === 'token' || key === 'user') && !/^(?:""|''|null|~)?$/u.test(value),
      ),
    )
    .map(({ key }) => key);
}

interface YamlEntry {
  /** Lower case, without quotes. */
  key: string;
  /** The rest of the line, without the tag that `glab` writes before a token. */
  value: string;
  /** The lines below the key. */
  lines: string[];
}

/**
 * Parses a YAML block mapping: the lines with the least indentation, each with the lines below it.
 * Supports no other YAML.
 */
function parseMapping(lines: readonly string[]): YamlEntry[] {
  const entries: YamlEntry[] = [];
  let indentation: number | undefined;
  for (const line of lines) {
    const [, blanks = '', key = '', value = ''] =
      /^( *)["']?([\w.:-]+?)["']?:(?: (.*))?$/u.exec(line) ?? [];
    indentation ??= key === '' ? undefined : blanks.length;
    if (key !== '' && blanks.length === indentation) {
      const plain = value
        .trim()
        .replace(/^!!\w+/u, '')
        .trim();
      entries.push({ key: key.toLowerCase(), value: plain, lines: [] });
    } else {
      entries.at(-1)?.lines.push(line);
    }
  }
  return entries;
}
