import { readdir } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { expandHome } from '../platform/homePath';
import { readTextFile } from '../platform/readTextFile';

/** Limit for a configuration file, in bytes. */
const MAX_ALIASES_BYTES = 256 * 1024;
/** Limit for the number of included files. */
const MAX_INCLUDED = 50;

/**
 * Reads the `HostName` of each literal `Host` in `~/.ssh/config`. The first value wins, as in ssh.
 * Patterns, `Match` blocks and nested includes are ignored. Never rejects.
 * @param folder `~/.ssh`, absolute.
 * @returns Host → real host, both in lower case.
 */
export async function readSshAliases(folder: string): Promise<ReadonlyMap<string, string>> {
  const aliases = new Map<string, string>();
  let hosts: string[] = [];
  for (const { keyword, values } of await readConfiguration(folder)) {
    if (keyword === 'host' || keyword === 'match') {
      hosts = keyword === 'host' ? values.map(toLower).filter(isName) : [];
    } else if (keyword === 'hostname') {
      const [name = ''] = values.map(toLower);
      for (const host of isName(name) ? hosts : []) {
        aliases.set(host, aliases.get(host) ?? name);
      }
    }
  }
  return aliases;
}

function toLower(text: string): string {
  return text.toLowerCase();
}

/** Rejects patterns (`*`, `!`) and tokens that ssh expands (`%h`). */
function isName(text: string): boolean {
  return /^[\w.-]+$/u.test(text);
}

interface Line {
  /** Lower case. */
  keyword: string;
  /** Without quotes. */
  values: string[];
}

/** Reads the lines of the configuration, with included files expanded in place. */
async function readConfiguration(folder: string): Promise<Line[]> {
  let lines: Line[] = [];
  let isInBlock = false;
  for (const line of await readLines(resolve(folder, 'config'))) {
    isInBlock ||= line.keyword === 'host' || line.keyword === 'match';
    // An include within a block applies to the hosts of that block only.
    if (line.keyword === 'include' && !isInBlock) {
      for (const file of await listIncluded(folder, line.values)) {
        lines = lines.concat(await readLines(file));
      }
      lines.push({ keyword: 'host', values: [] });
    } else {
      lines.push(line);
    }
  }
  return lines;
}

async function readLines(path: string): Promise<Line[]> {
  const text = await readTextFile(path, MAX_ALIASES_BYTES).catch(() => '');
  return text.split(/\r?\n/u).flatMap((line) => {
    const [, keyword = '', rest = ''] = /^\s*([A-Za-z]+)(?:\s*=\s*|\s+)(\S.*)$/u.exec(line) ?? [];
    const values = Array.from(
      rest.matchAll(/"([^"]*)"|[^\s"]+/gu),
      ([word, quoted]) => quoted ?? word,
    );
    return keyword === '' ? [] : [{ keyword: keyword.toLowerCase(), values }];
  });
}

/** Expands the patterns of an include. Supports one `*` in the last path segment. */
async function listIncluded(folder: string, patterns: readonly string[]): Promise<string[]> {
  let files: string[] = [];
  for (const pattern of patterns) {
    const path = resolve(folder, expandHome(pattern));
    const [before = '', after, ...more] = basename(path).split('*');
    if (after === undefined) {
      files.push(path);
    } else if (more.length === 0) {
      const names = await readdir(dirname(path)).catch(() => []);
      const included = names.filter((name) => isBetween(name, before, after)).sort();
      files = files.concat(included.map((name) => resolve(dirname(path), name)));
    }
  }
  return files.slice(0, MAX_INCLUDED);
}

function isBetween(name: string, before: string, after: string): boolean {
  const isLongEnough = name.length >= before.length + after.length;
  return isLongEnough && name.startsWith(before) && name.endsWith(after);
}
