import { join, normalize } from 'node:path';
import { PACKAGE_FILE } from '../miniAppFolder';
import { readTextFile } from '../readTextFile';
import { parsePackageScripts, type PackageScripts } from './packageScripts';
import { findScriptCalls } from './scriptCalls';

/** Longer scripts are not read, in UTF-16 units. */
const MAX_LENGTH = 8 * 1024;
/** So many commands are looked at in all scripts together. */
const MAX_COMMANDS = 500;

/** What may stand before the client in a call of it, such as `npx` or `pnpm exec`. */
const LAUNCHERS: ReadonlySet<string> = new Set([
  ...['npx', 'pnpx', 'bunx', 'npm', 'pnpm', 'yarn', 'yarnpkg', 'bun', 'node', 'corepack'],
  ...['exec', 'dlx', 'x', 'run', 'env', 'cross-env', 'dotenv', 'dotenvx', 'command', 'time'],
]);
const CLIENT = /^(?:.*[\\/])?i99dash(?:@[^\s\\/]+)?(?:\.(?:cmd|exe|ps1))?$/iu;
const IN_CLIENT_PACKAGE = /(?:^|[\\/])node_modules[\\/]i99dash[\\/]/iu;
const JAVASCRIPT_FILE = /\.[cm]?js$/iu;
const ASSIGNMENT = /^[A-Za-z_]\w*=/u;
const CHANGES_FOLDER = /(?:^|[\s;&|(])(?:cd|pushd|chdir)\s/u;
/** Runs the scripts that it names one after the other. */
const SEQUENCE = /^(?:(?:npx|pnpm exec|pnpm|yarn|bunx)\s+)?(?:run-s|npm-run-all)\s+(\S.*)$/u;

/**
 * Quoted text and escaped characters, which separate nothing; brackets; and what separates commands. An `&` beside `<`, `>` or another `&`
 * is a redirection or half of a separator.
 */
const TOKEN = /\\[^]|'[^']*'|"(?:\\[^]|[^"\\])*"|[()]|&&|\|\||\r?\n|;|(?<![<>&])&(?![>&])/gu;

/** A word of a command, or what separates the commands of a pipe. */
const WORD = /\||(?:[^\s"'|]|"[^"]*"|'[^']*')+/gu;

/** A command between two separators of a shell script. */
interface Statement {
  text: string;
  /** Where the separator before it begins. */
  cut: number;
  /** The separator before it; empty for the first one. */
  separator: string;
}

/**
 * Finds the command line that the `publish` script of a project runs before it publishes with the i99dash client, such as `pnpm bundle` of
 * `pnpm bundle && i99dash publish`. `prepublish`, and the scripts that `publish` calls on the way to the client, are part of it.
 * @param scripts of package.json
 * @returns undefined when the script does not publish with the client, or runs nothing before
 */
export function findPublishBuild(scripts: PackageScripts): string | undefined {
  const commands = new ClientSearch(scripts).commandsBefore('publish') ?? [];
  const wanted = commands.map((command) => command.trim()).filter((command) => command !== '');
  return wanted.length < 2
    ? wanted[0]
    : wanted.map((command, index) => inShell(command, index < wanted.length - 1)).join(' && ');
}

/** Reads the package.json of a project for {@link findPublishBuild}. Never throws: a file that cannot be read has no scripts. */
export async function readPublishBuild(folder: string): Promise<string | undefined> {
  const text = await readTextFile(join(folder, PACKAGE_FILE)).catch(() => '');
  return findPublishBuild(parsePackageScripts(text));
}

/** Follows the scripts of a package.json to the client. What it returns is undefined where they do not lead there. */
class ClientSearch {
  private readonly visited = new Set<string>();
  private commandsLeft = MAX_COMMANDS;

  constructor(private readonly scripts: PackageScripts) {}

  /** What a script, with its hook before it, runs before the client. */
  commandsBefore(name: string): string[] | undefined {
    const script = this.scriptOf(name);
    if (script === undefined || this.visited.has(name)) {
      return undefined;
    }
    this.visited.add(name);
    const found = this.commandsInScript(script);
    const hook = this.scriptOf(`pre${name}`);
    return found && (hook === undefined ? found : [hook, ...found]);
  }

  private scriptOf(name: string): string | undefined {
    return Object.hasOwn(this.scripts, name) ? this.scripts[name] : undefined;
  }

  private commandsInScript(script: string): string[] | undefined {
    if (script.length > MAX_LENGTH) {
      return undefined;
    }
    for (const { text, cut, separator } of splitStatements(script)) {
      if (this.commandsLeft-- <= 0) {
        return undefined;
      }
      const before = script.slice(0, cut);
      const inner = isClientPublish(text) ? [] : this.commandsInCall(text, before);
      if (inner !== undefined) {
        // After `||` the client runs only when what is before has failed: that is no build.
        return separator === '||' ? [] : [before, ...inner];
      }
    }
    return undefined;
  }

  /** What a command that is not the client itself runs before it: a group in brackets, or a call of scripts. */
  private commandsInCall(command: string, before: string): string[] | undefined {
    const [, group] = /^\(([^]*)\)$/u.exec(command) ?? [];
    if (group !== undefined) {
      return this.commandsInScript(group);
    }
    if (CHANGES_FOLDER.test(before)) {
      return undefined; // the scripts may be those of another package
    }
    const [, sequence] = SEQUENCE.exec(command) ?? [];
    if (sequence !== undefined) {
      return this.commandsInSequence(sequence.split(/\s+/u));
    }
    const [call, ...others] = findScriptCalls(command);
    const [name, ...otherNames] = call === undefined || call.names === 'all' ? [] : call.names;
    const isOneHere =
      others.length === 0 &&
      otherNames.length === 0 &&
      call?.isComplete === true &&
      normalize(call.folder) === '.';
    return name === undefined || !isOneHere ? undefined : this.commandsBefore(name);
  }

  private commandsInSequence(names: readonly string[]): string[] | undefined {
    for (const [index, name] of names.entries()) {
      const found = this.commandsBefore(name);
      if (found !== undefined) {
        const before = names.slice(0, index).filter((each) => !each.startsWith('-'));
        return [...(before.length === 0 ? [] : [`run-s ${before.join(' ')}`]), ...found];
      }
    }
    return undefined;
  }
}

/** The commands of a script that are in no quotes and brackets. */
function splitStatements(script: string): Statement[] {
  const statements: Statement[] = [];
  let [depth, start, cut, separator] = [0, 0, 0, ''];
  for (const { 0: token, index } of script.matchAll(TOKEN)) {
    if (token === '(' || token === ')') {
      depth = Math.max(0, depth + (token === '(' ? 1 : -1));
    } else if (depth === 0 && /^(?:[&|;]|\r?\n)/u.test(token)) {
      statements.push({ text: script.slice(start, index).trim(), cut, separator });
      [start, cut, separator] = [index + token.length, index, token];
    }
  }
  return [...statements, { text: script.slice(start).trim(), cut, separator }];
}

/** Whether a command, or one of a pipe, is the client with the command `publish`, however it is launched. */
function isClientPublish(command: string): boolean {
  let words: string[] = [];
  const commands = [words];
  for (const [token] of command.matchAll(WORD)) {
    if (token === '|') {
      commands.push((words = []));
    } else {
      words.push(token.replace(/["']/gu, ''));
    }
  }
  return commands.some(launchesPublish);
}

function launchesPublish(words: readonly string[]): boolean {
  const other = words.findIndex((word, index) => !mayLaunch(word, words[index - 1]));
  const launching = other === -1 ? words : words.slice(0, other);
  return launching.some((word, index) => isClient(word) && isPublish(words.slice(index + 1)));
}

/** Whether a word may stand before the client's command: a launcher, an option or its value, a variable, or the client itself. */
function mayLaunch(word: string, previous: string | undefined): boolean {
  const isValue = previous?.startsWith('-') === true && previous !== '--';
  const isLauncher = LAUNCHERS.has(word.replace(/\.(?:cmd|exe|ps1)$/iu, ''));
  return isLauncher || isClient(word) || isValue || word.startsWith('-') || ASSIGNMENT.test(word);
}

function isClient(word: string): boolean {
  const isFile = IN_CLIENT_PACKAGE.test(word) && JAVASCRIPT_FILE.test(word);
  return isFile || CLIENT.test(word);
}

/** Whether the words after the client begin with `publish`. An option before it may have its value as a word of its own. */
function isPublish(words: readonly string[]): boolean {
  let index = 0;
  while (words[index]?.startsWith('-') === true) {
    const next = words[index + 1];
    const hasValue = /^--[^=]+$/u.test(words[index] ?? '') && next !== 'publish';
    index += hasValue && next?.startsWith('-') === false ? 2 : 1;
  }
  return words[index] === 'publish';
}

/**
 * A command as a part of a longer one. In brackets where what follows would bind to its last part only, or would run in the folder that it
 * changes to.
 */
function inShell(command: string, isFollowed: boolean): string {
  const isSimple = isFollowed ? /^[^;&|\n]*$/u : /^(?:[^;&|\n]|&&)*$/u;
  return isSimple.test(command) ? command : `(${command})`;
}
