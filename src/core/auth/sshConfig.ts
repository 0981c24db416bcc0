import { userInfo } from 'node:os';
import { join } from 'node:path';
import { homeFolder, sshFolder } from '../homePath';
import { readTextFile } from '../readTextFile';

/** No configuration worth reading is larger, in bytes. */
const MAX_BYTES = 256 * 1024;

/**
 * The socket that `~/.ssh/config` names for all hosts (`IdentityAgent`); undefined when it names none that can be used. Included files and
 * rules for single hosts are not looked at.
 */
export async function readIdentityAgent(
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): Promise<string | undefined> {
  const text = await readTextFile(join(sshFolder(), 'config'), MAX_BYTES).catch(() => '');
  return identityAgentIn(text, { env, platform, home: homeFolder(), user: userName() });
}

interface Expansion {
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  home: string;
  user: string;
}

/** As {@link readIdentityAgent}, of the text of a configuration. */
export function identityAgentIn(text: string, expansion: Expansion): string | undefined {
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
          // The first value counts, as for ssh.
          return expand(splitWords(rest, expansion.platform)[0] ?? '', expansion);
        }
        break;
    }
  }
  return undefined;
}

/** Words as ssh separates them: blanks, quotes, a comment at the end; `\` escapes, though not in the paths of Windows. */
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

/** Undefined for `none`, and where a variable or a token has no value here. */
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

/** '' for an account without an entry in the user database. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}
