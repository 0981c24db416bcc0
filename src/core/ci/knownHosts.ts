import { join } from 'node:path';
import { homeFolder } from '../homePath';
import { readTextFile } from '../readTextFile';
import { readSshAliases } from './sshAliases';

/** What this computer knows of hosts of repositories. */
export interface KnownHosts {
  /** Those that the GitHub CLI is signed in to, in lower case. */
  github: readonly string[];
  /** Those that GitLab's CLI is signed in to, in lower case. */
  gitlab: readonly string[];
  /** The real hosts of those that `~/.ssh/config` names otherwise, in lower case. */
  sshAliases: ReadonlyMap<string, string>;
}

/** Knows the public hosts alone. */
export const PUBLIC_HOSTS: KnownHosts = { github: [], gitlab: [], sshAliases: new Map() };

/** Nobody's file of hosts is longer, in bytes. */
const MAX_BYTES = 256 * 1024;

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads which hosts the user is signed in to from the files of `gh`, `glab` and `ssh`. Runs nothing. Never rejects. */
export async function readKnownHosts(
  environment: Environment = process.env,
  home = homeFolder(),
): Promise<KnownHosts> {
  const [gh, glab, sshAliases] = await Promise.all([
    readText(join(ghFolder(environment, home), 'hosts.yml')),
    readText(join(glabFolder(environment, home), 'config.yml')),
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

function readText(path: string): Promise<string> {
  return readTextFile(path, MAX_BYTES).catch(() => '');
}

/** `gh` has one entry for each host, and removes it when the user signs out. */
function parseGhHosts(text: string): string[] {
  return parseMapping(text.split(/\r?\n/u)).map(({ key }) => key);
}

/** `glab` lists public hosts that nobody is signed in to, too: those have no token and no user. */
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

interface Entry {
  /** In lower case, without quotes. */
  key: string;
  /** What stands in the line of the key, without the tag that `glab` writes before a token. */
  value: string;
  /** The lines below the key. */
  lines: string[];
}

/** The entries of a block mapping of YAML: its lines with the least indentation, and what is below each. Reads no other kind of YAML. */
function parseMapping(lines: readonly string[]): Entry[] {
  const entries: Entry[] = [];
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
