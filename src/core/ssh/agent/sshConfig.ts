import { userInfo } from 'node:os';
import { join } from 'node:path';
import { homeFolder, sshFolder } from '../../platform/homePath';
import { readTextFile } from '../../platform/readTextFile';

/** Limit for a configuration file, in bytes. */
const MAX_SSH_CONFIG_BYTES = 256 * 1024;

/**
 * Reads the socket that `~/.ssh/config` sets for all hosts (`IdentityAgent`). Returns undefined
 * when there is no usable one. Ignores included files and rules for specific hosts.
 */
export async function readIdentityAgent(
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): Promise<string | undefined> {
  const text = await readTextFile(join(sshFolder(), 'config'), MAX_SSH_CONFIG_BYTES).catch(
    () => '',
  );
  return findIdentityAgent(text, { env, platform, home: homeFolder(), user: userName() });
}

interface Expansion {
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  home: string;
  user: string;
}

/** Does the same for the text of a configuration. */
export function findIdentityAgent(text: string, expansion: Expansion): string | undefined {
  let isForAll = true;
  for (const line of text.split(/\r\n|\r|\n/u)) {
    const [, keyword = '', rest = ''] =
      /^[ \t]*([A-Za-z]+)(?:[ \t]*=|[ \t])(.*)$/u.exec(line) ?? [];
    switch (keyword.toLowerCase()) {
      case 'host': {
        const patterns = splitWords(rest, expansion.platform);
        isForAll = patterns.includes('*') && !patterns.some((each) => each.startsWith('!'));
        break;
      }
      case 'match':
        isForAll = /^[ \t]*all[ \t]*$/iu.test(rest);
        break;
      case 'identityagent':
        if (isForAll) {
          // The first value wins, as in ssh.
          return expand(splitWords(rest, expansion.platform)[0] ?? '', expansion);
        }
        break;
    }
  }
  return undefined;
}

/**
 * Splits words as ssh does: whitespace, quotes, a trailing comment. `\` escapes, except in Windows
 * paths.
 */
function splitWords(text: string, platform: NodeJS.Platform): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? '';
    const next = text[index + 1] ?? '';
    const isEscape = character === '\\' && platform !== 'win32' && /["'\\ ]/u.test(next);
    if (isEscape) {
      word = (word ?? '') + next;
      index++;
    } else if (quote === '' && (character === '"' || character === "'")) {
      quote = character;
      word ??= '';
    } else if (quote !== '' && character === quote) {
      quote = '';
    } else if (quote === '' && (character === ' ' || character === '\t')) {
      if (word !== undefined) {
        words.push(word);
      }
      word = undefined;
    } else if (quote === '' && word === undefined && character === '#') {
      return words;
    } else {
      word = (word ?? '') + character;
    }
  }
  return word === undefined ? words : [...words, word];
}

/** Expands a path. Returns undefined for `none`, and when a variable or a token has no value. */
function expand(value: string, { env, home, user }: Expansion): string | undefined {
  if (value === '' || value.toLowerCase() === 'none') {
    return undefined;
  }
  if (value === 'SSH_AUTH_SOCK') {
    return nonEmpty(env['SSH_AUTH_SOCK']);
  }
  const variable = /^\$([A-Za-z_]\w*)$/u.exec(value)?.[1];
  if (variable !== undefined) {
    return nonEmpty(env[variable]);
  }
  const values: Readonly<Record<string, string | undefined>> = {
    '%%': '%',
    '%d': home,
    '%u': user,
  };
  let unknown = 0;
  const expanded = value
    .replace(/^~(?=[\\/]|$)/u, () => home)
    .replace(/%.|\$\{(\w+)\}/gu, (match, name: string | undefined) => {
      const replacement = name === undefined ? values[match] : env[name];
      unknown += nonEmpty(replacement) === undefined ? 1 : 0;
      return replacement ?? '';
    });
  return unknown === 0 ? expanded : undefined;
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

/** Returns '' for an account without an entry in the user database. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}
